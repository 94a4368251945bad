// Times of very many calls in little memory: counts by size, in steps of 2 %.

const step = Math.log(1.02)
/** Milliseconds that the first bucket ends at. */
const least = 0.02

export class Latencies {
  /** Sparse: bucket to count. */
  readonly counts: Record<number, number> = {}

  add(milliseconds: number): void {
    const bucket = milliseconds <= least ? 0 : Math.ceil(Math.log(milliseconds / least) / step)
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
  }

  merge(counts: Readonly<Record<number, number>>): void {
    for (const [bucket, count] of Object.entries(counts)) {
      this.counts[Number(bucket)] = (this.counts[Number(bucket)] ?? 0) + count
    }
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0)
  }

  /** Milliseconds that this share (0 to 1) of the calls took at most, within 2 %; NaN of none. */
  quantile(share: number): number {
    let left = Math.max(1, Math.ceil(this.total * share))
    // Keys that are small integers come in their order.
    for (const [bucket, count] of Object.entries(this.counts)) {
      left -= count
      if (left <= 0) return least * Math.exp(Number(bucket) * step)
    }
    return Number.NaN
  }
}
