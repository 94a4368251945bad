// Values with results in the place of the Calls in them: results of the callbacks of walks, and arguments within.

import { defaultLimits } from '../../lib/limits.js'
import { met } from '../../lib/promises.js'
import { itemsOf, withItems } from '../../lib/values/parts.js'
import { handleOf } from './handles.js'
import { NamedArguments } from './named.js'
import { type Step, stepOf } from './step.js'

/** The results for all items, begun at once. Rejects with the error of the first item that fails, as servers do. */
export async function inOrder<Item, Result>(
  items: Iterable<Item>,
  result: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const begun = Array.from(items, item => met(result(item)))
  const results: Result[] = []
  for (const promise of begun) results.push(await promise)
  return results
}

/** A copy of a value, with the result of each step by `resultOf`. Objects of the server stay as they are. */
export async function filled(
  value: unknown,
  resultOf: (step: Step) => Promise<unknown>,
  depth = 0,
): Promise<unknown> {
  const step = stepOf(value)
  if (step !== undefined) return resultOf(step)
  if (typeof value !== 'object' || value === null || handleOf(value) !== undefined) return value
  if (depth > defaultLimits.depth)
    throw new TypeError(`a value that nests deeper than ${defaultLimits.depth}`)
  if (value instanceof NamedArguments) {
    return new NamedArguments((await filled(value.values, resultOf, depth)) as Record<string, unknown>)
  }
  return withItems(value, await inOrder(itemsOf(value), item => filled(item, resultOf, depth + 1)))
}
