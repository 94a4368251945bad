// Is anything growing? By the slope of what was held at rest, after the heap has found its size.

import type { Vitals } from './vitals.js'

/** Held at a moment, in seconds from the start. */
export interface Sample extends Vitals {
  readonly at: number
}

/** What may be gained from the end of the warm-up to the end, by the slope: noise of the collector, and pools. */
export const bounds: Readonly<Record<Exclude<keyof Vitals, 'cpu'>, number>> = {
  heap: 8 * 2 ** 20,
  resident: 64 * 2 ** 20,
  sockets: 16,
  timers: 8,
  files: 0,
  others: 4,
}

/** The part of the run in which caches fill and code is compiled. */
const warmUp = 0.25
/** With fewer samples after the warm-up a slope says nothing. */
export const fewest = 6

export const afterWarmUp = (samples: readonly Sample[]): readonly Sample[] =>
  samples.slice(Math.floor(samples.length * warmUp))

/** Units gained over all samples, by the median of the slopes of all pairs (Theil–Sen): outliers don't count. */
export function gain(samples: readonly Sample[], what: keyof typeof bounds): number {
  const slopes: number[] = []
  samples.forEach((one, index) => {
    for (const other of samples.slice(index + 1)) slopes.push((other[what] - one[what]) / (other.at - one.at))
  })
  slopes.sort((a, b) => a - b)
  const span = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)
  return (slopes[slopes.length >> 1] ?? 0) * span
}

/** What has grown beyond its bound in a process, in words; none where there are too few samples. */
export function growth(process: string, samples: readonly Sample[]): string[] {
  const judged = afterWarmUp(samples)
  const left = judged.some(({ files }) => files > 0) ? [`${process}: temporary files were left`] : []
  if (judged.length < fewest) return left
  const names = Object.keys(bounds) as (keyof typeof bounds)[]
  const grown = names.filter(what => gain(judged, what) > bounds[what])
  const say = (what: keyof typeof bounds) =>
    `${process}: ${what} grew by ${Math.round(gain(judged, what))}, more than ${bounds[what]}`
  return [...left, ...grown.map(say)]
}
