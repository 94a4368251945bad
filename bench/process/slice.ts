// Loops that call, for a time or a number of calls.

import type { Slice } from './messages.js'

/** Runs independent loops until the time is over; each ends its last call. */
export async function sliceOf(
  run: () => Promise<unknown>,
  inFlight: number,
  milliseconds: number,
): Promise<Slice> {
  const times: number[] = []
  const start = performance.now()
  const end = start + milliseconds
  const loop = async () => {
    let before = performance.now()
    while (before < end) {
      await run()
      const after = performance.now()
      times.push(after - before)
      before = after
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  const wall = performance.now() - start
  times.sort((a, b) => a - b)
  return { calls: times.length, wall, p50: (times[times.length >> 1] ?? Number.NaN) * 1000 }
}

/** Runs so many calls in independent loops. */
export async function callsOf(run: () => Promise<unknown>, inFlight: number, count: number): Promise<number> {
  let started = 0
  const loop = async () => {
    while (started++ < count) await run()
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  return count
}
