// Running the steps of a pipeline against live objects, with nothing encoded in between: each as soon as the results are
// there that it refers to, within the limits of the router.

import { rest } from '../../../lib/event-loop.js'
import type { RouterLimits } from '../../../lib/limits.js'
import type { Fault } from '../../../lib/values/fault.js'
import type { Calls } from '../../core/calling/calls.js'
import type { LookupScope } from '../../core/calling/references.js'
import type { Observer } from '../../core/context/observer.js'
import type { Pages } from '../../core/drawing/pages.js'
import { overLimit } from '../../core/faults/faults.js'
import type { Registry } from '../../core/registration/registry.js'
import { type Coming, dependent, isOpen, type Outcome, unresolved } from './outcome.js'
import { Performing } from './performing.js'
import { Reaching } from './reaching.js'
import { Reviving } from './reviving.js'
import { lookUp, record, type Scope } from './scope.js'
import type { MapStep, Step } from './steps.js'
import { Walking } from './walking.js'

type PipelineLimits = Pick<RouterLimits, 'concurrentSteps' | 'executedSteps' | 'mappedItems' | 'mappedValues'>

export class Pipeline {
  readonly #pages: Pages
  readonly #toFault: (error: unknown) => Fault
  readonly #limits: PipelineLimits
  readonly #reviving: Reviving
  readonly #reaching: Reaching
  readonly #walking: Walking
  #executed = 0
  #running = 0
  readonly #waiting: (() => void)[] = []
  #abandoned = false
  /** In the place of what has not started. */
  #stopped: Fault | undefined

  constructor(parts: {
    readonly registry: Registry
    readonly calls: Calls
    readonly pages: Pages
    readonly lookup: LookupScope
    readonly toFault: (error: unknown) => Fault
    readonly limits: PipelineLimits
    readonly observer?: Observer | undefined
  }) {
    const { limits } = parts
    const reviving = new Reviving(parts.lookup)
    const performing = new Performing(parts, reviving)
    this.#pages = parts.pages
    this.#toFault = parts.toFault
    this.#limits = limits
    this.#reviving = reviving
    this.#reaching = new Reaching(parts, reviving, performing)
    this.#walking = new Walking({
      limits,
      reviving,
      item: item => this.#guarded(() => performing.read(item)),
      start: (step, scope) => this.#step(step, scope),
    })
  }

  /** Starts all steps in their order; a result is a promise where it has to be waited for. */
  start(steps: readonly Step[]): readonly Coming[] {
    const scope: Scope = { results: [], outer: undefined }
    for (const step of steps) record(scope, this.#step(step, scope))
    return scope.results
  }

  /** Steps that have not started do not run: they have failed with this. */
  stop(fault: Fault): void {
    this.#stopped ??= fault
    this.#wakeAll()
  }

  /** The client has left: what has not started is dropped. */
  abandon(): void {
    this.#abandoned = true
    this.#wakeAll()
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #step(step: Step, scope: Scope): Coming {
    const needed = needs(step, scope)
    if (needed.length === 0) return this.#schedule(step, scope)
    const failed = needed.find(result => !(result instanceof Promise) && !isOpen(result))
    if (failed !== undefined) return dependent(failed as Outcome)
    if (needed.some(result => result instanceof Promise)) return this.#after(needed, step, scope)
    return this.#schedule(step, scope)
  }

  async #after(needed: readonly Coming[], step: Step, scope: Scope): Promise<Outcome> {
    for (const result of needed) {
      const outcome = await result
      if (!isOpen(outcome)) return dependent(outcome)
    }
    return this.#schedule(step, scope)
  }

  /** Runs a step whose needs are met, once fewer than the limit run. */
  #schedule(step: Step, scope: Scope): Coming {
    const { executedSteps } = this.#limits
    if (++this.#executed > executedSteps) {
      return this.#failed(
        overLimit(`more than ${executedSteps} steps to run`, 'executedSteps', executedSteps),
      )
    }
    // A map only waits for others: it takes no place, or maps in maps could fill them all.
    if (step.kind === 'map') return this.#guarded(() => this.#walking.map(step, scope))
    if (this.#running >= this.#limits.concurrentSteps) return this.#queued(step, scope)
    return this.#run(step, scope)
  }

  async #queued(step: Exclude<Step, MapStep>, scope: Scope): Promise<Outcome> {
    await new Promise<void>(resolve => this.#waiting.push(resolve))
    // Each that ends wakes the next, which would else be one long turn.
    const pause = rest()
    if (pause !== undefined) await pause
    return this.#run(step, scope)
  }

  #run(step: Exclude<Step, MapStep>, scope: Scope): Coming {
    if (this.#abandoned) return unresolved
    if (this.#stopped !== undefined) return { kind: 'failed', fault: this.#stopped }
    this.#running++
    const outcome = this.#guarded(() =>
      step.kind === 'call' ? this.#reaching.call(step, scope) : this.#reaching.member(step, scope),
    )
    if (outcome instanceof Promise) return outcome.finally(() => this.#release())
    this.#release()
    return outcome
  }

  #release(): void {
    this.#running--
    this.#waiting.shift()?.()
  }

  #guarded(run: () => Coming): Coming {
    try {
      const outcome = run()
      return outcome instanceof Promise ? outcome.catch(error => this.#failed(error)) : outcome
    } catch (error) {
      return this.#failed(error)
    }
  }

  /** Objects in a Fault expire with the first URL that was reached: it doesn't say which of them led there. */
  #failed(error: unknown): Outcome {
    const fault = this.#toFault(error)
    this.#pages.expiries.inherit(fault, this.#reviving.first)
    return { kind: 'failed', fault }
  }
}

/** The results that a step refers to. */
function needs(step: Step, scope: Scope): Coming[] {
  const needed: Coming[] = []
  if (step.kind !== 'call') needed.push(lookUp(step.of, scope))
  // The body of a map needs its results for its own steps alone: an empty list needs none.
  if (step.kind !== 'map') for (const result of step.held.results) needed.push(lookUp(result, scope))
  return needed
}
