// The rest of a walk, where a server has left some of it to the client: its answers are taken over, and nothing is
// called twice (spec/protocol.md, "What steps answer").

import { met } from '../../lib/promises.js'
import { sinceThen } from '../exchange/deadline.js'
import { filled, inOrder } from './filled.js'
import { memberOf } from './member.js'
import type { Recorded } from './record.js'
import { Step } from './step.js'
import { submit } from './submit.js'

/** Ends a step as its answer says; where that leaves it to the client, `goOn` does. */
export type Take = (step: Step, status: number, value: unknown, goOn: () => void) => void

/** The steps of one item, by those that were recorded for all. */
interface Scope {
  /** The step of the walk. */
  readonly of: Step
  readonly steps: Map<Step, Step>
  readonly outer: Scope | undefined
}

/** The answer of the server for a step. */
type Answer = readonly [status: number, value: unknown]

const noAnswer: Answer = [424, null]

export class Walk {
  readonly #walks: ReadonlyMap<Step, Recorded>
  readonly #take: Take

  /** `walks`: the recordings of the walks of the batch. */
  constructor(walks: ReadonlyMap<Step, Recorded>, take: Take) {
    this.#walks = walks
    this.#take = take
  }

  /**
   * The results for all items. `items`: for each, the answers for the item itself and for each recorded step. `of`: the
   * step of the walk, by whose session and time all is done.
   */
  async finish(
    of: Step,
    { recording, result }: Recorded,
    items: readonly unknown[],
    outer?: Scope,
  ): Promise<unknown[]> {
    return inOrder(items, async answers => {
      const scope: Scope = { of, steps: new Map(), outer }
      const [item, ...rest] = answers as readonly Answer[]
      const running = [this.#step(recording.item, item, scope)]
      for (const [index, step] of recording.steps.entries())
        running.push(this.#step(step, rest[index], scope))
      for (const step of running) await step
      return filled(result, of => this.#result(of, scope))
    })
  }

  /** Settles once it is certain that the step has not failed; objects are not fetched for that. */
  #step(recorded: Step, [status, value]: Answer = noAnswer, scope: Scope): Promise<unknown> {
    const { session, begun } = scope.of
    const step = new Step({ action: recorded.action, needs: [], session, begun })
    // Its failure is the walk's.
    step.depend()
    scope.steps.set(recorded, step)
    this.#take(step, status, value, () => step.follow(this.#goOn(recorded, value, scope)))
    if (status === 303 || status === 307) return Promise.resolve()
    return met(step.result())
  }

  async #goOn(recorded: Step, value: unknown, scope: Scope): Promise<unknown> {
    const { action } = recorded
    switch (action.kind) {
      case 'call': {
        const parameters = (await filled(action.parameters, of => this.#result(of, scope))) as unknown[]
        return submit({ ...action, parameters }, scope.of.begun)
      }
      case 'member': {
        const target = await this.#result(action.of, scope)
        const parameters = (await filled(action.parameters, of => this.#result(of, scope))) as
          | unknown[]
          | undefined
        return sinceThen(scope.of.begun, () => memberOf(target, { ...action, parameters }))
      }
      case 'map': {
        const inner = this.#walks.get(recorded)
        const items = Array.isArray(value) ? value : await this.#itemsOf(action.of, scope)
        if (inner === undefined || items === undefined) throw new TypeError('map: the result is no list')
        return this.finish(scope.of, inner, items, scope)
      }
      case 'item':
        throw new TypeError('the server has left out an item of a walk')
    }
  }

  async #itemsOf(step: Step, scope: Scope): Promise<(readonly Answer[])[] | undefined> {
    const list = await this.#result(step, scope)
    return Array.isArray(list) ? list.map(item => [[200, item]]) : undefined
  }

  /** For a step of this walk or one around it, the result for the item; for another, its own. */
  #result(step: Step, scope: Scope): Promise<unknown> {
    let found: Step | undefined
    for (let at: Scope | undefined = scope; at !== undefined && found === undefined; at = at.outer) {
      found = at.steps.get(step)
    }
    return sinceThen(scope.of.begun, () => (found ?? step).result())
  }
}
