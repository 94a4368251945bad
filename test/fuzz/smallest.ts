// Shrinking: of an input that fails, the parts that it needs to.

import { concatenate } from '../../lib/values/blob.js'

/** Milliseconds that may be spent on one. */
const longest = 10_000

/** Takes away halves, quarters and so on, down to single bytes, as long as the rest still fails. */
export async function smallestOf(
  input: Uint8Array,
  fails: (candidate: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  const end = performance.now() + longest
  let best = input
  for (let size = best.length >> 1; size >= 1; size >>= 1) {
    for (let start = 0; start < best.length; ) {
      if (performance.now() > end) return best
      const candidate = concatenate([best.slice(0, start), best.subarray(start + size)])
      if (await fails(candidate)) best = candidate
      else start += size
    }
  }
  return best
}
