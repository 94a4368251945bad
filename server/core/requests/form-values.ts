// The values of single fields: text as what an argument, or an item of a list, takes.

import { DecodeError } from '../../../lib/errors.js'
import { blob } from '../../../lib/values/blob.js'
import { Tables } from '../../../lib/values/distinct.js'
import { parseDuration } from '../../../lib/values/duration.js'
import { Fault } from '../../../lib/values/fault.js'
import { parseInstant } from '../../../lib/values/instant.js'
import { kindOf } from '../../../lib/values/kind.js'
import type { Takes } from '../reflection/argument-kind.js'
import { accepts, type Expected, type Schema } from '../schemas/expected.js'
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

/** A text that cannot be converted. The message says what was expected. */
export class Misfit extends Error {}

/**
 * Each as the items of a list take it. One that is left empty is left out, unless it is text. Throws Misfit, which says
 * which item it is.
 */
function itemsOf(values: readonly unknown[], { items }: Expected, reading: Reading): readonly unknown[] {
  if (items === undefined) return values
  const { first, others } = items
  const kept = values.filter((value, at) => value !== '' || mayBeEmpty(first[at] ?? others))
  return kept.map((value, at) => {
    if (typeof value !== 'string') return value
    try {
      return read(value, first[at] ?? others, reading)
    } catch (error) {
      throw error instanceof Misfit ? new Misfit(`${at}: ${error.message}`) : error
    }
  })
}

/** Kinds that plain JSON has no notation for: text in a JSON list of them is what a field would be. */
const unwritten: ReadonlySet<Takes> = new Set(['date', 'duration', 'bigint', 'bytes', 'blob'])

function list(text: string, wanted: Expected, reading: Reading): unknown {
  const value = composite(text, wanted, reading)
  const others = wanted.items?.others.takes
  return Array.isArray(value) && others !== undefined && unwritten.has(others)
    ? itemsOf(value, wanted, reading)
    : value
}

/** Items of a list or set: as was learnt of them, else as the schema accepts them. Throws Misfit. */
export function listed(
  values: readonly unknown[],
  wanted: Expected,
  schema: Schema | undefined,
  reading: Reading,
): readonly unknown[] {
  const isTaken = (items: readonly unknown[]) =>
    schema !== undefined && accepts(schema, wanted.takes === 'set' ? new Set(items) : items)
  if (wanted.items === undefined)
    return schema === undefined ? values : (textOrKnown(values, isTaken, reading) ?? values)
  try {
    return itemsOf(values, wanted, reading)
  } catch (error) {
    // A schema may take more than could be learnt of it.
    const found = error instanceof Misfit ? textOrKnown(values, isTaken, reading) : undefined
    if (found === undefined) throw error
    return found
  }
}

function textOrKnown(
  values: readonly unknown[],
  isTaken: (items: readonly unknown[]) => boolean,
  reading: Reading,
): readonly unknown[] | undefined {
  return isTaken(values) ? values : [values.map(value => textOrJson(value, reading))].find(isTaken)
}

/**
 * Where nothing is known but what the schema accepts: text if it does, else what the text is as JSON, else a list of
 * either. Undefined for several that are no list.
 */
export function whatever(values: readonly Field[1][], schema: Schema, reading: Reading): unknown {
  const [first] = values
  const isOne = values.length === 1
  if (isOne && accepts(schema, first)) return first
  const known = values.map(value => textOrJson(value, reading))
  if (isOne && accepts(schema, known[0])) return known[0]
  return [values, known].find(list => accepts(schema, list)) ?? (isOne ? known[0] : undefined)
}

function textOrJson(text: unknown, { json }: Reading): unknown {
  if (typeof text !== 'string') return text
  try {
    return json(text)
  } catch {
    // Nor where it would be more JSON than is read: it may be meant as text.
    return text
  }
}

/** Throws Misfit. */
export const read = (text: string, wanted: Expected, reading: Reading): unknown =>
  readers[wanted.takes](text, wanted, reading)

/** Text that is required, or that is something else when it is left out, is meant to be empty. */
export const mayBeEmpty = ({ takes, optional, fallback, choices }: Expected): boolean =>
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
  list,
  json: composite,
  set: (text, wanted, reading) => {
    const value = list(text, wanted, reading)
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
export function setOf(items: readonly unknown[]): Set<unknown> {
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
