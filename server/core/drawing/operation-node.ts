// Functions, methods and constructors on the wire: the links and forms that call them.

import { Form, Input, Link } from '../../../lib/values/nodes.js'
import type { Parameter } from '../reflection/index.js'
import type { Marks } from '../registration/marks.js'
import type { Operation } from '../registration/members.js'
import type { FormOptions } from '../registration/reference.js'
import type { ClassMapper } from '../registration/registry.js'
import { expected } from '../schemas/expected.js'
import type { Schemas } from '../schemas/standard-schema.js'

/** Things about a node that are not sent, for its HTML. */
export interface Described {
  /** Of what it leads to. */
  readonly name: string
  /** Of its arguments. */
  readonly schemas?: Schemas | undefined
  readonly parameters?: readonly Parameter[] | undefined
  /** Does it make an object, where functions do something? */
  readonly constructs?: boolean
}

const descriptions = new WeakMap<object, Described>()

export const describedAs = (node: object): Described | undefined => descriptions.get(node)

export function describe<N extends Link | Form>(node: N, described: Described): N {
  descriptions.set(node, described)
  return node
}

/** The node that calls an operation: a link where it is safe and takes no arguments, else a form. */
export function operationNode(operation: Operation, url: string, options: FormOptions = {}): Link | Form {
  const { name, marks } = operation
  return describe(callOf(operation, url, options), {
    name,
    schemas: marks.schemas,
    parameters: operation.parameters,
  })
}

function callOf(operation: Operation, url: string, options: FormOptions): Link | Form {
  const { marks, parameters } = operation
  const stream = operation.stream ? { stream: true } : {}
  if (marks.safe && parameters.length === 0 && options.method === undefined)
    return new Link({ method: 'GET', url, ...stream })
  const method = options.method ?? operation.method
  const envelope = options.envelope ?? marks.envelope ?? (marks.verb && defaultEnvelope(method, parameters))
  return new Form({
    method,
    url,
    values: inputsOf(parameters, marks),
    ...(envelope === undefined ? {} : { envelope }),
    ...(marks.input === undefined ? {} : { named: true }),
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...stream,
  })
}

/** Said where it differs from what the 2012 text takes for granted: `blob` for PUT and PATCH, `none` for DELETE. */
function defaultEnvelope(method: string, parameters: readonly Parameter[]): string | undefined {
  return method === 'POST' || (method === 'DELETE' && parameters.length === 0) ? undefined : 'form'
}

/** Optional is also what has a schema that takes nothing for it, with the default that this says of itself. */
function inputOf({ name, optional, fallback }: Parameter, schema: Schemas[string] | undefined): Input {
  if (schema === undefined || optional)
    return new Input(optional ? { name, value: fallback?.value ?? null } : { name })
  const learnt = expected({ optional, value: null }, schema)
  return new Input(learnt.optional ? { name, value: learnt.fallback ?? null } : { name })
}

const inputsOf = (parameters: readonly Parameter[], { schemas }: Marks): Input[] =>
  parameters.map(parameter => inputOf(parameter, schemas?.[parameter.name]))

export const constructorNode = ({ name, marks, parameters, operation }: ClassMapper, url: string): Form =>
  describe(new Form({ method: operation.method, url, values: inputsOf(parameters, marks) }), {
    name,
    schemas: marks.schemas,
    parameters,
    constructs: true,
  })
