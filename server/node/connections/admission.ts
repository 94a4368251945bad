// The admission of requests: how many are let in, and when they are begun. A turn of the event loop in which much has come begins only
// some of it: the rest waits in a queue, so that the loop turns, sees what else has come, and sheds what is too much.
// libuv (1.45 and later) accepts one connection a turn: long turns would keep new ones waiting in the kernel.

import type { ServeLimits } from '../../../lib/limits.js'

/** Milliseconds of a turn in which requests are begun. */
const share = 1

/** The first requests of a turn are begun without a look at the clock. */
const unclocked = 8

export type Verdict = 'admitted' | 'requests' | 'queueTime'

/** The places for requests, and the queue of those that are not begun. */
export class Admission {
  readonly #limits: Pick<ServeLimits, 'requests' | 'queueTime'>
  readonly #queue: (() => void)[] = []
  #taken = 0
  #draining = false
  /** Requests of this turn, and when its first one came. */
  #thisTurn = 0
  #turnBegan = 0
  /** Milliseconds from one request of the queue to the next, as it goes at present: all that is done between counts. */
  #each = 0
  #drained = 0
  #drainBegan = 0

  constructor(limits: Pick<ServeLimits, 'requests' | 'queueTime'>) {
    this.#limits = limits
  }

  /** Takes a place, unless there is none, or it would wait too long. */
  take(): Verdict {
    if (this.#taken >= this.#limits.requests) return 'requests'
    if (this.#queue.length * this.#each > this.#limits.queueTime) return 'queueTime'
    this.#taken++
    return 'admitted'
  }

  giveBack(): void {
    this.#taken--
  }

  /** Begins what has a place, at once or in its turn. */
  begin(run: () => void): void {
    if (!this.#draining && !this.#isFull()) return run()
    this.#queue.push(run)
    if (this.#draining) return
    this.#draining = true
    setImmediate(this.#drain)
  }

  #isFull(): boolean {
    if (this.#thisTurn === 0) {
      this.#turnBegan = performance.now()
      setImmediate(this.#turned)
    }
    if (++this.#thisTurn <= unclocked) return false
    const elapsed = performance.now() - this.#turnBegan
    if (elapsed <= share) return false
    // The first guess of the pace, until the queue has one of its own.
    this.#each = elapsed / (this.#thisTurn - 1)
    return true
  }

  #turned = (): void => {
    this.#thisTurn = 0
  }

  #drain = (): void => {
    const now = performance.now()
    if (this.#drained > 0) this.#each += ((now - this.#drainBegan) / this.#drained - this.#each) / 4
    this.#drainBegan = now
    this.#drained = 0
    do {
      this.#queue.shift()?.()
      this.#drained++
    } while (this.#queue.length > 0 && performance.now() - now < share)
    this.#draining = this.#queue.length > 0
    if (this.#draining) setImmediate(this.#drain)
    else this.#drained = 0
  }
}
