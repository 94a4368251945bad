// The carrying out of a request that may be: its arguments are read and bound, and the call is made.

import type { Permission } from '../access/permission.js'
import { type Accepting, incomplete, type NamedArguments, noArguments } from '../calling/arguments.js'
import { allow, safeMethods } from '../faults/http.js'
import type { Target } from '../registration/mappers.js'
import type { Operation } from '../registration/members.js'
import { bodyArguments, methodInForm, queryArguments } from '../requests/envelopes.js'
import type { Exchange } from '../requests/exchange.js'
import { closable } from '../responses/closing-stream.js'

/** The operation that a request would call; undefined where it would only read. */
export function operationOf(target: Target): Operation | undefined {
  switch (target.kind) {
    case 'class':
    case 'function':
      return target.mapper.operation
    case 'method':
      return target.operation
    default:
      return undefined
  }
}

/** `permission`: what `calls.enter` gave for the target. */
export function performed(
  target: Target,
  permission: Permission | undefined,
  exchange: Exchange,
): Promise<Response> {
  const { method, pages, responses } = exchange
  switch (target.kind) {
    case 'namespace':
      allow(method, ['GET', 'HEAD'])
      return responses.namespace(target.mapper, pages)
    case 'instance':
      allow(method, ['GET', 'HEAD'])
      return responses.result(target.instance, { label: target.mapper.name, marks: {}, method, pages })
    case 'class':
      return constructed(target.mapper.operation, permission, exchange)
    case 'function':
      return called(target.mapper.operation, undefined, permission, exchange)
    case 'method':
      return called(target.operation, target.instance, permission, exchange)
  }
}

async function constructed(
  operation: Operation,
  permission: Permission | undefined,
  exchange: Exchange,
): Promise<Response> {
  const { calls, pages, responses } = exchange
  const read = () => {
    allow(exchange.method, ['POST'])
    return bodyArguments(exchange, operation)
  }
  const args = await bound(operation, read, permission, exchange)
  // In a box, since a promise would wait for an object with a method called `then`.
  const made = await calls.call(operation, undefined, args, permission)
  return responses.redirect(made.value as object, pages)
}

async function called(
  operation: Operation,
  object: object | undefined,
  permission: Permission | undefined,
  exchange: Exchange,
): Promise<Response> {
  const { bindings, calls, method, pages, responses, toFault } = exchange
  const binding = bound(operation, () => given(operation, exchange), permission, exchange)
  const args = binding instanceof Promise ? await binding : binding
  const calling = calls.call(operation, object, args, permission)
  const { value } = calling instanceof Promise ? await calling : calling
  const { label, marks } = operation
  const result = closable(value, bindings?.running, toFault)
  return responses.result(result, { label: `${label}()`, marks, method, pages, toFault })
}

/** The arguments of a request, by the method that it was sent with. */
function given(operation: Operation, exchange: Exchange): NamedArguments | Promise<NamedArguments> {
  const { marks, method: own, envelope } = operation
  const { method } = exchange
  if (methodInForm(exchange, marks)) return bodyArguments(exchange, operation)
  allow(method, own === 'GET' ? ['GET', 'HEAD', 'POST'] : [own])
  if (safeMethods.has(method) || (envelope === 'query' && own !== 'GET'))
    return queryArguments(exchange, operation)
  return envelope === 'none' ? noArguments : bodyArguments(exchange, operation)
}

/**
 * Reads and binds. Where the call may still be refused for its arguments, what is wrong with these is for those alone
 * who are not refused.
 */
function bound(
  accepting: Accepting & Operation,
  read: () => NamedArguments | Promise<NamedArguments>,
  permission: Permission | undefined,
  { calls, pages, path }: Exchange,
): unknown[] | Promise<unknown[]> {
  let named: Readonly<Record<string, unknown>> = {}
  const bind = (given: NamedArguments) => {
    named = given.named
    pages.expiries.at(path, given.expires)
    return calls.bind(accepting, given)
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
