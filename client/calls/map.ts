// A walk that is done here: the callback is run for each item, and the Calls in its results are waited for.

import { sinceThen } from '../exchange/deadline.js'
import { filled, inOrder } from './filled.js'

/** `begun`: the time at which the walk was asked for (deadline.ts). Throws TypeError for another value than a list. */
export async function mapHere(
  list: unknown,
  callback: (item: unknown) => unknown,
  begun: number | undefined,
): Promise<unknown> {
  if (!Array.isArray(list)) {
    const { map } = (list ?? {}) as { map?: unknown }
    if (typeof map !== 'function') throw new TypeError('map: the result is no list')
    return map.call(list, callback)
  }
  const result = async (item: unknown) =>
    filled(await sinceThen(begun, () => callback(item)), step => step.result())
  return inOrder(list, result)
}
