// What an argument takes, as far as its default and its schema tell: for the controls of forms, and for what forms
// send, which is text. Schemas are asked by Standard Schema and Standard JSON Schema alone, whoever made them.

import { unwaited } from '../../../lib/promises.js'
import { Blob, blob } from '../../../lib/values/blob.js'
import { Duration } from '../../../lib/values/duration.js'
import { type Takes, takesOf } from '../reflection/argument-kind.js'
import { classTaken } from './instance-schema.js'
import type { Schemas } from './standard-schema.js'

/** What is used of JSON Schema. */
export interface Constraints {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly contentEncoding?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Constraints[]
  readonly items?: Constraints | boolean
  readonly prefixItems?: readonly Constraints[]
}

type Choice = string | number | boolean

export interface Expected {
  readonly takes: Takes
  /** May it be left out? */
  readonly optional: boolean
  /** The only values that there are. */
  readonly choices?: readonly Choice[]
  /** What it is when it is left out, where that is known. */
  readonly fallback?: unknown
  /** The name of the class whose object it takes. */
  readonly of?: string
  /** Of a list or set. */
  readonly items?: Items
  /** May nothing be given, though it may not be left out: a list or set without items, or nil? */
  readonly mayBeNone?: boolean
  readonly constraints: Constraints
}

/** What the items of a list take: those at its start, in order, and all others. */
export interface Items {
  readonly first: readonly Expected[]
  readonly others: Expected
}

interface Argument {
  readonly optional: boolean
  /** The default as it is published: nil where it is none that could be. */
  readonly value: unknown
  /** The kind of a default whose value isn't known. */
  readonly takes?: Takes | undefined
}

export type Schema = Schemas[string]

export function expected({ optional, value, takes }: Argument, schema: Schema | undefined): Expected {
  const learnt = schema === undefined ? unknown : learn(schema)
  const fallback = value ?? learnt.constraints.default
  return {
    constraints: learnt.constraints,
    optional: optional || learnt.optional,
    takes: learnt.takes === 'any' ? (takes ?? takesOf(value)) : learnt.takes,
    ...(learnt.choices === undefined ? {} : { choices: learnt.choices }),
    ...(fallback === undefined || fallback === null ? {} : { fallback }),
    ...(learnt.of === undefined ? {} : { of: learnt.of }),
    ...(learnt.items === undefined ? {} : { items: learnt.items }),
    ...(learnt.mayBeNone === undefined ? {} : { mayBeNone: learnt.mayBeNone }),
  }
}

interface Learnt {
  readonly takes: Takes
  readonly optional: boolean
  readonly choices?: readonly Choice[]
  readonly of?: string
  readonly items?: Items
  readonly mayBeNone?: boolean
  readonly constraints: Constraints
}

const unknown: Learnt = { takes: 'any', optional: false, constraints: {} }

/** Once for each schema: a schema says the same each time. */
const known = new WeakMap<object, Learnt>()

function learn(schema: Schema): Learnt {
  let learnt = known.get(schema)
  if (learnt === undefined) {
    const name = classTaken(schema)
    if (name !== undefined) return { takes: 'object', optional: false, of: name, constraints: {} }
    const optional = accepts(schema, undefined)
    const constraints = constraintsOf(schema)
    const read = constraints && readConstraints(constraints)
    learnt =
      read === undefined || read.takes === 'any'
        ? { takes: probed(schema), optional, constraints: constraints ?? {} }
        : { ...read, optional }
    const { takes } = learnt
    const items =
      takes === 'list' || takes === 'set' ? (learnt.items ?? probedItems(schema, takes)) : undefined
    if (items !== undefined) learnt = { ...learnt, items }
    if (!optional) learnt = { ...learnt, mayBeNone: noneOf(takes, schema) !== undefined }
    known.set(schema, learnt)
  }
  return learnt
}

/** Its JSON Schema, where its library gives one (Standard JSON Schema) and can write down what it takes. */
function constraintsOf(schema: Schema): Constraints | undefined {
  const standard = schema['~standard'] as {
    readonly jsonSchema?: { input(options: { target: string }): unknown }
  }
  try {
    const constraints = standard.jsonSchema?.input({ target: 'draft-2020-12' })
    return typeof constraints === 'object' && constraints !== null ? (constraints as Constraints) : undefined
  } catch {
    return undefined
  }
}

function readConstraints(given: Constraints): Omit<Learnt, 'optional'> {
  const options = given.anyOf?.filter(option => option.type !== 'null')
  // `null` beside one other type: that one, which may be left empty.
  if (options?.length === 1) {
    const { anyOf: _, ...others } = given
    return readConstraints({ ...others, ...options[0] })
  }
  const choices = options?.every(option => 'const' in option)
    ? options.map(option => option.const)
    : (given.enum ?? ('const' in given ? [given.const] : undefined))
  if (choices?.length && choices.every(isChoice)) {
    return { takes: takesOf(choices[0]), choices, constraints: given }
  }
  const types = [given.type ?? []].flat().filter(type => type !== 'null')
  const takes = types.length === 1 ? takesType(types[0] as string, given) : 'any'
  const items = takes === 'list' ? readItems(given) : undefined
  return { takes, constraints: given, ...(items === undefined ? {} : { items }) }
}

/** Undefined where nothing is said of them. */
function readItems({ items, prefixItems = [] }: Constraints): Items | undefined {
  const read = (item: Constraints): Expected => ({ optional: false, ...readConstraints(item) })
  const others = typeof items === 'object' ? read(items) : unknown
  const first = prefixItems.map(read)
  return others.takes === 'any' && first.length === 0 ? undefined : { first, others }
}

const isChoice = (value: unknown): value is Choice => ['string', 'number', 'boolean'].includes(typeof value)

function takesType(type: string, { format, contentEncoding }: Constraints): Takes {
  switch (type) {
    case 'string':
      return format === 'binary' || contentEncoding === 'binary' ? 'blob' : 'text'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'array':
      return 'list'
    case 'object':
      return 'json'
    default:
      return 'any'
  }
}

/** Values of each kind: what a schema takes that has no JSON Schema is seen by what it lets in. */
const samples: readonly (readonly [Takes, readonly unknown[]])[] = [
  ['text', ['', 'a', 'abc']],
  ['number', [0, 1, 10, 1000, -1, 0.5]],
  ['boolean', [true, false]],
  ['bigint', [0n, 1n, 1000n]],
  ['date', [0, 1, 4].map(time => new Date(time * 1e12))],
  ['duration', [new Duration({}), new Duration({ hours: 1 })]],
  ['bytes', [new Uint8Array(0), new Uint8Array(16)]],
  ['blob', [blob(''), blob('a')]],
]

const collections: typeof samples = [
  ['list', [[], ...samples.flatMap(([, values]) => lengths(values))]],
  ['set', [new Set(), ...samples.flatMap(([, values]) => lengths(values).map(items => new Set(items)))]],
  ['map', [new Map()]],
  ['json', [{}]],
]

/** Lists of one item and more, since a schema may want some. */
function lengths(values: readonly unknown[]): readonly (readonly unknown[])[] {
  return [...values.map(value => [value]), values.slice(0, 2), values.slice(0, 3)]
}

/** The kinds of which it lets a sample in. */
const kindsTaken = (given: typeof samples, isTaken: (value: unknown) => boolean): readonly Takes[] =>
  given.filter(([, values]) => values.some(isTaken)).map(([kind]) => kind)

/** The one kind whose samples it lets in; JSON for lists and dicts. */
function probed(schema: Schema): Takes {
  if ((schema as unknown) === Blob) return 'blob'
  const kinds = kindsTaken([...samples, ...collections], value => accepts(schema, value))
  if (kinds.length > 0 && kinds.every(kind => kind === 'list' || kind === 'json'))
    return kinds.at(-1) as Takes
  return kinds.length === 1 ? (kinds[0] as Takes) : 'any'
}

/** By lists of samples; undefined where it lets several kinds in, or none. */
function probedItems(schema: Schema, takes: 'list' | 'set'): Items | undefined {
  const lists = samples.map(([kind, values]) => [kind, lengths(values)] as const)
  const kinds = kindsTaken(lists, items =>
    accepts(schema, takes === 'set' ? new Set(items as unknown[]) : items),
  )
  return kinds.length === 1 ? { first: [], others: { ...unknown, takes: kinds[0] as Takes } } : undefined
}

/**
 * What nothing is, of what may not be left out: a list or set without items, else nil. Undefined where a schema takes
 * none of these.
 */
export function noneOf(takes: Takes, schema: Schema): unknown {
  const empty = takes === 'list' ? [] : takes === 'set' ? new Set() : undefined
  return [empty, null].find(value => value !== undefined && accepts(schema, value))
}

/** Does it let a value in, without being waited for? */
export function accepts(schema: Schema, value: unknown): boolean {
  try {
    const result = schema['~standard'].validate(value)
    if ('then' in result) {
      unwaited(result)
      return false
    }
    return result.issues === undefined
  } catch {
    return false
  }
}
