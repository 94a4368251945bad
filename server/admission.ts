// How many requests are let in: a bound on those under way, and on the work that one turn of the event loop takes
// on. There is no queue here: the kernel has one for each connection, and what waits twice is answered too late.

import type { ServeLimits } from '../lib/limits.js'

/** The first requests of a turn are let in without a look at the clock. */
const unclocked = 32

export type Verdict = 'admitted' | 'requests' | 'turnTime'

/**
 * The places for requests. A place that was given back in a turn is free in the next: what arrived while the
 * processor was busy comes in one turn, one by one, and each may be over before the next is looked at.
 */
export class Admission {
  readonly #limits: Pick<ServeLimits, 'requests' | 'turnTime'>
  #taken = 0
  #returned = 0
  #thisTurn = 0
  #began = 0

  constructor(limits: Pick<ServeLimits, 'requests' | 'turnTime'>) {
    this.#limits = limits
  }

  take(): Verdict {
    const { requests, turnTime } = this.#limits
    if (this.#thisTurn === 0) {
      this.#began = performance.now()
      setImmediate(this.#turned)
    }
    this.#thisTurn++
    if (this.#taken >= requests) return 'requests'
    if (this.#thisTurn > unclocked && performance.now() - this.#began >= turnTime) return 'turnTime'
    this.#taken++
    return 'admitted'
  }

  giveBack(): void {
    // After a turn without requests there is none at whose end it would be counted.
    if (this.#thisTurn === 0) this.#taken--
    else this.#returned++
  }

  #turned = (): void => {
    this.#taken -= this.#returned
    this.#returned = 0
    this.#thisTurn = 0
  }
}
