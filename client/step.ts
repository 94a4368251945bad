// A step: one call, one member of a result, or one walk over a list, from when the application asks for it
// until its result is there. Whether it travels alone or with others is the queue's business (queue.ts).

import type { Form, Link } from '../lib/nodes.js'
import { describeUrl } from './errors.js'
import { Observation } from './observed.js'
import type { Origin } from './session.js'

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

/** How far a step is: only what is queued can travel with others. */
export type Progress = 'queued' | 'sent' | 'settled'

export class Step {
  readonly action: Action
  /** The steps that it depends on. */
  readonly needs: readonly Step[]
  /** The walk whose steps are being recorded. */
  readonly recording: Recording | undefined
  readonly observation: Observation
  progress: Progress = 'queued'
  readonly #arrived: Promise<() => unknown>
  #settle!: (result: () => unknown) => void
  #fail!: (error: unknown) => void
  #result: Promise<unknown> | undefined

  constructor(
    action: Action,
    needs: readonly Step[],
    report: (error: unknown) => void,
    recording?: Recording,
  ) {
    this.action = action
    this.needs = needs
    this.recording = recording
    this.observation = new Observation(report)
    this.#arrived = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
    })
    this.#arrived.catch(error => this.observation.failed(error))
  }

  resolve(value: unknown): void {
    this.progress = 'settled'
    this.#settle(() => value)
  }

  /** The result is an object that is fetched if anybody wants to see it. */
  resolveLater(fetch: () => unknown): void {
    this.progress = 'settled'
    this.#settle(fetch)
  }

  reject(error: unknown): void {
    this.progress = 'settled'
    this.#fail(error)
  }

  /** Takes the outcome of a promise. */
  follow(promise: Promise<unknown>): void {
    this.progress = 'sent'
    promise.then(
      value => this.resolve(value),
      error => this.reject(error),
    )
  }

  /** The result, for somebody who wants it: then a failure is observed. */
  result(): Promise<unknown> {
    this.observation.observe()
    if (this.action.kind === 'item') this.recording?.spoil()
    this.#result ??= this.#arrived.then(get => get())
    return this.#result
  }
}

/** The steps that the callback of a walk asks for, for an item that stands for each of the list. */
export class Recording {
  readonly outer: Recording | undefined
  readonly item: Step
  readonly steps: Step[] = []
  #spoilt = false

  constructor(report: (error: unknown) => void, outer: Recording | undefined) {
    this.outer = outer
    this.item = new Step({ kind: 'item' }, [], report, this)
  }

  /** The callback needs a result before it can go on: it cannot be recorded. */
  spoil(): void {
    this.#spoilt = true
  }

  get spoilt(): boolean {
    return this.#spoilt
  }
}

/** The steps that Calls stand for; that of a property is made when it is needed. */
const steps = new WeakMap<object, () => Step>()

export function setStep(call: object, step: () => Step): void {
  steps.set(call, step)
}

export const stepOf = (call: unknown): Step | undefined =>
  typeof call === 'object' || typeof call === 'function' ? steps.get(call as object)?.() : undefined

/** How messages and the console name a step: `POST /find_user/.bio()`. */
export function describeStep({ action }: Step): string {
  switch (action.kind) {
    case 'call':
      return `${action.node.method} ${describeUrl(action.node.url ?? '')}`
    case 'member':
      return `${describeStep(action.of)}.${action.name}${action.parameters === undefined ? '' : '()'}`
    case 'map':
      return `${describeStep(action.of)}.map()`
    case 'item':
      return 'item'
  }
}
