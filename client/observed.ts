// Failures that nobody sees: reported once, when it is certain that nobody will.

/** Whether anybody will hear of a failure. */
export class Observation {
  #awaited = false
  #depended = false
  readonly report: (error: unknown) => void

  constructor(report: (error: unknown) => void) {
    this.report = report
  }

  /** Does somebody wait for the result itself? */
  get awaited(): boolean {
    return this.#awaited
  }

  observe(): void {
    this.#awaited = true
    unobserved.delete(this)
  }

  /** Something depends on the result, and fails with it: who hears of that, hears of this. */
  depend(): void {
    this.#depended = true
    unobserved.delete(this)
  }

  /** The call failed: to be reported, unless it is observed after all. */
  failed(error: unknown): void {
    if (!this.#awaited && !this.#depended) unobserved.set(this, error)
  }

  /** Nobody can observe it any more. */
  abandon(): void {
    if (!unobserved.has(this)) return
    const error = unobserved.get(this)
    unobserved.delete(this)
    this.report(error)
  }
}

/** Failures that may still be observed: by whoever holds their Call, until it is collected. */
const unobserved = new Map<Observation, unknown>()

const collected = /* @__PURE__ */ new FinalizationRegistry<Observation>(observation => observation.abandon())

/** Once the holder is collected, nobody can observe. */
export function watch(holder: object, observation: Observation): void {
  collected.register(holder, observation)
}

// When a process is about to end, nobody will look any more.
const { process } = globalThis as { process?: { on?(event: string, listener: () => void): void } }
process?.on?.('beforeExit', () => {
  for (const observation of [...unobserved.keys()]) observation.abandon()
})
