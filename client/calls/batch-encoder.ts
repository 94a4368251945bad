// Steps as a pipeline takes them (spec/protocol.md, "Pipelines"): each with its target, by number or URL, and its
// arguments; the steps of a walk as a body of their own.

import type { Codec } from '../../lib/message/codec.js'
import { setOwn } from '../../lib/values/dict.js'
import { Extension, type Form, Link } from '../../lib/values/nodes.js'
import { itemsOf, withItems } from '../../lib/values/parts.js'
import { originOf } from '../exchange/origin-of.js'
import { addressOf } from './address.js'
import { argumentsFor } from './form-arguments.js'
import { handleOf } from './handles.js'
import { NamedArguments } from './named.js'
import { type Recorded, record } from './record.js'
import { referenceTo, relativeUrl } from './relative.js'
import { type Recording, type Step, stepOf } from './step.js'
import { canTravel } from './travel.js'

type Wire = unknown[]

/** The numbers of the recorded steps of a walk, and those of the walk around it. */
interface Scope {
  readonly numbers: Map<Step, number>
  readonly outer: Scope | undefined
}

/** Thrown for a step that no pipeline takes: it is done without one. */
const unrecordable = Symbol('unrecordable')

export class BatchEncoder {
  readonly #url: string
  readonly #origin: string
  readonly #steps: Wire[] = []
  readonly #numbers = new Map<Step, number>()
  /** By node, relative to the pipeline: the calls of a turn often are of the same function. */
  readonly #references = new Map<Link | Form, string>()
  /** The recordings of walks, those within others too. */
  readonly walks = new Map<Step, Recorded>()

  constructor(url: string) {
    this.#url = url
    this.#origin = originOf(url)
  }

  /** Throws TypeError for arguments that a form does not take, and something else for a step that is not to be sent. */
  add(step: Step): void {
    for (const other of step.needs) if (!this.#numbers.has(other)) throw unrecordable
    const wire = this.#wire(step, undefined)
    this.#numbers.set(step, this.#steps.push(wire) - 1)
  }

  #wire(step: Step, scope: Scope | undefined): Wire {
    const { action } = step
    switch (action.kind) {
      case 'call': {
        const { node, label, parameters, origin } = action
        const url = this.#urlOf(node)
        if (node instanceof Link) return [url, {}]
        const named = argumentsFor(node, label, parameters, origin.codec)
        // Not by `Object.fromEntries`, which takes as long as encoding the arguments.
        const args: Record<string, unknown> = {}
        for (const [name, value] of named) setOwn(args, name, value)
        return [url, step.needs.length === 0 ? args : this.#arguments(args, scope)]
      }
      case 'member': {
        const { of, name, parameters } = action
        const target = this.#reference(of, scope)
        if (parameters === undefined) return [target, name]
        const [only] = parameters
        const args = only instanceof NamedArguments ? only.values : parameters
        return [target, name, step.needs.length === 1 ? args : this.#arguments(args, scope)]
      }
      case 'map': {
        const recorded = record(action, step.recording)
        if (recorded === undefined) throw unrecordable
        this.walks.set(step, recorded)
        return this.#map(this.#reference(action.of, scope), recorded.recording, recorded.result, scope)
      }
      case 'item':
        throw unrecordable
    }
  }

  #urlOf(node: Link | Form): string {
    let url = this.#references.get(node)
    if (url === undefined) this.#references.set(node, (url = relativeUrl(this.#url, addressOf(node) ?? '')))
    return url
  }

  #map(target: unknown, recording: Recording, result: unknown, outer: Scope | undefined): Wire {
    const scope: Scope = { numbers: new Map([[recording.item, 0]]), outer }
    const body: Wire[] = []
    for (const step of recording.steps) {
      if (!canTravel(step, true, this.#origin)) throw unrecordable
      body.push(this.#wire(step, scope))
      scope.numbers.set(step, body.length)
    }
    return [target, body, this.#arguments(result, scope)]
  }

  /** A step as the target of another: its number, or from an outer body a result. */
  #reference(step: Step, scope: Scope | undefined): unknown {
    const { number, up } = this.#find(step, scope)
    return up === 0 ? number : new Extension('result', { step: number, up })
  }

  #find(step: Step, scope: Scope | undefined): { number: number; up: number } {
    let up = 0
    for (let at = scope; at !== undefined; at = at.outer, up++) {
      const number = at.numbers.get(step)
      if (number !== undefined) return { number, up }
    }
    const number = this.#numbers.get(step)
    if (number === undefined) throw unrecordable
    return { number, up }
  }

  /** Arguments with results in the place of Calls. The rest is left to the codec. */
  #arguments(value: unknown, scope: Scope | undefined): unknown {
    if (typeof value !== 'object' && typeof value !== 'function') return value
    if (value === null) return value
    const step = stepOf(value)
    if (step !== undefined) {
      const { number, up } = this.#find(step, scope)
      return new Extension('result', up === 0 ? { step: number } : { step: number, up })
    }
    if (handleOf(value) !== undefined || typeof value === 'function') return value
    return withItems(
      value,
      Array.from(itemsOf(value), item => this.#arguments(item, scope)),
    )
  }

  /** The message. `brief`: the numbers of steps of whose objects the URL is answer enough. */
  bytes(codec: Codec, brief: readonly number[]): Uint8Array {
    const inline = (item: object): unknown => {
      const handle = handleOf(item)
      return handle && referenceTo(handle.node, this.#url)
    }
    const message = brief.length === 0 ? { steps: this.#steps } : { steps: this.#steps, brief }
    return codec.encode(message, { inline, inlinePlain: true })
  }
}
