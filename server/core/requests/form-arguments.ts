// From the fields of a form, which are text and files, to arguments: each as what its default or its schema takes.

import { Blob } from '../../../lib/values/blob.js'
import { setOwn } from '../../../lib/values/dict.js'
import { type Accepting, type Arguments, invalidArguments } from '../calling/arguments.js'
import { overLimit } from '../faults/faults.js'
import { malformed, mediaType } from '../faults/http.js'
import type { Takes } from '../reflection/argument-kind.js'
import type { Parameter } from '../reflection/index.js'
import { accepts, type Expected, expected, noneOf, type Schema } from '../schemas/expected.js'
import type { Field } from './form-fields.js'
import { listed, Misfit, mayBeEmpty, type Reading, read, setOf, whatever } from './form-values.js'

/**
 * Arguments by name. A field that is left empty is left out, unless it is text that may be empty. Throws a Fault
 * (422) that names every field that is not what it should be.
 */
export function formArguments(
  fields: readonly Field[],
  { parameters, marks }: Accepting,
  reading: Reading,
): Arguments {
  const given = new Map<string, Field[1][]>()
  for (const [name, value] of fields) {
    const values = given.get(name)
    if (values === undefined) given.set(name, [value])
    else values.push(value)
  }
  const named: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const [name, values] of given) {
    const parameter = parameters.find(parameter => parameter.name === name)
    if (parameter === undefined && isCharset(name, values)) continue
    const schema = marks.schemas?.[name]
    const wanted = wantedBy(parameter, schema)
    try {
      const value = converted({ name, values, wanted, schema }, reading)
      if (value !== undefined) setOwn(named, name, value)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      setOwn(problems, name, error.message)
    }
  }
  if (Object.keys(problems).length > 0) throw invalidArguments(problems)
  // Of a list no field is sent where it has no items, nor where no file was chosen.
  for (const parameter of parameters) {
    const { name } = parameter
    const schema = marks.schemas?.[name]
    if (schema === undefined || Object.hasOwn(named, name)) continue
    const { takes, optional } = wantedBy(parameter, schema)
    if (!optional && isCollection(takes))
      setOwn(named, name, noneOf(takes, schema) ?? (takes === 'set' ? new Set() : []))
  }
  return named
}

const isCollection = (takes: Takes): takes is 'list' | 'set' => takes === 'list' || takes === 'set'

/**
 * Is it the field in which browsers say how the text of a form is encoded (HTML, "Selecting a form submission
 * encoding")? Throws a Fault (415) where it is not in UTF-8: it was read as that.
 */
function isCharset(name: string, values: readonly Field[1][]): boolean {
  if (name !== '_charset_') return false
  if (values.every(value => /^(?:utf-?8)?$/i.test(String(value)))) return true
  throw mediaType('a form that is not in UTF-8 (_charset_); expected UTF-8')
}

const wantedBy = (parameter: Parameter | undefined, schema: Schema | undefined): Expected => {
  const { optional = false, fallback, takes } = parameter ?? {}
  return expected({ optional, value: fallback?.value ?? null, takes }, schema)
}

/** Fields whose files are in memory where an argument takes bytes. Throws a Fault for more than `most` of these. */
export async function withBytes(
  fields: readonly Field[],
  { parameters, marks }: Accepting,
  most: number,
): Promise<readonly Field[]> {
  let room = most
  const read: Field[] = []
  for (const [name, value] of fields) {
    const parameter = parameters.find(parameter => parameter.name === name)
    const isWanted = value instanceof Blob && takesBytes(wantedBy(parameter, marks.schemas?.[name]))
    if (isWanted && (room -= value.size ?? 0) < 0)
      throw overLimit(`bytes in memory of more than ${most}`, 'messageBytes', most)
    read.push([name, isWanted ? await value.bytes() : value])
  }
  return read
}

const takesBytes = ({ takes, items }: Expected): boolean => (items?.others.takes ?? takes) === 'bytes'

/** The fields of one argument, and what it takes. */
interface Filled {
  readonly name: string
  readonly values: readonly Field[1][]
  readonly wanted: Expected
  readonly schema: Schema | undefined
}

/** Undefined for what is left out. */
function converted({ name, values, wanted, schema }: Filled, reading: Reading): unknown {
  const { takes } = wanted
  const [first] = values
  // Of a list, fields of one name are the items, also where it is one; of a set too, which may also be written as
  // `{"$set": […]}`.
  const start = typeof first === 'string' ? first.trimStart()[0] : 'a file'
  const areItems = values.length > 1 || (start !== undefined && start !== '[')
  if (takes === 'list' && areItems) return listed(values, wanted, schema, reading)
  if (takes === 'set' && areItems && (values.length > 1 || start !== '{'))
    return setOf(listed(values, wanted, schema, reading))
  const isLeftOut = values.length === 1 && first === '' && !mayBeEmpty(wanted)
  const found = takes === 'any' && schema !== undefined && !isLeftOut && whatever(values, schema, reading)
  if (found !== false && found !== undefined) return found
  // A box that is not checked is not sent: a field before it says so, and the last counts.
  if (values.length > 1 && takes !== 'boolean') throw malformed(`argument "${name}" is given twice`)
  const value = values.at(-1)
  if (typeof value !== 'string') return value
  if (value === '' && !mayBeEmpty(wanted))
    return wanted.mayBeNone && schema !== undefined ? noneOf(takes, schema) : undefined
  try {
    return read(value, wanted, reading)
  } catch (error) {
    // A schema may take more than could be learnt of it.
    if (error instanceof Misfit && schema !== undefined && accepts(schema, value)) return value
    throw error
  }
}

/** The fields as a person has typed them, to be shown again: of each name the last, but no files. */
export const typedIn = (fields: readonly Field[]): ReadonlyMap<string, string> =>
  new Map(fields.filter((field): field is readonly [string, string] => typeof field[1] === 'string'))
