// What code the inputs of a run have run so far, and how often: whether an input has run anything new.

/** AFL's classes of counts: once, twice, thrice, to 7, to 15, to 31, to 127, more. */
const classes = Uint8Array.from({ length: 256 }, (_, count) => {
  if (count < 3) return count
  if (count === 3) return 4
  return count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128
})

export class Coverage {
  readonly #hits: Uint8Array
  readonly #fours: Uint32Array
  readonly #seen: Uint8Array

  /** `hits` are the counters of an instrumented program; without them nothing is ever new. */
  constructor(hits: Uint8Array = new Uint8Array(0)) {
    this.#hits = hits
    this.#fours = new Uint32Array(hits.buffer, 0, hits.length / 4)
    this.#seen = new Uint8Array(hits.length)
  }

  /** Before an input. */
  start(): void {
    this.#hits.fill(0)
  }

  /** After it. */
  isNew(): boolean {
    let isNew = false
    for (let four = 0; four < this.#fours.length; four++) {
      // Four at a time: nearly all are zero.
      if (this.#fours[four] === 0) continue
      for (let index = four * 4; index < four * 4 + 4; index++) {
        const bit = classes[this.#hits[index] as number] as number
        const seen = this.#seen[index] as number
        if ((seen | bit) === seen) continue
        this.#seen[index] = seen | bit
        isNew = true
      }
    }
    return isNew
  }
}
