// The answers to the steps of a pipeline: items of a stream, in the order in which they finish.

import { turn } from '../../../lib/event-loop.js'
import { unwaited } from '../../../lib/promises.js'
import { Fault } from '../../../lib/values/fault.js'
import { isStream } from '../../../lib/values/stream.js'
import { holdsStream } from '../../core/drawing/contents.js'
import type { Pages } from '../../core/drawing/pages.js'
import { pipelinePath } from '../../core/urls/paths.js'
import type { Coming, Outcome } from './outcome.js'

/** The statuses of answers: a value, the URL of an object or of one elsewhere, or that the client goes on. */
const answered = { value: 200, link: 303, moved: 307, unresolved: 424 } as const

/** For a step that gives a stream: where others travel with it, it is part of a message, and cannot be one. */
const streamed = new Fault('the result is a stream, which cannot travel with others: call it by itself', {
  status: 500,
  code: 'stream',
})

/** For a step that others need, and its caller does not: they are given the blob, which can be read once. */
const passedOn = new Fault('the result holds a blob that is a stream, which was passed on to other steps', {
  status: 500,
  code: 'stream',
})

export class Answers {
  readonly #count: number
  readonly #brief: ReadonlySet<number>
  readonly #pages: Pages
  readonly #toFault: (error: unknown) => Fault
  readonly #finished: unknown[] = []
  /** The steps that are not answered, where some have to be waited for. */
  readonly #unanswered = new Set<number>()
  #wake: (() => void) | undefined

  constructor({
    outcomes,
    brief,
    pages,
    toFault,
  }: {
    readonly outcomes: readonly Coming[]
    /** Steps of whose objects the URL is answer enough. */
    readonly brief: ReadonlySet<number>
    readonly pages: Pages
    readonly toFault: (error: unknown) => Fault
  }) {
    this.#count = outcomes.length
    this.#brief = brief
    this.#pages = pages
    this.#toFault = toFault
    for (const [step, outcome] of outcomes.entries()) {
      const missing = outcome instanceof Promise ? undefined : this.#missing(step, outcome)
      if (outcome instanceof Promise || missing !== undefined) {
        this.#unanswered.add(step)
        unwaited(this.#later(step, outcome, missing))
      } else this.#add(step, outcome)
    }
  }

  /** The promises in a result that are not settled: only its own step waits for them. */
  #missing(step: number, outcome: Outcome): Promise<void> | undefined {
    if (outcome.kind !== 'value' || this.#isLink(outcome.value, this.#brief.has(step))) return undefined
    return this.#pages.promises.whole(outcome.value)
  }

  async #later(step: number, coming: Coming, missing: Promise<void> | undefined): Promise<void> {
    try {
      const outcome = await coming
      await (missing ?? this.#missing(step, outcome))
      this.#finish(step, outcome)
    } catch (error) {
      this.#finish(step, { kind: 'failed', fault: this.#toFault(error) })
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

  #isLink(value: unknown, brief: boolean): value is object {
    return brief && this.#pages.isObject(value)
  }

  /** `[status, value]`. A step fails by itself where its object has no URL. */
  #answer(outcome: Outcome, brief: boolean): readonly [status: number, value: unknown] {
    try {
      return this.#answered(outcome, brief)
    } catch (error) {
      const fault = this.#toFault(error)
      return [fault.status, fault]
    }
  }

  /** `brief`: the URL of an object is answer enough. */
  #answered(outcome: Outcome, brief: boolean): readonly [status: number, value: unknown] {
    switch (outcome.kind) {
      case 'value': {
        const { value, expires } = outcome
        this.#pages.expiries.inherit(value, expires)
        if (this.#isLink(value, brief)) return [answered.link, this.#pages.locationOf(value, pipelinePath)]
        if (isStream(value)) return [streamed.status, streamed]
        if (brief && holdsStream(value, this.#pages.isObject)) return [passedOn.status, passedOn]
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

  /** Puts back answers that were taken too early. */
  restore(answers: readonly unknown[]): void {
    this.#finished.unshift(...answers)
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
