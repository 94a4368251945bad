// Walks: the steps of a body, done for each item of an earlier result.

import { rest } from '../../../lib/event-loop.js'
import type { RouterLimits } from '../../../lib/limits.js'
import { overLimit } from '../../core/faults/faults.js'
import { earlier } from '../../core/sealing/expiry.js'
import { type Coming, dependent, expiring, isOpen, type Outcome, outcomeOf, unresolved } from './outcome.js'
import type { Reviving } from './reviving.js'
import { found, lookUp, record, type Scope } from './scope.js'
import type { MapStep, Step } from './steps.js'

export interface WalkingParts {
  readonly limits: Pick<RouterLimits, 'mappedItems' | 'mappedValues'>
  readonly reviving: Reviving
  /** An item, as the steps of the body see it. Does not throw. */
  readonly item: (item: unknown) => Coming
  /** Starts a step of the body. */
  readonly start: (step: Step, scope: Scope) => Coming
}

export class Walking {
  readonly #limits: WalkingParts['limits']
  readonly #reviving: Reviving
  readonly #item: WalkingParts['item']
  readonly #start: WalkingParts['start']
  /** Items of all walks of the pipeline so far. */
  #items = 0
  /** Values that were copied for them. */
  #values = 0

  constructor(parts: WalkingParts) {
    this.#limits = parts.limits
    this.#reviving = parts.reviving
    this.#item = parts.item
    this.#start = parts.start
  }

  /** Rejects with a Fault for more than the limits allow. */
  async map({ of, body, result, held, values }: MapStep, scope: Scope): Promise<Outcome> {
    const { value: list, expires } = found(of, scope)
    if (!Array.isArray(list)) return unresolved
    this.#count(list.length, values)
    const scopes: Scope[] = []
    // The application may change its list while others have their turn.
    for (const item of list.slice()) {
      const pause = rest()
      if (pause !== undefined) await pause
      const inner: Scope = { results: [], outer: scope }
      record(inner, expiring(this.#item(item), expires))
      for (const step of body) record(inner, this.#start(step, inner))
      scopes.push(inner)
    }
    const results: unknown[] = []
    let first = expires
    for (const inner of scopes) {
      const pause = rest()
      if (pause !== undefined) await pause
      const needed = [...inner.results]
      for (const reference of held.results) needed.push(lookUp(reference, inner))
      for (const outcome of needed) {
        const settled = await outcome
        if (settled.kind === 'failed') return settled
        // A step that has run must not run again.
        if (!isOpen(settled)) return settled.kind === 'value' ? dependent(settled) : partial(scopes)
      }
      const revived = await this.#reviving.result(result, held, inner)
      first = earlier(first, revived.expires)
      results.push(revived.value)
    }
    return expiring(outcomeOf(results), first)
  }

  #count(items: number, values: number): void {
    const { mappedItems, mappedValues } = this.#limits
    this.#items += items
    if (this.#items > mappedItems)
      throw overLimit(`more than ${mappedItems} items to walk`, 'mappedItems', mappedItems)
    this.#values += items * values
    if (this.#values > mappedValues)
      throw overLimit(`more than ${mappedValues} values for items`, 'mappedValues', mappedValues)
  }
}

/** The part of a walk that is there, once all that can run has run. */
async function partial(scopes: readonly Scope[]): Promise<Outcome> {
  return { kind: 'partial', items: await Promise.all(scopes.map(({ results }) => Promise.all(results))) }
}
