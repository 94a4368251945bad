// Durations, counted in classes that each reach 9 % further than the one before: enough for percentiles,
// in 2 KB, at the cost of an increment for what is recorded.

/** Classes for each doubling: neighbours differ by 9 %, as 2^(1/8). */
const perOctave = 8
/** Doublings from a microsecond on: the last class holds what took 134 s or more. */
const octaves = 27
const classes = perOctave * octaves

/** A histogram of durations. All figures that it gives are in milliseconds. */
export class Latency {
  readonly #counts = new Float64Array(classes)
  count = 0
  sum = 0
  max = 0

  record(milliseconds: number): void {
    const octave = Math.log2(milliseconds * 1000)
    const at = octave > 0 ? Math.min(classes - 1, Math.floor(octave * perOctave)) : 0
    this.#counts[at] = (this.#counts[at] as number) + 1
    this.count++
    this.sum += milliseconds
    if (milliseconds > this.max) this.max = milliseconds
  }

  /** The duration that a share of them (0 to 1) did not exceed, within 9 %; 0 where there are none. */
  percentile(share: number): number {
    let left = Math.ceil(share * this.count)
    if (left <= 0) return 0
    for (const [at, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return Math.min(this.max, 2 ** ((at + 1) / perOctave) / 1000)
    }
    return this.max
  }

  /** Counts of those that took no longer than each bound: those of every second doubling, 0.256 ms to 67 s, by their seconds. */
  cumulated(): readonly (readonly [seconds: number, count: number])[] {
    const found: [number, number][] = []
    let sum = 0
    for (let octave = 0; octave < octaves; octave++) {
      for (let at = octave * perOctave; at < (octave + 1) * perOctave; at++) sum += this.#counts[at] as number
      if (octave >= 7 && octave % 2 === 1) found.push([2 ** (octave + 1) / 1e6, sum])
    }
    return found
  }
}
