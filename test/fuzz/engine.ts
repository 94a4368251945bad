// The loop: an input is taken from the pool or from fast-check, mutated, and checked. What runs code that nothing
// has run before joins the pool; what breaks a promise is made as small as it can be and kept.

import { Coverage } from './coverage.js'
import { mutate, type Others } from './mutate.js'
import { smallestOf } from './smallest.js'
import { Finding, hashOf, Random, type Target } from './target.js'

export interface Limits {
  readonly milliseconds: number
  readonly inputs: number
}

export interface Result {
  readonly inputs: number
  readonly milliseconds: number
  /** Milliseconds of CPU, those for making inputs too. */
  readonly cpu: number
  /** Inputs that ran something new, where the program is instrumented. */
  readonly found: readonly Uint8Array[]
  readonly failures: readonly Failure[]
  /** Bytes of the heap after each collection. */
  readonly heap: readonly number[]
}

export interface Failure {
  readonly input: Uint8Array
  readonly error: Error
}

/** Milliseconds of CPU that one input may take. */
const hang = 100
/** Milliseconds after which an input that waits for something is given up. */
const patience = 5000
const mostKept = 4000
const mostKeptBytes = 512
const growth = 48 * 2 ** 20

const prototypes = [
  Object,
  Array,
  Function,
  String,
  Number,
  BigInt,
  Map,
  Set,
  Date,
  Promise,
  Uint8Array,
  Error,
  RegExp,
]
const describePrototypes = () =>
  prototypes.map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join()).join('\n')

export class Engine {
  readonly #target: Target
  readonly #coverage: Coverage
  readonly #random: Random
  readonly #pool: Uint8Array[]
  readonly #others: Others
  readonly #found: Uint8Array[] = []
  readonly #failures = new Map<string, Failure>()
  readonly #prototypes = describePrototypes()
  readonly #heap: number[] = []
  #fresh: readonly Uint8Array[] = []
  #strayed: unknown
  /** Ends the wait for a check that does not settle. */
  #giveUp: (() => void) | undefined
  #since = 0

  /** `hits` are the counters of an instrumented program. */
  constructor(target: Target, seed: number, corpus: readonly Uint8Array[], hits?: Uint8Array) {
    this.#target = target
    this.#random = new Random(seed)
    this.#pool = [...target.seeds, ...corpus]
    this.#others = { words: target.words, other: () => this.#pick() }
    this.#coverage = new Coverage(hits)
  }

  async run(
    { milliseconds, inputs }: Limits,
    progress?: (inputs: number, pool: number) => void,
  ): Promise<Result> {
    const started = performance.now()
    const cpu = process.cpuUsage()
    const stray = (error: unknown) => (this.#strayed = error)
    const watch = setInterval(() => {
      const { patience: most = patience } = this.#target
      if (this.#giveUp !== undefined && performance.now() - this.#since > most) this.#giveUp()
    }, 1000)
    process.on('unhandledRejection', stray)
    process.on('uncaughtException', stray)
    let count = 0
    let reported = started
    try {
      for (const input of [...this.#pool]) {
        await this.#try(input, false)
        count++
      }
      for (; count < inputs; count++) {
        if (this.#fresh.length === 0 || count % 4096 === 0) {
          this.#fresh = await this.#target.fresh(this.#random.below(2 ** 31))
        }
        if (count % 64 === 0) {
          const now = performance.now()
          if (now - started > milliseconds) break
          if (now - reported > 30_000) {
            reported = now
            progress?.(count, this.#pool.length)
            this.#weigh()
          }
        }
        const from = this.#pick()
        await this.#try(this.#random.below(64) === 0 ? from : mutate(from, this.#random, this.#others), true)
      }
      await new Promise(resolve => setImmediate(resolve))
    } finally {
      clearInterval(watch)
      process.off('unhandledRejection', stray)
      process.off('uncaughtException', stray)
    }
    const { user, system } = process.cpuUsage(cpu)
    this.#weigh()
    return {
      inputs: count,
      milliseconds: performance.now() - started,
      cpu: (user + system) / 1000,
      found: this.#found,
      failures: [...this.#failures.values()],
      heap: this.#heap,
    }
  }

  /** From the latest of the pool more often: they have been tried least. */
  #pick(): Uint8Array {
    const pool = this.#fresh.length > 0 && this.#random.below(3) === 0 ? this.#fresh : this.#pool
    const end = pool.length
    const index =
      this.#random.below(2) === 0 ? end - 1 - this.#random.below(Math.min(end, 64)) : this.#random.below(end)
    return pool[index] ?? new Uint8Array(0)
  }

  async #try(input: Uint8Array, keep: boolean): Promise<void> {
    this.#coverage.start()
    const error = await this.#failure(input)
    if (error !== undefined) await this.#record(input, error)
    else if (this.#coverage.isNew() && keep && input.length <= mostKeptBytes) this.#keep(input)
  }

  #keep(input: Uint8Array): void {
    this.#found.push(input)
    if (this.#pool.length < mostKept) this.#pool.push(input)
    else this.#pool[this.#random.below(mostKept)] = input
  }

  /** What is wrong with what an input does; undefined where nothing is. */
  async #failure(input: Uint8Array): Promise<Error | undefined> {
    const started = performance.now()
    try {
      const checking = this.#target.check(input)
      if (checking !== undefined) await this.#settled(checking)
    } catch (error) {
      return error instanceof Finding
        ? error
        : new Finding('unclassified error', String(error), { cause: error })
    }
    if (this.#strayed !== undefined) {
      const cause = this.#strayed
      this.#strayed = undefined
      return new Finding('unhandled rejection', String(cause), { cause })
    }
    const { hang: most = hang } = this.#target
    if (performance.now() - started > most) {
      const least = await this.#leastTime(input)
      if (least > most) return new Finding('hang', `${Math.round(least)} ms of CPU for ${input.length} bytes`)
    }
    if (hashOf(input) % 64 === 0 && describePrototypes() !== this.#prototypes) {
      return new Finding('prototypes changed', 'by this input or one before it')
    }
    return undefined
  }

  async #settled(checking: Promise<void>): Promise<void> {
    this.#since = performance.now()
    const given = new Promise<void>((_, reject) => {
      this.#giveUp = () => reject(new Finding('never settled', `within ${patience} ms`))
    })
    try {
      await Promise.race([checking, given])
    } finally {
      this.#giveUp = undefined
    }
  }

  /** Milliseconds of CPU, the least of three: what else the machine does is not the input's. */
  async #leastTime(input: Uint8Array): Promise<number> {
    let least = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < 3 && least > hang; attempt++) {
      const before = process.cpuUsage()
      await this.#target.check(input)
      const { user, system } = process.cpuUsage(before)
      least = Math.min(least, (user + system) / 1000)
    }
    return least
  }

  async #record(input: Uint8Array, first: Error): Promise<void> {
    // Its time is that of the whole input, and was measured.
    if (first instanceof Finding && first.kind === 'hang') {
      if (!this.#failures.has(keyOf(first))) this.#failures.set(keyOf(first), { input, error: first })
      return
    }
    // Most inputs are refused: what a stack costs would be most of their time. A failure needs its own.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 8
    const error = (await this.#failure(input)) ?? first
    await this.#add(input, error)
    Error.stackTraceLimit = stackTraceLimit
  }

  async #add(input: Uint8Array, error: Error): Promise<void> {
    const key = keyOf(error)
    if (this.#failures.has(key)) return
    const smallest = await smallestOf(input, async candidate => {
      const failure = await this.#failure(candidate)
      return failure !== undefined && keyOf(failure) === key
    })
    this.#failures.set(key, { input: smallest, error })
  }

  /** A heap that grows and grows holds something of every input. */
  #weigh(): void {
    const collect = (globalThis as { gc?: () => void }).gc
    if (collect === undefined) return
    collect()
    this.#heap.push(process.memoryUsage().heapUsed)
    // The first are those of a program that is still being compiled.
    const base = this.#heap[1]
    const now = this.#heap.at(-1) as number
    if (base === undefined || now - base < growth) return
    const error = new Finding('memory grows', `from ${base} to ${now} bytes of heap`)
    if (!this.#failures.has(keyOf(error)))
      this.#failures.set(keyOf(error), { input: new Uint8Array(0), error })
  }
}

/** Failures of one kind that come from one place are one. */
export function keyOf(error: Error): string {
  const { cause } = error
  const kind = error instanceof Finding ? error.kind : error.name
  const [first = ''] =
    cause instanceof Error ? (cause.stack ?? '').split('\n').filter(line => /^\s+at /.test(line)) : []
  return `${kind} ${first.trim()}`
}
