// What an argument takes, as far as its default and its schema tell: for the controls of forms, and for what forms
// send, which is text. Schemas are asked by Standard Schema and Standard JSON Schema alone, whoever made them.

import { Blob, blob } from '../../lib/blob.js'
import { Duration } from '../../lib/duration.js'
import { kindOf } from '../../lib/kind.js'
import { unwaited } from '../../lib/met.js'
import { classTaken } from './instance-schema.js'
import type { Schemas } from './marks.js'

/** `any`: nothing is known; it is taken as text, which a schema may refuse. */
export type Takes =
  | 'any'
  | 'text'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'date'
  | 'duration'
  | 'bytes'
  | 'blob'
  | 'list'
  | 'set'
  | 'map'
  | 'object'
  | 'json'

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
  readonly constraints: Constraints
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
  }
}

/** By a default. */
export function takesOf(value: unknown): Takes {
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
    case 'bigint':
    case 'boolean':
      return typeof value as Takes
    case 'object':
      if (value === null) return 'any'
      return Array.isArray(value) ? 'list' : kindOf(value) === 'date' ? 'date' : 'json'
    default:
      return 'any'
  }
}

interface Learnt {
  readonly takes: Takes
  readonly optional: boolean
  readonly choices?: readonly Choice[]
  readonly of?: string
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
  if (options?.length === 1) return readConstraints({ ...given, anyOf: undefined as never, ...options[0] })
  const choices = options?.every(option => 'const' in option)
    ? options.map(option => option.const)
    : (given.enum ?? ('const' in given ? [given.const] : undefined))
  if (choices?.length && choices.every(isChoice)) {
    return { takes: takesOf(choices[0]), choices, constraints: given }
  }
  const types = [given.type ?? []].flat().filter(type => type !== 'null')
  return { takes: types.length === 1 ? takesType(types[0] as string, given) : 'any', constraints: given }
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
  ['blob', [blob('')]],
  ['list', [[]]],
  ['set', [new Set()]],
  ['map', [new Map()]],
  ['json', [{}]],
]

/** The one kind whose samples it lets in; JSON for lists and dicts. */
function probed(schema: Schema): Takes {
  if ((schema as unknown) === Blob) return 'blob'
  const taken = samples.filter(([, values]) => values.some(value => accepts(schema, value)))
  const kinds = taken.map(([kind]) => kind)
  if (kinds.length > 0 && kinds.every(kind => kind === 'list' || kind === 'json'))
    return kinds.at(-1) as Takes
  return kinds.length === 1 ? (kinds[0] as Takes) : 'any'
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
