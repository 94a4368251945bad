// The answers to the steps of a pipeline: items of a stream, in the order in which they finish.

import { Fault } from '../../lib/fault.js'
import { iteratorOf } from '../../lib/stream.js'
import { turn } from '../../lib/turn.js'
import type { Pages } from '../drawing/pages.js'
import { pipelinePath } from '../http/paths.js'
import type { Outcome } from './pipeline.js'

/** What a step's answer says: a value, the URL of an object or of one elsewhere, or that the client goes on. */
const answered = { value: 200, link: 303, moved: 307, unresolved: 424 } as const

/** What a step gives where others travel with it is part of a message, and cannot be one. */
const streamed = new Fault('the result is a stream, which cannot travel with others: call it by itself', {
  status: 500,
  code: 'stream',
})

export class Answers {
  readonly #count: number
  readonly #brief: ReadonlySet<number>
  readonly #pages: Pages
  readonly #finished: unknown[] = []
  /** The steps that are not answered, where some have to be waited for. */
  readonly #unanswered = new Set<number>()
  #wake: (() => void) | undefined

  constructor(outcomes: readonly (Outcome | Promise<Outcome>)[], brief: ReadonlySet<number>, pages: Pages) {
    this.#count = outcomes.length
    this.#brief = brief
    this.#pages = pages
    for (const [step, outcome] of outcomes.entries()) {
      if (outcome instanceof Promise) {
        this.#unanswered.add(step)
        void outcome.then(settled => this.#finish(step, settled))
      } else this.#add(step, outcome)
    }
  }

  #finish(step: number, outcome: Outcome): void {
    if (!this.#unanswered.delete(step)) return
    this.#add(step, outcome)
    this.#wake?.()
  }

  #add(step: number, outcome: Outcome): void {
    const [status, value] = this.#answer(outcome, this.#brief.has(step))
    this.#finished.push([step, status, value])
  }

  /** Answers what is not finished. */
  stop(fault: Fault): void {
    for (const step of this.#unanswered) this.#finish(step, { kind: 'failed', fault })
  }

  /** `[status, value]`. `brief`: the URL of an object is answer enough. */
  #answer(outcome: Outcome, brief: boolean): readonly [status: number, value: unknown] {
    switch (outcome.kind) {
      case 'value': {
        const { value, expires } = outcome
        this.#pages.expiries.inherit(value, expires)
        if (brief && this.#pages.isObject(value)) {
          return [answered.link, this.#pages.locationOf(value, pipelinePath)]
        }
        if (iteratorOf(value) !== undefined) return [streamed.status, streamed]
        return [answered.value, value ?? null]
      }
      case 'failed':
        return [outcome.fault.status, outcome.fault]
      case 'moved':
        this.#pages.expiries.inherit(outcome.value, outcome.expires)
        return [answered.moved, this.#pages.locationOf(outcome.value, pipelinePath)]
      case 'unresolved':
        return [answered.unresolved, null]
      case 'partial':
        return [answered.unresolved, outcome.items.map(item => item.map(step => this.#answer(step, true)))]
    }
  }

  /** Are all there, now or once what needs no waiting has run? */
  async complete(): Promise<boolean> {
    if (this.#unanswered.size > 0) await turn()
    return this.#unanswered.size === 0
  }

  /** The answers that are there and were not taken before. */
  finished(): unknown[] {
    return this.#finished.splice(0)
  }

  /** All answers as they come, then their number. `leaving` is told when the client left before. */
  async *stream(leaving: () => void): AsyncGenerator<unknown> {
    let done = false
    try {
      for (;;) {
        yield* this.finished()
        if (this.#unanswered.size === 0 && this.#finished.length === 0) break
        if (this.#finished.length === 0) await new Promise<void>(resolve => (this.#wake = resolve))
      }
      yield this.#count
      done = true
    } finally {
      if (!done) leaving()
    }
  }
}
