// All that a value holds at any depth, each object once, however they hold each other. Getters may throw.

import { isObject } from '../plain.js'
import { readableValues } from './dict.js'
import { partsOf } from './parts.js'

/**
 * Visits a value and all that it holds, each object once. `within`: what stands inside of an object that its receiver
 * will see in a way of its own; undefined for all others.
 */
export function contentsOf(
  value: object,
  visit: (item: object) => void,
  within?: (item: object) => Iterable<unknown> | undefined,
): void {
  const seen = new Set<object>()
  const left = [value]
  for (let item = left.pop(); item !== undefined; item = left.pop()) {
    if (seen.has(item)) continue
    seen.add(item)
    visit(item)
    const own = within?.(item)
    for (const part of own ?? partsOf(item, readableValues)) if (isObject(part)) left.push(part)
  }
}
