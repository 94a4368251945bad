// A batch: steps in one request to a server's pipeline, and their answers (spec/protocol.md, "Pipelines").

import { DecodeError, LimitError } from '../../lib/errors.js'
import type { Codec } from '../../lib/message/codec.js'
import { unwaited } from '../../lib/met.js'
import { setOwn } from '../../lib/values/dict.js'
import { Fault } from '../../lib/values/fault.js'
import { kindOf } from '../../lib/values/kind.js'
import { Extension, type Form, Link } from '../../lib/values/nodes.js'
import { NetworkError, RemoteError } from '../errors.js'
import { beginning } from '../exchange/deadline.js'
import { exchange, type Receive } from '../exchange/exchange.js'
import { nextUrl } from '../exchange/redirects.js'
import type { Origin } from '../exchange/session.js'
import { addressOf } from './address.js'
import { referenceTo } from './arguments.js'
import { handleOf } from './handles.js'
import { NamedArguments } from './named.js'
import { type Recorded, record } from './record.js'
import { relativeUrl } from './relative.js'
import { type Recording, rootOf, type Step, stepOf } from './step.js'
import { argumentsFor } from './submit.js'
import { canTravel, originOf } from './travel.js'
import { type Take, Walk } from './walk.js'

/** Answers of a server that has no pipeline where its page said: nothing was done. */
const withoutPipeline = new Set([404, 405, 501])

/**
 * Sends steps, whose references are all among them or settled, in the order in which they were asked for.
 * `needed` are those that others depend on. `alone` does a step without the pipeline. `arrived` is told when none of
 * them waits for this request any more.
 */
export function sendBatch(
  steps: readonly Step[],
  needed: ReadonlySet<Step>,
  origin: Origin,
  receive: Receive,
  alone: (step: Step) => void,
  arrived: () => void,
): void {
  const encoder = new BatchEncoder(origin.pipeline as string)
  const sent: Step[] = []
  for (const step of steps) {
    try {
      encoder.add(step)
      sent.push(step)
      step.progress = 'sent'
    } catch (error) {
      // Arguments that the form does not take; what depends on it meets the same error.
      if (error instanceof TypeError) step.reject(error)
      else alone(step)
    }
  }
  if (sent.length === 0) return arrived()
  const brief: number[] = []
  for (const [index, step] of sent.entries()) if (!step.awaited && needed.has(step)) brief.push(index)
  let body: Uint8Array
  try {
    body = encoder.bytes(origin.codec, brief)
  } catch {
    // Something in the arguments of one cannot travel: each finds out for itself, and the others go on.
    for (const step of sent) alone(step)
    return arrived()
  }
  unwaited(deliver(body, sent, encoder.walks, origin, receive, alone, arrived))
}

async function deliver(
  body: Uint8Array,
  steps: readonly Step[],
  walks: ReadonlyMap<Step, Recorded>,
  origin: Origin,
  receive: Receive,
  alone: (step: Step) => void,
  arrived: () => void,
): Promise<void> {
  const url = origin.pipeline as string
  const headers = { 'content-type': origin.codec.type, 'content-length': String(body.length) }
  /** Those without an answer. */
  const left: (Step | undefined)[] = [...steps]
  let missing = steps.length
  // What an answer leads to is gone to by the rules of redirects: nobody has chosen it.
  const located = (status: number, reference: unknown) => () => {
    const next = nextUrl('POST', url, status, typeof reference === 'string' ? reference : undefined)
    const { session } = origin
    return exchange(session, { method: 'GET', url: next, from: url }, receive, origin, beginning(session))
  }
  const take: Take = (step, status, value, goOn) => settle(step, status, value, goOn, located)
  const walk = new Walk(walks, receive, take)
  let begun = false
  try {
    const request = { method: 'POST', url, headers, body }
    const answers = await exchange(origin.session, request, receive, origin, steps[0]?.begun)
    begun = true
    for await (const answer of answers as AsyncIterable<unknown>) {
      if (!Array.isArray(answer)) continue
      const [index, status, value] = answer as [number, number, unknown]
      const step = left[index]
      if (step === undefined) continue
      left[index] = undefined
      if (--missing === 0) arrived()
      const recorded = Array.isArray(value) ? walks.get(step) : undefined
      const goOn = (): void =>
        recorded ? step.follow(walk.finish(step, recorded, value as unknown[])) : alone(step)
      take(step, status, value, goOn)
    }
    if (missing === 0) return
    arrived()
    const incomplete = new NetworkError('POST', url, 'the answer lacks steps', 'unknown')
    for (const step of left) step?.reject(incomplete)
  } catch (error) {
    const none = error instanceof RemoteError && withoutPipeline.has(error.status) && !begun
    const reason = unanswered(error, url, begun)
    if (missing > 0) arrived()
    for (const step of left) {
      if (step === undefined) continue
      if (none) alone(step)
      else step.reject(reason)
    }
  }
}

/** Why steps have no answer: where one came that cannot be read, or says that it broke, they may be done. */
function unanswered(error: unknown, url: string, begun: boolean): unknown {
  const broken = begun && error instanceof RemoteError
  const lost = error instanceof NetworkError && error.sent === 'answered'
  const unread = error instanceof DecodeError || lost || broken || error instanceof TypeError
  if (!unread || error instanceof LimitError) return error
  if (lost) return new NetworkError('POST', url, 'the answer broke off', 'unknown', error.cause)
  return new NetworkError('POST', url, `the answer broke off: ${error.message}`, 'unknown', error)
}

/** Ends a step as its answer says, or goes on with it here. `located` fetches the object at a reference. */
function settle(
  step: Step,
  status: number,
  value: unknown,
  goOn: () => void,
  located: (status: number, reference: unknown) => () => Promise<unknown>,
): void {
  if (status === 200) step.resolve(value)
  else if (value instanceof Fault) {
    const message = `${describe(step)}${value.message}`
    step.reject(new RemoteError({ method: 'POST', url: rootOf(step).url, status, fault: value, message }))
  } else if (status === 303 || status === 307) step.resolveLater(located(status, value))
  else goOn()
}

function describe({ action }: Step): string {
  return action.kind === 'member' ? `at .${action.name}${action.parameters === undefined ? '' : '()'}: ` : ''
}

type Wire = unknown[]

/** What cannot be recorded is done without the pipeline. */
const unrecordable = Symbol('unrecordable')

class BatchEncoder {
  readonly #url: string
  readonly #origin: string
  readonly #steps: Wire[] = []
  readonly #numbers = new Map<Step, number>()
  /** What leads to each node: the calls of a turn often are of the same function. */
  readonly #references = new Map<Link | Form, string>()
  /** What walks have recorded, those in others too. */
  readonly walks = new Map<Step, Recorded>()

  constructor(url: string) {
    this.#url = url
    this.#origin = originOf(url)
  }

  /** Throws TypeError for arguments that a form does not take. */
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
    const inside = (item: unknown) => this.#arguments(item, scope)
    switch (kindOf(value)) {
      case 'list':
        return Array.from(value as readonly unknown[], inside)
      case 'set':
        return new Set(Array.from(value as Set<unknown>, inside))
      case 'map':
        return new Map(
          Array.from(value as Map<unknown, unknown>, pair => pair.map(inside) as [unknown, unknown]),
        )
      case 'dict': {
        const copy: Record<string, unknown> = {}
        for (const [key, item] of Object.entries(value)) setOwn(copy, key, inside(item))
        return copy
      }
      default:
        return value
    }
  }

  bytes(codec: Codec, brief: readonly number[]): Uint8Array {
    const inline = (item: object): unknown => {
      const handle = handleOf(item)
      return handle && referenceTo(handle.node, this.#url)
    }
    const message = brief.length === 0 ? { steps: this.#steps } : { steps: this.#steps, brief }
    return codec.encode(message, { inline, inlinePlain: true })
  }
}

interface Scope {
  readonly numbers: Map<Step, number>
  readonly outer: Scope | undefined
}
