// The seam around calls: what stands between a call that may be made and the function itself.

import type { Via } from '../access/access.js'
import type { Context } from '../context/context.js'
import type { Operation } from '../registration/members.js'

/** The result of a call, not to be waited for again: an object of the application may have a method called `then`. */
export interface Result {
  readonly value: unknown
}

/** A call that is about to be made: allowed, its arguments bound. */
export interface Invocation {
  /** The function or method; of a class, its constructor's name, label and marks. */
  readonly operation: Pick<Operation, 'name' | 'label' | 'marks'>
  /** The object whose method it is; undefined for functions and constructors. */
  readonly object: object | undefined
  readonly args: readonly unknown[]
  readonly via: Via
  readonly context: Context
}

/**
 * Makes a call by `next()`, or answers in its place: `async (call, next) => { count(call); return next() }`.
 *
 * Implemented by plugins (`use`); called by `Calls` for every call of a request, of a step of a pipeline and of a
 * constructor, after the rules of `allow` and `authorize` have let it pass, and before `onCall` is told how it ended. Of
 * several, the first of the list is the outermost. `next` may be called once. What it throws, or rejects with, is what
 * the call throws. Where there is none, a call is a direct call, and stays synchronous.
 */
export type Interceptor = (call: Invocation, next: () => Result | Promise<Result>) => Result | Promise<Result>

/** One of many, the first around the others; undefined where there is none. */
export function interceptors(all: readonly Interceptor[]): Interceptor | undefined {
  const [first, ...others] = all
  const inner = others.length === 0 ? undefined : interceptors(others)
  if (first === undefined || inner === undefined) return first
  return (call, next) => first(call, () => inner(call, next))
}
