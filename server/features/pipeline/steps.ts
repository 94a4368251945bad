// The steps of a pipeline, read and checked as a whole before the first one runs (spec/protocol.md,
// "Pipelines"). What they refer to is earlier, so they form no cycle.

import { isDict } from '../../../lib/plain.js'
import { Blob } from '../../../lib/values/blob.js'
import { Extension } from '../../../lib/values/nodes.js'
import type { Arguments } from '../../core/calling/arguments.js'
import { walk } from '../../core/calling/held.js'
import { overLimit } from '../../core/faults/faults.js'
import { malformed as malformedRequest } from '../../core/faults/http.js'

/** Calls what a URL leads to, or with no arguments where it is an object's, reaches the object. */
export interface CallStep {
  readonly kind: 'call'
  readonly url: string
  readonly args: Arguments
  readonly held: Held
}

/** Reads a member of an earlier result, or with arguments, calls it. By position: the caller has no form yet. */
export interface MemberStep {
  readonly kind: 'member'
  readonly of: Result
  readonly name: string
  readonly args: readonly unknown[] | Arguments | undefined
  readonly held: Held
}

/** Does the steps of `body` for each item of an earlier result: the item is result 0 of the body. */
export interface MapStep {
  readonly kind: 'map'
  readonly of: Result
  readonly body: readonly Step[]
  readonly result: unknown
  /** The contents of the result. */
  readonly held: Held
  /** Values in the result and in the arguments of the body, which are copied for each item. */
  readonly values: number
}

/** The contents of the arguments of a step, or of the result of a map. */
export interface Held {
  /** Do they stand for themselves? Else they hold nodes, or have to be copied for each item. */
  bare: boolean
  /** The earlier results that they refer to, in their order. */
  readonly results: Result[]
  readonly blobs: Blob[]
  /** Values, where there is more than numbers, texts and the like. */
  values: number
}

export type Step = CallStep | MemberStep | MapStep

/** Result `step`, counted from 0, of the body that stands `up` levels further out. */
export interface Result {
  readonly step: number
  readonly up: number
}

export interface Batch {
  readonly steps: readonly Step[]
  /** Steps whose result, where it is an object, may be answered by a link to it. */
  readonly brief: ReadonlySet<number>
}

const malformed = (problem: string) => malformedRequest(`pipeline: ${problem}`)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The result that a node in arguments stands for; undefined for other nodes. */
export function resultOf(node: Extension): Result | undefined {
  if (node.name !== 'result') return undefined
  const { step, up = 0 } = node.given
  if (!isCount(step) || !isCount(up)) throw malformed('a result must name a step')
  return { step, up }
}

/** Reads `{ steps, brief }`, in parts (lib/long.ts). Throws a Fault that names the step that is wrong. */
export function* readBatch(value: unknown, limit: number): Generator<undefined, Batch> {
  if (!isDict(value) || !Array.isArray(value.steps)) throw malformed('expected a dict with a list of steps')
  const reader = new StepReader(limit)
  const steps = reader.body(value.steps, [], 'step')
  yield* reader.look()
  const brief = value.brief ?? []
  if (!Array.isArray(brief) || !brief.every(index => isCount(index) && index < steps.length)) {
    throw malformed('"brief" must be a list of step numbers')
  }
  return { steps, brief: new Set(brief as number[]) }
}

/** A value that is still to be looked through, of a step that has so many results before it. */
interface Unread {
  readonly value: unknown
  readonly known: readonly number[]
  readonly label: string
  readonly held: Held
  /** The maps around it. */
  readonly maps: readonly Counted[]
}

interface Counted {
  values: number
}

class StepReader {
  readonly #limit: number
  #count = 0
  readonly #unread: Unread[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `outer`: how many results each enclosing body has so far, the nearest first; `maps`: whose bodies these are. */
  body(
    values: readonly unknown[],
    outer: readonly number[],
    label: string,
    maps: readonly Counted[] = [],
  ): Step[] {
    const steps: Step[] = []
    const first = outer.length === 0 ? 0 : 1
    for (const [index, value] of values.entries()) {
      if (++this.#count > this.#limit) {
        throw overLimit(`more than ${this.#limit} steps`, 'steps', this.#limit)
      }
      const known = outer.length === 0 ? [index] : [first + index, ...outer]
      steps.push(this.#step(value, known, `${label} ${index}`, maps))
    }
    return steps
  }

  #step(value: unknown, known: readonly number[], label: string, maps: readonly Counted[]): Step {
    if (!Array.isArray(value)) throw malformed(`${label} is no list`)
    const target: unknown = value[0]
    const second: unknown = value[1]
    const third: unknown = value[2]
    if (value.length > 3) throw malformed(`${label} is too long`)
    if (typeof target === 'string') {
      if (!isDict(second) || third !== undefined) throw malformed(`${label} must be [url, arguments]`)
      return { kind: 'call', url: target, args: second, held: this.#arguments(second, known, label, maps) }
    }
    const of = isCount(target)
      ? { step: target, up: 0 }
      : target instanceof Extension
        ? resultOf(target)
        : undefined
    if (of === undefined || !isEarlier(of, known)) throw malformed(`${label} refers to no earlier step`)
    if (Array.isArray(second)) {
      const map = { kind: 'map' as const, of, body: [] as Step[], result: third, held: nothing(), values: 0 }
      const inside = [...maps, map]
      map.body.push(...this.body(second, known, `${label}, step`, inside))
      const results = [map.body.length + 1, ...known]
      this.#unread.push({ value: third, known: results, label, held: map.held, maps: inside })
      return map
    }
    if (typeof second !== 'string') throw malformed(`${label} has neither a name nor steps`)
    if (third !== undefined && !Array.isArray(third) && !isDict(third)) {
      throw malformed(`${label} must have a list or a dict of arguments`)
    }
    const held = this.#arguments(third, known, label, maps)
    return { kind: 'member', of, name: second, args: third, held }
  }

  /** Numbers, texts and the like need no look. */
  #arguments(
    value: Arguments | readonly unknown[] | undefined,
    known: readonly number[],
    label: string,
    maps: readonly Counted[],
  ): Held {
    const held = nothing()
    for (const name in value) {
      const item = (value as Arguments)[name]
      if (typeof item !== 'object' || item === null) continue
      this.#unread.push({ value, known, label, held, maps })
      break
    }
    return held
  }

  /** Looks through arguments for results that are not earlier, and for what is to be known of them when they run. */
  *look(): Generator<undefined, void> {
    for (const { value, known, label, held, maps } of this.#unread) {
      held.bare = maps.length === 0
      held.values = yield* walk(value, object => {
        if (object instanceof Blob) held.blobs.push(object)
        if (!(object instanceof Extension)) return true
        held.bare = false
        const result = resultOf(object)
        if (result !== undefined && !isEarlier(result, known))
          throw malformed(`${label} refers to no earlier step`)
        if (result !== undefined) held.results.push(result)
        return false
      })
      for (const map of maps) map.values += held.values
    }
  }
}

const nothing = (): Held => ({ bare: true, results: [], blobs: [], values: 0 })

const isEarlier = ({ step, up }: Result, known: readonly number[]): boolean => step < (known[up] ?? 0)
