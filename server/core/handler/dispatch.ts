// What a request is for: an endpoint, something below a mount, or what is registered. Who may have it is asked here,
// before anything is read for it or drawn of it.

import type { Fault } from '../../../lib/values/fault.js'
import type { Permission } from '../access/permission.js'
import { allow, notFound } from '../faults/http.js'
import type { Target } from '../registration/mappers.js'
import type { PathBelow } from '../registration/subtrees.js'
import type { Exchange } from '../requests/exchange.js'
import { mountOf } from './mount.js'
import { operationOf, performed } from './perform.js'
import type { Plugins } from './plugin.js'

/** Throws what is answered as a Fault. */
export async function dispatch(exchange: Exchange, plugins: Plugins): Promise<Response> {
  const { path, registry, observer } = exchange
  const endpoint = plugins.endpointAt(path)
  if (endpoint !== undefined) {
    const answer = await endpoint.answer(exchange)
    if (answer !== undefined) return answer
  }
  const below = registry.subtrees.at(path, registry.root)
  if (below !== undefined) return inMount(below, exchange, plugins)
  const target = registry.resolver.find(path, exchange.enter)
  if (target === undefined) throw await nothing(exchange)
  observer?.reached(nameOf(target), pathOf(target))
  const moved = movedResponse(target, exchange)
  if (moved !== undefined) return moved
  return permitted(target, exchange, plugins, permission => performed(target, permission, exchange))
}

/** A redirect, where the object lives on another server. */
function movedResponse(target: Target, exchange: Exchange): Response | undefined {
  if (!('instance' in target)) return undefined
  const { pages, path, query, method, responses } = exchange
  pages.expiries.at(path, target.expires)
  const base = pages.movedTo(target.mapper, target.instance)
  return base === undefined ? undefined : responses.moved(base, { path, query, method }, pages)
}

function inMount(below: PathBelow, exchange: Exchange, plugins: Plugins): Promise<Response> {
  const target = { kind: 'function', mapper: below.mapper, below: below.names } as const
  exchange.observer?.reached(nameOf(target), pathOf(target))
  return permitted(target, exchange, plugins, async permission => {
    allow(exchange.method, ['GET', 'HEAD'])
    const mount = mountOf(below.mapper.operation.call)
    if (mount === undefined) throw notFound()
    return mount(below, exchange, permission)
  })
}

/** Asks before anything is drawn of what a request is for, or read for it. */
async function permitted(
  target: Target,
  exchange: Exchange,
  { resolved }: Plugins,
  answer: (permission: Permission | undefined) => Promise<Response>,
): Promise<Response> {
  const { rendering, calls } = exchange
  const permission = calls.open ? undefined : await calls.enter(target)
  rendering?.at(target)
  await now(target, exchange)
  try {
    const operation = resolved.length === 0 ? undefined : operationOf(target)
    const answered = operation && (await first(resolved, hook => hook(exchange, operation)))
    return answered ?? (await answer(permission))
  } catch (error) {
    if (permission?.refused) rendering?.forget()
    throw error
  }
}

/** Throws the Fault (409) of what there is not in the present state. */
function now(target: Target, { calls }: Exchange): undefined | Promise<undefined> {
  const operation = operationOf(target)
  if (operation?.marks.when === undefined) return undefined
  return calls.now(operation, target.kind === 'method' ? target.instance : undefined)
}

/** The answer of the first hook that has one, from the one of that number on; the others are not asked. */
export function first<Hook>(
  hooks: readonly Hook[],
  ask: (hook: Hook) => Response | undefined | Promise<Response | undefined>,
  from = 0,
): Response | undefined | Promise<Response | undefined> {
  for (let index = from; index < hooks.length; index++) {
    const answer = ask(hooks[index] as Hook)
    if (answer instanceof Promise) return answer.then(found => found ?? first(hooks, ask, index + 1))
    if (answer !== undefined) return answer
  }
  return undefined
}

/** Not found; of what an object hasn't those hear alone who may reach the object. */
async function nothing({ path, enter, calls, registry }: Exchange): Promise<Fault> {
  const above = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)
  const target = calls.open || above === '/' ? undefined : registry.resolver.find(above, enter)
  if (target?.kind === 'instance') await calls.admit(target.instance)
  return notFound()
}

/** As figures, logs and traces have it. */
const nameOf = (target: Target): string =>
  target.kind === 'method' ? target.operation.label : target.mapper.name

/** Without states and names of files. */
function pathOf(target: Target): string {
  const { path } = target.mapper
  if (!('instance' in target)) return path
  return `${path}…/${target.kind === 'method' ? target.name : ''}`
}
