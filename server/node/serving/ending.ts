// The end of a server, in two phases: pending, when it still answers everything but is no longer ready; then, after a
// delay, arrived, when it takes no more requests. Work that is to be finished first holds either phase up.

import { setTimeout as sleep } from 'node:timers/promises'
import { unwaited } from '../../../lib/promises.js'

export type Phase = 'serving' | 'pending' | 'arrived' | 'stopped'

/** The event of the hook `stop`. */
export interface Stop {
  readonly phase: 'pending' | 'arrived'
  /** Keeps the phase from ending before a promise is settled, but no longer than `deadline`. */
  waitUntil(promise: PromiseLike<unknown>): void
}

/** The actions that an end is made of. */
interface Actions {
  /** Tells all listeners; never rejects. */
  tell(stop: Stop): Promise<void>
  failed(error: unknown): void
  /** Lets connections end after their next answers. Settled after that time, or when it's called again. */
  drain(milliseconds: number): Promise<void>
  /** Accepts no more. Settled when all that ran has ended, which is cut after `deadline` milliseconds. */
  end(deadline: number): Promise<void>
  /** Ends what still runs. */
  cut(): void
}

export class Ending {
  readonly #actions: Actions
  readonly #held = new Set<PromiseLike<unknown>>()
  #phase: Phase = 'serving'
  #stopping: Promise<void> | undefined
  /** Ends waiting for what was held up. */
  #hurry: () => void = () => undefined
  readonly #hurried = new Promise<void>(resolve => (this.#hurry = resolve))

  constructor(actions: Actions) {
    this.#actions = actions
  }

  get phase(): Phase {
    return this.#phase
  }

  /** Also before anybody thinks of stopping. What the promise rejects with is logged. */
  waitUntil = (promise: PromiseLike<unknown>): void => {
    this.#held.add(promise)
    const settled = () => this.#held.delete(promise)
    Promise.resolve(promise).then(settled, error => {
      settled()
      this.#actions.failed(error)
    })
  }

  /** Called again, it waits for nothing any more but running requests, until the earlier deadline. */
  async close(drain: number, deadline: number): Promise<void> {
    const isFirst = this.#stopping === undefined
    if (isFirst) this.#stopping = this.#stop(drain, deadline)
    else {
      this.#hurry()
      unwaited(this.#actions.drain(0))
    }
    await Promise.all([this.#stopping, isFirst ? undefined : this.#ended(deadline)])
  }

  async #stop(drain: number, deadline: number): Promise<void> {
    this.#phase = 'pending'
    const draining = this.#actions.drain(drain)
    await this.#announce('pending', deadline)
    await draining
    await this.#released(deadline)
    this.#phase = 'arrived'
    const ended = this.#ended(deadline)
    await this.#announce('arrived', deadline)
    await this.#released(deadline)
    await ended
    this.#phase = 'stopped'
  }

  async #announce(phase: Stop['phase'], deadline: number): Promise<void> {
    await this.#within(this.#actions.tell({ phase, waitUntil: this.waitUntil }), deadline)
  }

  async #released(deadline: number): Promise<void> {
    const all = async () => {
      while (this.#held.size > 0) await Promise.allSettled([...this.#held])
    }
    if (this.#held.size > 0) await this.#within(all(), deadline)
  }

  /** Settled with the promise, when the time is over, or when somebody hurries. */
  async #within(promise: Promise<void>, milliseconds: number): Promise<void> {
    const over = new AbortController()
    const time = sleep(milliseconds, undefined, { signal: over.signal }).catch(() => undefined)
    await Promise.race([promise, time, this.#hurried])
    over.abort()
  }

  async #ended(deadline: number): Promise<void> {
    const timer = setTimeout(() => this.#actions.cut(), deadline)
    try {
      await this.#actions.end(deadline)
    } finally {
      clearTimeout(timer)
    }
  }
}
