// What a request is for, done: once that may be, its arguments are read and bound, and the call is made.

import type { Fault } from '../../../lib/values/fault.js'
import { type Accepting, incomplete } from '../calling/arguments.js'
import type { Calls } from '../calling/calls.js'
import type { Permission } from '../calling/permission.js'
import type { Pages } from '../drawing/pages.js'
import { constructFrom } from '../registration/called-state.js'
import type { Operation } from '../registration/members.js'
import { type ClassMapper, construct, type Target } from '../registration/registry.js'
import { allow, safeMethods } from '../requests/request-line.js'
import { bodyArguments, type Exchange, type Given, queryArguments, saysMethod } from '../requests/requests.js'
import { closable } from '../responses/closing-stream.js'
import type { Responses } from '../responses/responses.js'

interface Asked {
  readonly exchange: Exchange
  readonly calls: Calls
  readonly pages: Pages
  readonly responses: Responses
  readonly toFault: (error: unknown) => Fault
}

/** `permission`: what `calls.enter` gave for the target. */
export async function performed(
  target: Target,
  permission: Permission | undefined,
  asked: Asked,
): Promise<Response> {
  const { exchange, pages, responses } = asked
  const { method } = exchange
  switch (target.kind) {
    case 'namespace':
      allow(method, ['GET', 'HEAD'])
      return responses.namespace(target.mapper, pages)
    case 'instance':
      allow(method, ['GET', 'HEAD'])
      return responses.result(target.instance, { label: target.mapper.name, marks: {} }, method, pages)
    case 'class':
      return responses.redirect((await constructed(target.mapper, permission, asked)).value, pages)
    case 'function':
      return called(target.mapper.operation, undefined, permission, asked)
    case 'method':
      return called(target.operation, target.instance, permission, asked)
  }
}

/** In a box, since a promise would wait for an object with a method called `then`. */
async function constructed(
  mapper: ClassMapper,
  permission: Permission | undefined,
  asked: Asked,
): Promise<{ readonly value: object }> {
  const { exchange, calls } = asked
  const accepting = { label: mapper.name, call: construct, stream: false, ...mapper }
  const read = () => {
    allow(exchange.method, ['POST'])
    return bodyArguments(exchange, accepting)
  }
  const args = await bound(accepting, read, permission, asked)
  const make = () => constructFrom(mapper, args)
  const made = await calls.construct(mapper, args, make, permission)
  return { value: made.value as object }
}

async function called(
  operation: Operation,
  object: object | undefined,
  permission: Permission | undefined,
  asked: Asked,
): Promise<Response> {
  const { exchange, calls, pages, responses, toFault } = asked
  const binding = bound(operation, () => given(operation, exchange), permission, asked)
  const args = binding instanceof Promise ? await binding : binding
  const calling = calls.call(operation, object, args, permission)
  const { value } = calling instanceof Promise ? await calling : calling
  const { label, marks } = operation
  const result = closable(value, exchange.bindings?.running, toFault)
  return responses.result(result, { label: `${label}()`, marks }, exchange.method, pages, toFault)
}

/** The arguments of a request, by the method that it was sent with. */
function given(operation: Operation, exchange: Exchange): Given | Promise<Given> {
  const { marks } = operation
  const { method } = exchange
  if (saysMethod(exchange, marks)) return bodyArguments(exchange, operation)
  allow(method, marks.safe ? ['GET', 'HEAD', 'POST'] : [marks.verb ?? 'POST'])
  if (safeMethods.has(method) || marks.envelope === 'query') return queryArguments(exchange, operation)
  if (marks.envelope === 'none') return { named: {}, foreign: false }
  return bodyArguments(exchange, operation)
}

/**
 * Reads and binds. Where the call may still be refused for its arguments, what is wrong with these is for those alone
 * who are not refused.
 */
function bound(
  accepting: Accepting & Operation,
  read: () => Given | Promise<Given>,
  permission: Permission | undefined,
  { calls, pages, exchange }: Asked,
): unknown[] | Promise<unknown[]> {
  let named: Readonly<Record<string, unknown>> = {}
  const bind = (given: Given) => {
    named = given.named
    pages.expiries.at(exchange.path, given.expires)
    return calls.bind(accepting, given.named, given.foreign)
  }
  const start = () => {
    const given = read()
    return given instanceof Promise ? given.then(bind) : bind(given)
  }
  if (permission === undefined || permission.given) return start()
  return (async () => start())().catch(async error => {
    throw await calls.instead(permission, error, incomplete(accepting, named))
  })
}
