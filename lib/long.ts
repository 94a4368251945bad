// Long messages are decoded in parts, so that whatever else a process has to do gets its turns meanwhile. A decoder of
// them is a generator: it yields now and then. Short ones are decoded at once, by methods that are faster.

import { rest } from './event-loop.js'

/** Bytes of a root above which it is decoded in parts: below, the slowest kind of value takes some 20 ms. */
export const longBytes = 65_536

/** Bytes that a decoder reads before it yields. */
const partBytes = 16_384

/** Says when a decoder is to yield, by where it is in its bytes. */
export class Parts {
  #end = 0

  over(position: number): boolean {
    if (position < this.#end) return false
    this.#end = position + partBytes
    return true
  }
}

/** Entries that are moved before a decoder yields. */
const movedAtOnce = 4096

/** A dict as the map that it turns out to be. */
export function* mapInParts(dict: Record<string, unknown>): Generator<undefined, Map<unknown, unknown>> {
  const map = new Map<unknown, unknown>()
  for (const key of Object.keys(dict)) {
    map.set(key, dict[key])
    if (map.size % movedAtOnce === 0) yield
  }
  return map
}

/** The result of a generator, run to its end, with rests. */
export async function inParts<T>(steps: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { value, done } = steps.next()
    if (done) return value
    const wait = rest()
    if (wait !== undefined) await wait
  }
}
