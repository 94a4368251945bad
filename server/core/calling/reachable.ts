// The parts of a value that somebody has to be asked about: the objects, methods and functions in arguments, also those that
// references name and promises become. In time that grows with the value, and with turns for others in between.

import { rest } from '../../../lib/event-loop.js'
import { isPromise } from '../../../lib/promises.js'
import { kindOf } from '../../../lib/values/kind.js'
import { reachableParts } from '../registration/parts.js'
import { Reference } from '../registration/reference.js'
import { heldBy } from './held.js'
import type { ObjectSet } from './object-set.js'

/** Values that are looked at before others may have their turn. */
const lookedAtOnce = 1024

/**
 * In the order in which they stand there. What is in `seen` or `allowed` is passed over; `looked` gets all that was
 * looked through, and `seen` too.
 */
export async function reachable(
  value: unknown,
  calls: { isObject(value: unknown): boolean },
  [seen, allowed]: readonly [seen: ObjectSet, allowed: ObjectSet],
  looked: object[],
): Promise<readonly object[]> {
  const found: object[] = []
  const around: Iterator<unknown>[] = []
  let items: Iterator<unknown> | undefined = [value].values()
  for (let count = 1; items !== undefined; count++) {
    if (count % lookedAtOnce === 0) await rest()
    const { value: item, done } = items.next()
    if (done) {
      items = around.pop()
      continue
    }
    if (typeof item === 'function') found.push(item)
    if (typeof item !== 'object' || item === null || seen.has(item) || allowed.has(item)) continue
    let inner: Iterator<unknown> | undefined
    if (calls.isObject(item) || item instanceof Reference) found.push(item)
    else if (kindOf(item) === 'other' && isPromise(item)) inner = [await become(item)].values()
    else if ((inner = heldBy(item, long)) !== undefined) await rest()
    else {
      const parts = reachableParts(item)
      const holds = parts.some(mayBeReached)
      if (!holds && parts.length <= few) continue
      if (holds) inner = parts.values()
    }
    seen.add(item)
    looked.push(item)
    if (inner !== undefined) {
      around.push(items)
      items = inner
    }
  }
  return found
}

/** The value or the error of a promise: a Fault may hold objects too. */
async function become(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error
  }
}

/** Values of so few parts, without objects, are not remembered: to look through them again costs as little. */
const few = 8

const mayBeReached = (part: unknown): boolean =>
  typeof part === 'function' || (typeof part === 'object' && part !== null)

/** Of more than this no list is made. */
const long = 1024
