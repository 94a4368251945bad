// A step: one call, one member of a result, or one walk over a list, from when the application asks for it
// until its result has arrived. The queue decides whether it travels alone or with others (queue.ts).

import { describeUrl } from '../../lib/describe-url.js'
import type { Form, Link } from '../../lib/values/nodes.js'
import { sinceThen } from '../exchange/deadline.js'
import type { Origin, Session } from '../exchange/session.js'
import { addressOf } from './address.js'
import { observe, reportUnlessObserved, type Unobserved } from './unobserved.js'

export type Action =
  | {
      readonly kind: 'call'
      readonly node: Link | Form
      readonly label: string
      readonly parameters: readonly unknown[]
      readonly origin: Origin
    }
  | {
      readonly kind: 'member'
      readonly of: Step
      readonly name: string
      readonly parameters: readonly unknown[] | undefined
    }
  | {
      readonly kind: 'map'
      readonly of: Step
      readonly callback: (item: unknown) => unknown
      /** The callback, given a step that stands for every item. */
      readonly stand: (item: Step) => unknown
    }
  /** The item that a walk's recorded steps are about. */
  | { readonly kind: 'item' }

/** The progress of a step: only one that is queued can travel with others. */
export type Progress = 'queued' | 'sent' | 'settled'

/** The queue of a turn. */
export interface Queued {
  readonly steps: Step[]
}

/** The outcome of a step: a value, an object that is fetched once it is asked for, or an error. */
type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'later'; readonly fetch: () => unknown }
  | { readonly kind: 'error'; readonly error: unknown }

/** A step, as it is made. */
export interface StepSettings {
  readonly action: Action
  /** The steps that it depends on. */
  readonly needs: readonly Step[]
  /** The options by which it is done; undefined for a step that is only recorded. */
  readonly session?: Session | undefined
  /** The time by `performance.now()` at which it was asked for, where its time is limited. */
  readonly begun?: number | undefined
  /** The walk whose steps are being recorded. */
  readonly recording?: Recording | undefined
}

export class Step implements StepSettings {
  readonly action: Action
  readonly needs: readonly Step[]
  readonly session: Session | undefined
  readonly begun: number | undefined
  readonly recording: Recording | undefined
  progress: Progress = 'queued'
  /** The queue in which it waits for the end of the turn. */
  queue: Queued | undefined
  /** Has the application asked for the result itself? */
  awaited = false
  #depended = false
  /** The Call by which the application can ask for the result, until that has arrived. */
  #holder: object | undefined
  #outcome: Outcome | undefined
  #unobserved: Unobserved | undefined
  #result: Promise<unknown> | undefined
  #settle: ((outcome: Outcome) => void) | undefined

  constructor({ action, needs, session, begun, recording }: StepSettings) {
    this.action = action
    this.needs = needs
    this.session = session
    this.begun = begun
    this.recording = recording
  }

  /** Keeps the Call that stands for the step: once it is collected, nobody can ask for the result. */
  heldBy(call: object): void {
    if (this.#outcome === undefined) this.#holder = call
  }

  resolve(value: unknown): void {
    this.#end({ kind: 'value', value })
  }

  resolveLater(fetch: () => unknown): void {
    this.#end({ kind: 'later', fetch })
  }

  reject(error: unknown): void {
    this.#end({ kind: 'error', error })
  }

  #end(outcome: Outcome): void {
    this.progress = 'settled'
    this.#outcome = outcome
    if (outcome.kind === 'error' && !this.awaited && !this.#depended && this.session !== undefined) {
      this.#unobserved = { error: outcome.error, report: this.session.onUnobserved }
      reportUnlessObserved(this.#unobserved, this.#holder)
    }
    this.#holder = undefined
    // An object is fetched within the time of the call if it is waited for; if it is asked for later, in a time of its own.
    sinceThen(this.begun, () => this.#settle?.(outcome))
  }

  /** Takes the outcome of a promise. */
  follow(promise: Promise<unknown>): void {
    this.progress = 'sent'
    promise.then(
      value => this.resolve(value),
      error => this.reject(error),
    )
  }

  /** Marks that another step depends on this one, and fails with it: its failure is reported by the other. */
  depend(): void {
    this.#depended = true
    if (this.#unobserved !== undefined) observe(this.#unobserved)
  }

  /** The result, for the application: a failure of it is then observed. */
  result(): Promise<unknown> {
    this.awaited = true
    if (this.#unobserved !== undefined) observe(this.#unobserved)
    if (this.action.kind === 'item') this.recording?.spoil()
    this.#result ??= new Promise((resolve, reject) => {
      const settle = (outcome: Outcome) => {
        if (outcome.kind === 'error') reject(outcome.error)
        else resolve(outcome.kind === 'value' ? outcome.value : fetched(outcome))
      }
      if (this.#outcome !== undefined) settle(this.#outcome)
      else this.#settle = settle
    })
    return this.#result
  }
}

/** A promise also where `fetch` throws. */
async function fetched({ fetch }: Extract<Outcome, { kind: 'later' }>): Promise<unknown> {
  return fetch()
}

/** The steps that the callback of a walk asks for, for an item that stands for each of the list. */
export class Recording {
  readonly outer: Recording | undefined
  readonly item: Step
  readonly steps: Step[] = []
  #spoilt = false

  constructor(outer: Recording | undefined) {
    this.outer = outer
    this.item = new Step({ action: { kind: 'item' }, needs: [], recording: this })
  }

  /** The callback needs a result before it can go on: it cannot be recorded. */
  spoil(): void {
    this.#spoilt = true
  }

  get spoilt(): boolean {
    return this.#spoilt
  }
}

/** Under this, a Call gives its step; that of a property is made then. */
export const stepKey: unique symbol = Symbol('step')

/** The step that a Call stands for. */
export const stepOf = (call: unknown): Step | undefined =>
  (typeof call === 'object' && call !== null) || typeof call === 'function'
    ? (call as { readonly [stepKey]?: Step })[stepKey]
    : undefined

/** The name of a step in messages and on the console: `POST /find_user/.bio()`. */
export function describeStep({ action }: Step): string {
  switch (action.kind) {
    case 'call':
      return `${action.node.method} ${describeUrl(addressOf(action.node) ?? '')}`
    case 'member':
      return `${describeStep(action.of)}.${action.name}${action.parameters === undefined ? '' : '()'}`
    case 'map':
      return `${describeStep(action.of)}.map()`
    case 'item':
      return 'item'
  }
}

/** The request that a chain begins with, for errors. */
export function rootOf({ action }: Step): { readonly method: string; readonly url: string } {
  if (action.kind === 'call') return { method: action.node.method, url: addressOf(action.node) ?? '' }
  return action.kind === 'item' ? { method: 'POST', url: '' } : rootOf(action.of)
}
