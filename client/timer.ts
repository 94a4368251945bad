// Waiting for any time: the timers of the platform end at once where it is more than 2^31 - 1 milliseconds.

const longest = 2 ** 31 - 1

/** Runs a function once, after so many milliseconds; Infinity is never. */
export class Timer {
  readonly #run: () => void
  #left: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #keeps = true

  constructor(milliseconds: number, run: () => void) {
    this.#run = run
    this.#left = milliseconds
    this.#goOn()
  }

  #goOn(): void {
    const time = Math.min(this.#left, longest)
    this.#left -= time
    this.#timer = setTimeout(() => (this.#left > 0 ? this.#goOn() : this.#run()), time)
    if (!this.#keeps) this.#release()
  }

  /** Lets the process end before the time is up. */
  unref(): this {
    this.#keeps = false
    this.#release()
    return this
  }

  #release(): void {
    // Node's keep a process alive; browsers' are numbers.
    const timer: unknown = this.#timer
    if (typeof timer === 'object') (timer as { unref(): void }).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
