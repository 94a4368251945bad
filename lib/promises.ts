// Promises that somebody else made. One that rejects while nobody listens ends the process: so each has a handler from
// the moment it is met, and what it rejects with is told where its value is asked for.

import { isDict } from './plain.js'

/** The same promise, which may reject from now on before anybody waits for it. Whoever awaits it meets the error. */
export function met<P extends PromiseLike<unknown>>(promise: P): P {
  unwaited(promise)
  return promise
}

/** Nobody waits for it here: either it tells its errors itself, or they are told to whoever asks for its value. */
export function unwaited(promise: PromiseLike<unknown>): void {
  try {
    promise.then(ignored, nobody)
  } catch (error) {
    dropped(error)
  }
}

/** Runs what nobody waits for: `failed` is told what it throws, or rejects with, also in a list or a dict. */
export function attempt(run: () => unknown, failed: (error: unknown) => void): void {
  const told = (error: unknown) => {
    dropped(error)
    failed(error)
  }
  try {
    const result = run()
    if (!isUnderWay(result) && isPromise(result))
      result.then(became => dropped(became, someParts, told), told)
    else dropped(result, someParts, told)
  } catch (error) {
    told(error)
  }
}

/** Nothing can be done with it, whatever it is: of a promise of any make too. */
export const refused = (value: unknown): void => attempt(() => value, ignored)

/** Parts that are looked at where somebody may keep a value, and have it dropped time and again: a list that grows. */
export const someParts = 100

/** Instances in each other that are looked into: an object, and what it is made of. Anything may be behind these. */
const nestedInstances = 2

/**
 * Nobody looks at a value here, if ever: nor do they wait for the promises in it. Looks into lists, dicts, maps, sets,
 * the properties of instances, and what promises become; at no more than `most` parts, and at no getter. `failed` is
 * told what each rejects with. Other thenables are left alone: to ask one may begin its work.
 */
export function dropped(value: unknown, most = Number.POSITIVE_INFINITY, failed = nobody): void {
  if (typeof value !== 'object' || value === null) return
  // Each object once, with how many instances it stands in; those that are found are looked into in their turn.
  const found = new Map<object, number>([[value, 0]])
  for (const [item, depth] of found) {
    try {
      if (isUnderWay(item)) Promise.prototype.then.call(item, result => dropped(result, most, failed), failed)
      else lookInto(item, depth, found, most)
    } catch {
      // A proxy that does not let itself be looked at.
    }
  }
}

/** Adds the objects that stand in one, as long as there are fewer than `most`. */
function lookInto(value: object, depth: number, found: Map<object, number>, most: number): void {
  let left = most - found.size
  const add = (part: unknown, inside: number) => {
    if (typeof part === 'object' && part !== null && !found.has(part)) found.set(part, inside)
    return --left > 0
  }
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) if (!add(item, depth)) return
  } else if (value instanceof Map) {
    for (const [key, item] of value) if (!add(key, depth) || !add(item, depth)) return
  } else if (!ArrayBuffer.isView(value)) {
    const inside = isDict(value) ? depth : depth + 1
    if (inside > nestedInstances) return
    // Those that aren't enumerable too: the cause of an error is none.
    for (const key of Object.getOwnPropertyNames(value))
      if (!add(Object.getOwnPropertyDescriptor(value, key)?.value, inside)) return
  }
}

/** What a dropped promise rejects with may be, or hold, another one. */
const nobody = (error: unknown): void => dropped(error)

/** For what is nobody's to hear. */
export const ignored = (): void => undefined

/** Is it a promise of the platform's, of this realm or another? Such a one has begun. */
export const isUnderWay = (value: unknown): value is Promise<unknown> =>
  value instanceof Promise || Object.prototype.toString.call(value) === '[object Promise]'

/** Is it a promise, of whatever make? */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  value instanceof Promise ||
  (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function')
