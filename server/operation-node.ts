// What a function, method or constructor is on the wire: the link or form that calls it.

import { Form, Input, Link } from '../lib/nodes.js'
import type { Operation } from './members.js'
import type { FormOptions } from './reference.js'
import type { Parameter } from './reflect.js'
import type { ClassMapper } from './registry.js'

/** What calls an operation: a link where it is safe and takes no arguments, else a form. */
export function operationNode(operation: Operation, url: string, options: FormOptions = {}): Link | Form {
  const { marks, parameters } = operation
  const stream = operation.stream ? { stream: true } : {}
  if (marks.safe && parameters.length === 0 && options.method === undefined)
    return new Link({ method: 'GET', url, ...stream })
  const method = options.method ?? (marks.safe ? 'GET' : (marks.verb ?? 'POST'))
  const envelope = options.envelope ?? marks.envelope ?? (marks.verb && defaultEnvelope(method, parameters))
  return new Form({
    method,
    url,
    values: parameters.map(inputOf),
    ...(envelope === undefined ? {} : { envelope }),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...stream,
  })
}

/** Said where it differs from what the 2012 text takes for granted: `blob` for PUT and PATCH, `none` for DELETE. */
function defaultEnvelope(method: string, parameters: readonly Parameter[]): string | undefined {
  return method === 'POST' || (method === 'DELETE' && parameters.length === 0) ? undefined : 'form'
}

const inputOf = ({ name, optional, fallback }: Parameter): Input =>
  new Input(optional ? { name, value: fallback?.value ?? null } : { name })

export const constructorNode = ({ marks, parameters }: ClassMapper, url: string): Form =>
  new Form({ method: marks.verb ?? 'POST', url, values: parameters.map(inputOf) })
