// The seam of mounts: functions that answer for everything below the path that they are registered at.

import type { Permission } from '../access/permission.js'
import { subtree } from '../registration/decorators.js'
import type { PathBelow } from '../registration/subtrees.js'
import type { Exchange } from '../requests/exchange.js'

/**
 * Answers GET and HEAD for a path below a function's own: `below.names` are its segments, decoded.
 *
 * Made by `mount(fn, answer)`, and registered like any function, also by a plugin (`use`, `members`): `files(…)` is one.
 * The handler calls it once the rules of the function, and `authorize` with the path as the argument, let the caller
 * pass; what is left to be asked is in `permission`, for `exchange.calls.call`. On pages it is the link of its
 * function. It costs routers that have none nothing.
 */
export type Mount = (
  below: PathBelow,
  exchange: Exchange,
  permission: Permission | undefined,
) => Response | Promise<Response>

// biome-ignore lint/suspicious/noExplicitAny: functions of any parameters can be registered.
type Callable = (...parameters: any[]) => any

const mounts = new WeakMap<object, Mount>()

/** A function that is also asked for whatever is below its path. Throws RegistrationError for what is none. */
export function mount<F extends Callable>(fn: F, answer: Mount): F {
  const marked = subtree(fn)
  mounts.set(marked, answer)
  return marked
}

/** Of a function that `mount` has made. */
export const mountOf = (fn: object): Mount | undefined => mounts.get(fn)
