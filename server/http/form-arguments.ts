// From the fields of a form, which are text and files, to arguments: each as what its default or its schema takes.

import { Blob, blob } from '../../lib/blob.js'
import { setOwn } from '../../lib/dict.js'
import { Tables } from '../../lib/distinct.js'
import { parseDuration } from '../../lib/duration.js'
import { DecodeError } from '../../lib/errors.js'
import { Fault } from '../../lib/fault.js'
import { parseInstant } from '../../lib/instant.js'
import { kindOf } from '../../lib/kind.js'
import { type Accepting, type Arguments, invalidArguments } from '../calling/arguments.js'
import { overLimit } from '../faults.js'
import { accepts, type Expected, expected, type Schema, type Takes } from '../registration/expected.js'
import type { Parameter } from '../registration/reflect.js'
import type { Field } from './form-fields.js'

export interface Reading {
  /** How JSON in a field is read. */
  readonly json: (text: string) => unknown
  /** The node that leads to an address. */
  readonly reference: (address: string) => unknown
  readonly integerDigits: number
  /** Was it typed into a browser? Those write the line ends of a form as CR and LF, whatever was typed. */
  readonly typed: boolean
}

/** What cannot be converted: says what was expected. */
class Misfit extends Error {}

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
      const value = converted(name, values, wanted, schema, reading)
      if (value !== undefined) setOwn(named, name, value)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      setOwn(problems, name, error.message)
    }
  }
  if (Object.keys(problems).length > 0) throw invalidArguments(problems)
  return named
}

/**
 * Is it the field in which browsers say how the text of a form is encoded (HTML, "Selecting a form submission
 * encoding")? Throws a Fault (415) where it is not in UTF-8: it was read as that.
 */
function isCharset(name: string, values: readonly Field[1][]): boolean {
  if (name !== '_charset_') return false
  if (values.every(value => /^(?:utf-?8)?$/i.test(String(value)))) return true
  throw new Fault('a form that is not in UTF-8 (_charset_); expected UTF-8', {
    status: 415,
    code: 'media_type',
  })
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
    const isWanted = value instanceof Blob && wantedBy(parameter, marks.schemas?.[name]).takes === 'bytes'
    if (isWanted && (room -= value.size ?? 0) < 0)
      throw overLimit(`bytes in memory of more than ${most}`, 'messageBytes', most)
    read.push([name, isWanted ? await value.bytes() : value])
  }
  return read
}

/** Undefined for what is left out. */
function converted(
  name: string,
  values: readonly Field[1][],
  wanted: Expected,
  schema: Schema | undefined,
  reading: Reading,
): unknown {
  const { takes } = wanted
  const [first] = values
  // Of a list, fields of one name are the items, also where it is one; of a set too, which may also be written as
  // `{"$set": […]}`.
  const start = typeof first === 'string' ? first.trimStart()[0] : 'a file'
  const areItems = values.length > 1 || (start !== undefined && start !== '[')
  if (takes === 'list' && areItems) return values
  if (takes === 'set' && areItems && (values.length > 1 || start !== '{')) return setOf(values)
  // Of what nothing is known but by asking it.
  const isList = takes === 'any' && schema !== undefined && !accepts(schema, first) && accepts(schema, values)
  if (isList) return values
  // A box that is not checked is not sent: a field before it says so, and the last counts.
  if (values.length > 1 && takes !== 'boolean')
    throw new Fault(`argument "${name}" is given twice`, { code: 'malformed' })
  const value = values.at(-1)
  if (typeof value !== 'string') return value
  if (value === '' && !mayBeEmpty(wanted)) return undefined
  if (takes === 'any' && schema !== undefined) return whatever(value, schema, reading)
  try {
    return readers[takes](value, wanted, reading)
  } catch (error) {
    // A schema may take more than could be learnt of it.
    if (error instanceof Misfit && schema !== undefined && accepts(schema, value)) return value
    throw error
  }
}

/** Text that is required, or that is something else when it is left out, is meant to be empty. */
const mayBeEmpty = ({ takes, optional, fallback, choices }: Expected): boolean =>
  (takes === 'text' || takes === 'any') && choices === undefined && (!optional || fallback !== undefined)

type Read = (text: string, wanted: Expected, reading: Reading) => unknown

const readers: Readonly<Record<Takes, Read>> = {
  any: text => text,
  text: (text, { constraints }, { typed }) => {
    if (constraints.format === 'date-time') return withZone(text) ?? text
    return typed ? text.replaceAll('\r\n', '\n') : text
  },
  number: (text, _, { integerDigits }) => {
    const trimmed = text.trim()
    if (!decimal.test(trimmed)) throw new Misfit('expected a number')
    const number = Number(trimmed)
    if (!Number.isFinite(number)) throw new Misfit('expected a number up to 1.8e308')
    return Number.isInteger(number) && !Number.isSafeInteger(number) && whole.test(trimmed)
      ? integer(trimmed, integerDigits)
      : number
  },
  bigint: (text, _, { integerDigits }) => integer(text, integerDigits),
  boolean: text => {
    if (/^(?:true|on|yes|1)$/i.test(text)) return true
    if (/^(?:false|off|no|0)$/i.test(text)) return false
    throw new Misfit('expected true or false')
  },
  date: text => {
    const date = parseInstant(withZone(text) ?? text)
    if (date === undefined) throw new Misfit('expected a date and time, such as 2026-11-21T12:00')
    return date
  },
  blob: text => blob(text),
  duration: text => {
    const duration = parseDuration(text.trim())
    if (duration === undefined) throw new Misfit('expected a duration, such as PT1H30M')
    return duration
  },
  bytes: text => new TextEncoder().encode(text),
  object: (text, _, { reference }) => reference(text.trim()),
  list: composite,
  json: composite,
  set: (text, wanted, reading) => {
    const value = composite(text, wanted, reading)
    if (value instanceof Set) return value
    if (!Array.isArray(value)) throw new Misfit('expected a JSON list')
    return setOf(value)
  },
  map: (text, wanted, reading) => {
    const value = composite(text, wanted, reading)
    if (value instanceof Map) return value
    if (typeof value !== 'object' || value === null || kindOf(value) !== 'dict')
      throw new Misfit('expected a JSON object')
    return new Map(Object.entries(value))
  },
}

function composite(text: string, _: Expected, { json }: Reading): unknown {
  try {
    return json(text)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Misfit(`expected JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Each digit can be taken in one way only: what could be taken in several is tried in all of them. */
const decimal = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i
const whole = /^[-+]?\d+$/

function integer(text: string, digits: number): bigint {
  const trimmed = text.trim()
  if (!whole.test(trimmed)) throw new Misfit('expected a whole number')
  if (trimmed.length > digits) throw new Misfit(`expected no more than ${digits} digits`)
  return BigInt(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed)
}

/** Items that are the same are one, as in JavaScript. */
function setOf(items: readonly unknown[]): Set<unknown> {
  const set = new Set<unknown>()
  const distinct = new Tables().distinct(set)
  try {
    for (const item of items) if (typeof item === 'object' || distinct.add(item, 0)) set.add(item)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new Misfit(`expected a list without ${error.problem}`)
  }
  return set
}

const dateAndTime =
  /^(?<year>\d{4,6})-(?<day>\d\d-\d\d)(?:[Tt ](?<time>\d\d:\d\d)(?<seconds>:\d\d(?:\.\d+)?)?(?<zone>[Zz]|[-+]\d\d(?::?\d\d)?)?)?$/

/**
 * What a control for date and time sends, and what is written like that, with all that it leaves out: the time of day,
 * its seconds (HTML, "Local dates and times"), and the zone, which is UTC. Years have four digits or more. Undefined
 * for what leaves out nothing, or is none.
 */
function withZone(text: string): string | undefined {
  const parts = dateAndTime.exec(text.trim())?.groups
  if (parts === undefined) return undefined
  const { year = '', day, time = '00:00', seconds, zone } = parts
  const isShort = year.length === 4
  if (isShort && seconds !== undefined && zone !== undefined && zone.length !== 3) return undefined
  const offset = zone?.length === 3 ? `${zone}:00` : (zone ?? 'Z')
  return `${isShort ? year : `+${year.padStart(6, '0')}`}-${day}T${time}${seconds ?? ':00'}${offset}`
}

/** Where nothing is known but what the schema accepts: text if it does, else what the text is as JSON. */
function whatever(text: string, schema: Schema, { json }: Reading): unknown {
  if (accepts(schema, text)) return text
  try {
    return json(text)
  } catch {
    return text
  }
}

/** What a person has typed, to be shown again: of each field the last, but no files. */
export const typedIn = (fields: readonly Field[]): ReadonlyMap<string, string> =>
  new Map(fields.filter((field): field is readonly [string, string] => typeof field[1] === 'string'))
