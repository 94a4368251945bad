// The hook `beat`: told every now and then, while somebody listens. It keeps no process alive, and never overlaps.

import { unwaited } from '../../../lib/promises.js'

export class Beat {
  readonly #period: () => number
  readonly #tell: () => Promise<void>
  /** Undefined while listeners are being told, and after the end. */
  #timer: NodeJS.Timeout | undefined
  #over = false

  /** `period` is in milliseconds; `tell` never rejects. */
  constructor(period: () => number, tell: () => Promise<void>) {
    this.#period = period
    this.#tell = tell
    this.#wait()
  }

  #wait(): void {
    if (!this.#over) this.#timer = setTimeout(() => unwaited(this.#beat()), this.#period()).unref()
  }

  async #beat(): Promise<void> {
    this.#timer = undefined
    await this.#tell()
    this.#wait()
  }

  /** Waits anew, for as long as the period is by now. */
  reset(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#wait()
  }

  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
