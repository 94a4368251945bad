// Arguments: from the dict that a request carries to a function's parameters, by name.

import { isDict } from '../../../lib/plain.js'
import { closest } from '../../../lib/suggest.js'
import { Fault } from '../../../lib/values/fault.js'
import { asText, type Extension } from '../../../lib/values/nodes.js'
import type { Parameter } from '../reflection/index.js'
import type { Marks } from '../registration/marks.js'
import { accepts, expected, type Schema } from '../schemas/expected.js'

export interface Accepting {
  readonly label: string
  readonly marks: Marks
  readonly parameters: readonly Parameter[]
}

export type Arguments = Readonly<Record<string, unknown>>

/** The arguments of a call, in which the objects of this server stand for the links to them. */
export interface NamedArguments {
  readonly named: Arguments
  /** By argument, the first node in it that leads to another server: only a schema may let it in. */
  readonly foreign?: ReadonlyMap<string, Extension> | undefined
  /** When the first of the URLs that led to objects in them expires. */
  readonly expires?: number | undefined
}

export const noArguments: NamedArguments = { named: {} }

/**
 * The parameters in order. Throws a Fault that names what is missing, surplus or on another server (400), or what its
 * schema refuses (422).
 */
export async function bind(accepting: Accepting, { named, foreign }: NamedArguments): Promise<unknown[]> {
  const { parameters, marks } = accepting
  const positional = inOrder(accepting, named)
  if (foreign !== undefined) refuseForeign(accepting, foreign)
  if (marks.schemas !== undefined) {
    const problems: Record<string, string> = {}
    for (const [index, { name, optional }] of parameters.entries()) {
      const schema = marks.schemas[name]
      if (schema === undefined) continue
      const result = await schema['~standard'].validate(positional[index])
      if (result.issues === undefined) positional[index] = result.value
      // Left out: the function's own default is not for the schema to judge, which is about what callers send.
      else if (!(optional && positional[index] === undefined))
        problems[name] = result.issues.map(describeIssue).join('; ')
    }
    if (Object.keys(problems).length > 0) throw invalidArguments(problems)
  }
  return positional
}

/** 422, with what is wrong with each argument. */
export function invalidArguments(problems: Readonly<Record<string, string>>): Fault {
  const [first] = Object.entries(problems)
  return new Fault(`invalid argument "${first?.[0]}": ${first?.[1]}`, {
    code: 'invalid_argument',
    details: { invalid: problems },
  })
}

/** The parameters in order, as far as they are there: for who is asked about a call that cannot be bound. */
export const incomplete = ({ parameters }: Accepting, given: Arguments): unknown[] =>
  parameters.map(({ name }) => (Object.hasOwn(given, name) ? given[name] : undefined))

/** Without promises, for the many functions that declare no schema. */
export function inOrder({ parameters, marks }: Accepting, given: Arguments): unknown[] {
  const positional: unknown[] = new Array(parameters.length)
  let used = 0
  let missing: string[] | undefined
  for (let index = 0; index < parameters.length; index++) {
    const { name, optional, fallback } = parameters[index] as Parameter
    if (Object.hasOwn(given, name)) {
      used++
      const value = given[name]
      // nil is how a default is published that is not a literal: whoever sends it back means the default.
      const isDefault =
        value === null &&
        (optional
          ? fallback === undefined || fallback.value === null
          : takesNothingButNil(marks.schemas?.[name]))
      positional[index] = isDefault ? undefined : value
    } else if (!optional && !acceptsNothing(marks, name)) (missing ??= []).push(name)
  }
  const surplus = used < Object.keys(given).length ? surplusIn(given, parameters) : []
  if (missing !== undefined) throw misnamed('missing', missing, surplus)
  if (surplus.length > 0) throw misnamed('surplus', surplus)
  return positional
}

/** With a schema of its own, a parameter's absence is the schema's to judge. */
const acceptsNothing = (marks: Marks, name: string): boolean => marks.schemas?.[name] !== undefined

/** Is it optional by its schema, which takes no nil? */
const takesNothingButNil = (schema: Schema | undefined): boolean =>
  schema !== undefined &&
  expected({ optional: false, value: null }, schema).optional &&
  !accepts(schema, null)

function surplusIn(given: Arguments, parameters: readonly Parameter[]): string[] {
  const names = new Set(parameters.map(parameter => parameter.name))
  return Object.keys(given).filter(name => !names.has(name))
}

/** Names of arguments that a Fault tells of. */
const toldOf = 64

/** So many arguments are too many for any function that takes fewer. */
const manyNames = 1000

/**
 * Throws a Fault for arguments of which far more are named than there are parameters: before they are looked through,
 * which would take long for a million of them.
 */
export function refuseMany({ parameters }: Accepting, given: unknown): void {
  const names = isDict(given) ? Object.keys(given) : []
  const count = given instanceof Map ? given.size : names.length
  if (count <= Math.max(manyNames, parameters.length)) return
  const known = new Set<unknown>(parameters.map(parameter => parameter.name))
  const surplus: string[] = []
  for (const name of given instanceof Map ? given.keys() : names) {
    const text = known.has(name) ? undefined : asText(name)
    if (text !== undefined) surplus.push(text.slice(0, longest))
    if (surplus.length > toldOf) throw misnamed('surplus', surplus)
  }
}

/** `surplus`: what is there beside missing ones, which may be these, misspelt. */
function misnamed(
  kind: 'missing' | 'surplus',
  names: readonly string[],
  surplus: readonly string[] = [],
): Fault {
  const told = (names: readonly string[]) => names.slice(0, toldOf)
  const details = { [kind]: told(names), ...(surplus.length === 0 ? {} : { surplus: told(surplus) }) }
  const beside = surplus.length === 0 ? '' : `; ${listed('surplus', surplus)}${meant(names, surplus)}`
  return new Fault(listed(kind, names) + beside, { code: `${kind}_argument`, details })
}

const listed = (kind: string, names: readonly string[]): string =>
  `${kind} argument${names.length > 1 ? 's' : ''} ${names
    .slice(0, toldOf)
    .map(name => JSON.stringify(name))
    .join(', ')}${names.length > toldOf ? ' and more' : ''}`

/** Long ones are no misspelling, and would be long to compare. */
const longest = 64

/** For one surplus argument: of more, who knows which was meant for which. */
function meant(missing: readonly string[], [given, ...others]: readonly string[]): string {
  if (given === undefined || others.length > 0 || given.length > longest) return ''
  const name = closest(given, missing)
  return name === undefined ? '' : `; did you mean ${JSON.stringify(name)}?`
}

function describeIssue({
  message,
  path,
}: {
  message: string
  path?: readonly unknown[] | undefined
}): string {
  if (path === undefined || path.length === 0) return message
  const keys = path.map(step =>
    typeof step === 'object' && step !== null && 'key' in step ? step.key : step,
  )
  return `${keys.join('.')}: ${message}`
}

/** Throws a Fault for the first argument without a schema in which there is a node that leads to another server. */
function refuseForeign({ parameters, marks }: Accepting, foreign: ReadonlyMap<string, Extension>): void {
  for (const { name } of parameters) {
    const node = marks.schemas?.[name] === undefined ? foreign.get(name) : undefined
    if (node === undefined) continue
    throw new Fault(
      `argument "${name}" is a ${node.name} to another server, where an object of this one belongs`,
      { code: 'foreign_argument', details: { foreign: [name] } },
    )
  }
}
