// Arguments as a shell has them, to the values that a form takes: by the form's inputs and their defaults.

import { named } from '../client/calls/named.js'
import { didYouMean } from '../client/calls/page-words.js'
import { json } from '../lib/codecs.js'
import { DecodeError } from '../lib/errors.js'
import { setOwn } from '../lib/values/dict.js'
import { Duration } from '../lib/values/duration.js'
import { parseInstant } from '../lib/values/instant.js'
import { kindOf } from '../lib/values/kind.js'
import type { Input } from '../lib/values/nodes.js'
import type { ArgumentSource, WrittenArgument } from './chain.js'
import { UsageError } from './exit-codes.js'

/** Gives the value of an argument that is elsewhere: a file, standard input, the object at a URL. */
export type Fetch = (source: Exclude<ArgumentSource, { kind: 'text' | 'json' }>) => unknown

/** The arguments of a call, in the form that the client takes them. Throws UsageError, before anything is sent. */
export async function argumentsOf(
  label: string,
  inputs: readonly Input[],
  args: readonly WrittenArgument[],
  fetch: Fetch,
): Promise<unknown[]> {
  if (args.length === 0) return []
  const names = inputs.map(input => input.argument)
  const values: Record<string, unknown> = {}
  const positional = names.filter(name => !args.some(argument => argument.name === name))
  for (const { name = positional.shift(), source } of args) {
    if (name === undefined) {
      const count = args.length === 1 ? 'an argument' : `${args.length} arguments`
      throw new UsageError(`${label} takes ${names.join(', ') || 'no arguments'}; there are ${count}`)
    }
    const input = inputs.find(({ argument }) => argument === name)
    if (input === undefined) throw new UsageError(noArgument(label, name, names))
    if (Object.hasOwn(values, name)) throw new UsageError(`${label}: "${name}" is given twice`)
    const value = await argumentOf(`${label}: "${name}"`, input, source, fetch)
    setOwn(values, name, value)
  }
  return [named(values)]
}

function noArgument(label: string, name: string, names: readonly string[]): string {
  const takes = names.length === 0 ? 'It takes none' : `It takes: ${names.join(', ')}`
  return `${label} has no argument "${name}"${didYouMean(name, names)} ${takes}. (Text with "=" in it is given by name, or as :=JSON)`
}

async function argumentOf(
  what: string,
  input: Input,
  source: ArgumentSource,
  fetch: Fetch,
): Promise<unknown> {
  switch (source.kind) {
    case 'text':
      return converted(what, source.text, input.value)
    case 'json':
      return fromJson(what, source.text)
    default:
      return fetch(source)
  }
}

/** Plain JSON, with `$` for values that JSON has no notation for: `{"$datetime": "…"}` (spec/protocol.md, "JSON"). */
function fromJson(what: string, text: string): unknown {
  try {
    return json.decode(new TextEncoder().encode(text))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new UsageError(
      `${what}: not JSON: ${error.message}; text is to be in quotes: ${JSON.stringify(text)}`,
    )
  }
}

/** Text as a value of the default's kind, since nothing else says which the server expects. Throws UsageError. */
function converted(what: string, text: string, fallback: unknown): unknown {
  const expected = (type: string) =>
    new UsageError(
      `${what} takes ${type}, as its default does, not ${JSON.stringify(text)}; :=JSON sends anything`,
    )
  switch (typeof fallback) {
    case 'number':
    case 'bigint':
      return numeric(text) ?? raise(expected('a number'))
    case 'boolean':
      return truths.get(text.toLowerCase()) ?? raise(expected('true or false'))
    case 'object':
      return composite(what, text, fallback, expected)
    default:
      return text
  }
}

function composite(
  what: string,
  text: string,
  fallback: object | null,
  expected: (type: string) => Error,
): unknown {
  if (fallback === null) return text
  switch (kindOf(fallback)) {
    case 'date':
      return momentOf(text) ?? raise(expected('a time such as 2026-11-21T12:00:00Z'))
    case 'duration':
      return durationOf(text) ?? raise(expected('a duration such as PT1H30M'))
    case 'bytes':
      return new TextEncoder().encode(text)
    case 'set': {
      const list = fromJson(what, text)
      return Array.isArray(list) ? new Set(list) : list
    }
    case 'list':
    case 'dict':
    case 'map':
      return fromJson(what, text)
    default:
      return text
  }
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
])

/** Integers keep all their digits. */
function numeric(text: string): number | bigint | undefined {
  if (/^[+-]?\d+$/.test(text)) {
    const whole = Number(text)
    return Number.isSafeInteger(whole) ? whole : BigInt(text.replace(/^\+/, ''))
  }
  const value = Number(text)
  return text.trim() === '' || Number.isNaN(value) ? undefined : value
}

/** With a zone; or a day alone, which begins in UTC, as in JavaScript. */
const momentOf = (text: string): Date | undefined =>
  parseInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)

function durationOf(text: string): Duration | undefined {
  try {
    return Duration.parse(text)
  } catch {
    return undefined
  }
}

function raise(error: Error): never {
  throw error
}
