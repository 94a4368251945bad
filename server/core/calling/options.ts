// The options of an application for calls, however these come.

import type { Authorize, Via } from '../access/access.js'
import type { Rights } from '../access/guard.js'
import type { Interceptor } from './interceptor.js'

/** One call as it ended, for logs and rate limits. */
export interface CallEntry {
  readonly label: string
  readonly via: Via
  readonly user: unknown
  /** The HTTP status that it has, or would have had as a request. */
  readonly status: number
  readonly milliseconds: number
}

export interface CallOptions {
  /**
   * Asked before every call and before its body is read, every object that is reached, and every object, method and
   * function in arguments, about each of those once in a request; by a walk, for each item. Middleware on paths doesn't
   * see the steps of a pipeline: this does. Where it is given,
   * no page has results inline, since drawing asks nobody. Default: all are allowed.
   */
  readonly authorize?: Authorize
  /**
   * Told of every call once it has ended, steps of a pipeline included: for logs and rate limits. Not of objects
   * that are only reached, nor of calls whose arguments were refused. Nobody waits for it: what it throws, or rejects
   * with, is logged, and the call is as it was.
   */
  readonly onCall?: (entry: CallEntry) => unknown
  /**
   * Stands around every call that is allowed, of a request or of a step, and of constructors: for transactions, contexts of
   * the application's own, limits and timing. `async (call, next) => inTransaction(next)`. It makes the call by `next()`, and
   * gives its result, or answers in its place by `{ value }`; what it throws is what the call throws. It is the first of
   * the interceptors (spec/extending.md). Default: nothing stands around calls.
   */
  readonly around?: Interceptor
  /** Names of the rights of a user, for `allow`. Default: the user's property `rights`, a list or a set. */
  readonly rights?: Rights
}
