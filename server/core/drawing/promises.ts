// The promises in what calls gave: each has a handler from the moment it is met, and what has become of it is known
// when it is drawn. Nothing here rejects: what a promise rejects with is thrown where its value is to be encoded.

import { EncodeError } from '../../../lib/errors.js'
import { defaultLimits } from '../../../lib/limits.js'
import { isObject } from '../../../lib/plain.js'
import { dropped, isPromise, someParts } from '../../../lib/promises.js'
import { kindOf } from '../../../lib/values/kind.js'
import { drawnContents } from './contents.js'

interface Met {
  /** Until it is settled; never rejects. */
  settling: Promise<void> | undefined
  failed: boolean
  /** Its value, or its error. */
  value: unknown
  /** Promises that lead to it. */
  readonly depth: number
  /** The promises in what it became. */
  within: readonly Met[]
}

export class Promises {
  readonly #isRegistered: (value: object) => boolean
  readonly #settled: (promise: object, result: unknown) => void
  #met: Map<object, Met> | undefined
  /** Those that the last encoding has to be done again for. */
  #awaited: Met[] = []
  /** How many are not settled. */
  #open = 0

  /** `settled` is told what a promise has become. `isRegistered`: is it an object of a registered class? */
  constructor(isRegistered: (value: object) => boolean, settled: (promise: object, result: unknown) => void) {
    this.#isRegistered = isRegistered
    this.#settled = settled
  }

  /** The value of a promise; undefined where it has to be waited for. Throws its error. */
  drawn(promise: PromiseLike<unknown>): { readonly value: unknown } | undefined {
    const met = this.#meet(promise, 0)
    if (met.settling !== undefined) {
      this.#awaited.push(met)
      return undefined
    }
    if (met.failed) throw met.value
    return met
  }

  /** The value that stands in the place of a settled promise. */
  became(promise: unknown): { readonly value: unknown } | undefined {
    const met = this.#met?.get(promise as object)
    return met === undefined || met.failed || met.settling !== undefined ? undefined : met
  }

  /** Settled once all are that the last encoding met, or one has failed; undefined where it met none. */
  settle(): Promise<void> | undefined {
    if (this.#awaited.length === 0) return undefined
    const awaited = this.#awaited
    this.#awaited = []
    return unlessOneFails(awaited, itself)
  }

  /** Meets all promises that a value holds, without asking a getter. */
  meet(value: unknown): void {
    if (isObject(value)) this.#within(value, 0)
  }

  /** Settled once all is there that a value holds, or some of it has failed; undefined where nothing is missing. */
  whole(value: unknown): Promise<void> | undefined {
    if (this.#open === 0 || !isObject(value)) return undefined
    const missing = this.#within(value, 0).filter(({ settling }) => settling !== undefined)
    return missing.length === 0 ? undefined : unlessOneFails(missing, wholly)
  }

  #meet(promise: PromiseLike<unknown>, depth: number): Met {
    this.#met ??= new Map()
    let met = this.#met.get(promise)
    if (met === undefined) {
      met = { settling: undefined, failed: false, value: null, depth, within: [] }
      this.#met.set(promise, met)
      this.#open++
      met.settling = this.#follow(promise, met)
    }
    return met
  }

  async #follow(promise: PromiseLike<unknown>, met: Met): Promise<void> {
    try {
      const value = (await promise) ?? null
      this.#settled(promise, value)
      if (isObject(value)) met.within = this.#within(value, met.depth + 1)
      met.value = value
    } catch (error) {
      met.failed = true
      met.value = error
    }
    met.settling = undefined
    this.#open--
  }

  /** The promises that a value holds, those that they lead to left out. */
  #within(value: object, depth: number): Met[] {
    if (depth > defaultLimits.depth)
      throw new EncodeError('promises that lead to more of them without end', '$')
    const found: Met[] = []
    drawnContents(value, this.#isRegistered, item => {
      if (this.#isRegistered(item)) dropped(item, someParts)
      else if (kindOf(item) !== 'other') return
      else if (isPromise(item)) found.push(this.#meet(item, depth))
      else dropped(item, someParts)
    })
    return found
  }
}

async function itself(met: Met): Promise<void> {
  await met.settling
  if (met.failed) throw met.value
}

async function wholly(met: Met): Promise<void> {
  await itself(met)
  await Promise.all(met.within.map(wholly))
}

/** Settled once all are, or one has failed: that is thrown where it is encoded, and only ends the wait here. */
async function unlessOneFails(all: readonly Met[], settled: (met: Met) => Promise<void>): Promise<void> {
  try {
    await Promise.all(all.map(settled))
  } catch {
    return
  }
}
