// The steps of a pipeline, read and checked as a whole before the first one runs (spec/protocol.md,
// "Pipelines"). What they refer to is earlier, so they form no cycle.

import { isDict } from '../../lib/dict.js'
import { Fault } from '../../lib/fault.js'
import { Extension } from '../../lib/nodes.js'
import { overLimit } from '../faults.js'
import type { Arguments } from './arguments.js'

/** Calls what a URL leads to, or with no arguments where it is an object's, reaches the object. */
export interface CallStep {
  readonly kind: 'call'
  readonly url: string
  readonly args: Arguments
  readonly scalar: boolean
}

/** Reads a member of an earlier result, or with arguments, calls it. By position: the caller has no form yet. */
export interface MemberStep {
  readonly kind: 'member'
  readonly of: Result
  readonly name: string
  readonly args: readonly unknown[] | Arguments | undefined
  /** Do the arguments hold no lists, dicts and nodes, so that there is nothing to look up in them? */
  readonly scalar: boolean
}

/** Does the steps of `body` for each item of an earlier result: the item is result 0 of the body. */
export interface MapStep {
  readonly kind: 'map'
  readonly of: Result
  readonly body: readonly Step[]
  readonly result: unknown
  /** Values in the result and in the arguments of the body, which are copied for each item. */
  readonly values: number
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

const malformed = (problem: string) => new Fault(`pipeline: ${problem}`, { code: 'malformed' })

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The result that a node in arguments stands for; undefined for other nodes. */
export function resultOf(node: Extension): Result | undefined {
  if (node.name !== 'result') return undefined
  const { step, up = 0 } = node.given
  if (!isCount(step) || !isCount(up)) throw malformed('a result must name a step')
  return { step, up }
}

/** Reads `{ steps, brief }`. Throws a Fault that names the step that is wrong. */
export function readBatch(value: unknown, limit: number): Batch {
  if (!isDict(value) || !Array.isArray(value.steps)) throw malformed('expected a dict with a list of steps')
  const reader = new StepReader(limit)
  const steps = reader.body(value.steps, [], 'step')
  const brief = value.brief ?? []
  if (!Array.isArray(brief) || !brief.every(index => isCount(index) && index < steps.length)) {
    throw malformed('"brief" must be a list of step numbers')
  }
  return { steps, brief: new Set(brief as number[]) }
}

class StepReader {
  readonly #limit: number
  #count = 0
  /** Values seen in arguments and in the results of maps. */
  #values = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** `outer`: how many results each enclosing body has so far, the nearest first. */
  body(values: readonly unknown[], outer: readonly number[], label: string): Step[] {
    const steps: Step[] = []
    const first = outer.length === 0 ? 0 : 1
    for (const [index, value] of values.entries()) {
      if (++this.#count > this.#limit) {
        throw overLimit(`more than ${this.#limit} steps`, 'steps', this.#limit)
      }
      const known = outer.length === 0 ? [index] : [first + index, ...outer]
      steps.push(this.#step(value, known, label, index))
    }
    return steps
  }

  #step(value: unknown, known: readonly number[], outer: string, index: number): Step {
    if (!Array.isArray(value)) throw malformed(`${outer} ${index} is no list`)
    const target: unknown = value[0]
    const second: unknown = value[1]
    const third: unknown = value[2]
    if (value.length > 3) throw malformed(`${outer} ${index} is too long`)
    if (typeof target === 'string') {
      if (!isDict(second) || third !== undefined)
        throw malformed(`${outer} ${index} must be [url, arguments]`)
      const scalar = this.#scalar(second, known, outer, index)
      return { kind: 'call', url: target, args: second, scalar }
    }
    const label = `${outer} ${index}`
    const of = isCount(target)
      ? { step: target, up: 0 }
      : target instanceof Extension
        ? resultOf(target)
        : undefined
    if (of === undefined || !isEarlier(of, known)) throw malformed(`${label} refers to no earlier step`)
    if (Array.isArray(second)) {
      const before = this.#values
      const body = this.body(second, known, `${label}, step`)
      this.#check(third, [body.length + 1, ...known], label)
      return { kind: 'map', of, body, result: third, values: this.#values - before }
    }
    if (typeof second !== 'string') throw malformed(`${label} has neither a name nor steps`)
    if (third !== undefined && !Array.isArray(third) && !isDict(third)) {
      throw malformed(`${label} must have a list or a dict of arguments`)
    }
    const scalar = this.#scalar(third, known, outer, index)
    return { kind: 'member', of, name: second, args: third, scalar }
  }

  /** Are the arguments numbers, texts and the like only? Others are looked through. */
  #scalar(
    args: Arguments | readonly unknown[] | undefined,
    known: readonly number[],
    outer: string,
    index: number,
  ): boolean {
    for (const name in args) {
      const value = (args as Arguments)[name]
      if (typeof value !== 'object' || value === null) continue
      this.#check(args, known, `${outer} ${index}`)
      return false
    }
    return true
  }

  /** Looks through arguments for results that are not earlier. */
  #check(value: unknown, known: readonly number[], label: string): void {
    this.#values++
    if (typeof value !== 'object' || value === null) return
    if (value instanceof Extension) {
      const result = resultOf(value)
      if (result !== undefined && !isEarlier(result, known))
        throw malformed(`${label} refers to no earlier step`)
      return
    }
    const items = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : undefined
    for (const item of items ?? (Array.isArray(value) || isDict(value) ? Object.values(value) : [])) {
      this.#check(item, known, label)
    }
  }
}

const isEarlier = ({ step, up }: Result, known: readonly number[]): boolean => step < (known[up] ?? 0)
