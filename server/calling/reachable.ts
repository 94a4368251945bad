// What a value holds that somebody has to be asked about: the objects, methods and functions in arguments, also those that
// references name and promises become. In time that grows with the value, and with turns for others in between.

import { kindOf } from '../../lib/kind.js'
import { isPromise } from '../../lib/met.js'
import { rest } from '../../lib/turn.js'
import { partsOf } from '../registration/parts.js'
import { Reference } from '../registration/reference.js'
import type { ObjectSet } from './object-set.js'

/** Lists, dicts and objects that are looked through before others may have their turn. */
const lookedAtOnce = 256

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
  const left = [value]
  for (let count = 1; left.length > 0; count++) {
    if (count % lookedAtOnce === 0) await rest()
    const item = left.pop()
    if (typeof item === 'function') found.push(item)
    if (typeof item !== 'object' || item === null || seen.has(item) || allowed.has(item)) continue
    if (calls.isObject(item) || item instanceof Reference) found.push(item)
    else if (kindOf(item) === 'other' && isPromise(item)) left.push(await become(item))
    else if (addParts(item, left)) continue
    seen.add(item)
    looked.push(item)
  }
  return found
}

/** What whoever waits for it gets, or catches: a Fault may hold objects too. */
async function become(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error
  }
}

/** What holds so few parts, and no objects, is looked through again as soon as it would be remembered. */
const few = 8

/** Backwards, so that the first is the next to be taken. True where the value need not be remembered. */
function addParts(value: object, to: unknown[]): boolean {
  const parts = partsOf(value)
  const before = to.length
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index]
    if (typeof part === 'function' || (typeof part === 'object' && part !== null)) to.push(part)
  }
  return to.length === before && parts.length <= few
}
