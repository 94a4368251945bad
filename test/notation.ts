// The notation of values in spec/vectors: JSON with `$`-tagged objects. Independent of the codecs.

import { Blob } from '../lib/values/blob.js'
import { Duration } from '../lib/values/duration.js'
import { Fault } from '../lib/values/fault.js'
import { formatInstant, parseInstant } from '../lib/values/instant.js'
import { revive } from '../lib/values/node-table.js'
import { type Attributes, Extension } from '../lib/values/nodes.js'
import { ItemStream } from '../lib/values/stream.js'

type Dict = { [key: string]: unknown }

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const bytesOf = (text: unknown) => new Uint8Array(Buffer.from(text as string, 'base64'))
const floats = [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
const floatNames = ['-0', 'nan', 'inf', '-inf']

const dictOf = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries) as Dict

/** The notation of a decoded value; blobs are read. */
export async function notationOf(value: unknown): Promise<unknown> {
  if (typeof value === 'bigint') return { $integer: String(value) }
  if (typeof value === 'number') {
    const index = floats.findIndex(float => Object.is(float, value))
    return index < 0 ? value : { $float: floatNames[index] }
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return all(value)
  if (value instanceof Uint8Array) return { $bytes: base64(value) }
  if (value instanceof Set) return { $set: await all(value) }
  if (value instanceof Map) return { $map: await all(value) }
  if (value instanceof Date) return { $datetime: formatInstant(value) }
  if (value instanceof Duration) return { $timedelta: String(value) }
  if (value instanceof Blob) {
    return { $blob: await notationOf(value.attributes), bytes: base64(await value.bytes()) }
  }
  if (value instanceof ItemStream) return streamNotation(value)
  if (value instanceof Extension || value instanceof Fault) {
    const attributes = await notationOf(value.attributes)
    return { $extension: value.name, attributes, content: await notationOf(value.content) }
  }
  const entries: [string, unknown][] = []
  for (const [key, item] of Object.entries(value)) entries.push([key, await notationOf(item)])
  const dict = dictOf(entries)
  return entries.some(([key]) => key.startsWith('$')) ? { $dict: dict } : dict
}

/** Items are looked at as they come, and what a stream broke with after them. */
async function streamNotation(stream: ItemStream): Promise<unknown> {
  const items: unknown[] = []
  try {
    for await (const item of stream) items.push(await notationOf(item))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { $stream: items, error: await notationOf(error) }
  }
  return { $stream: items }
}

function* streamOf(items: readonly unknown[], error: unknown): Generator<unknown> {
  yield* items
  if (error !== undefined) throw error
}

async function all(items: Iterable<unknown>): Promise<unknown[]> {
  const notations: unknown[] = []
  // One after the other: blobs of a stream are read in their order.
  for (const item of items) notations.push(await notationOf(item))
  return notations
}

/** The value that a notation stands for. */
export function fromNotation(notation: unknown): unknown {
  if (typeof notation !== 'object' || notation === null) return notation
  if (Array.isArray(notation)) return notation.map(fromNotation)
  const tagged = notation as Dict
  const [tag = ''] = Object.keys(tagged)
  const content = tagged[tag]
  const items = () => (content as unknown[]).map(fromNotation)
  switch (tag) {
    case '$integer':
      return BigInt(content as string)
    case '$float':
      return floats[floatNames.indexOf(content as string)] ?? Number(content)
    case '$bytes':
      return bytesOf(content)
    case '$set':
      return new Set(items())
    case '$map':
      return new Map(items() as [unknown, unknown][])
    case '$datetime':
      return parseInstant(content as string)
    case '$timedelta':
      return Duration.parse(content as string)
    case '$blob':
      return new Blob(bytesOf(tagged.bytes), fromEntries(content as Dict))
    case '$extension': {
      const attributes = fromEntries(tagged.attributes as Dict) as Attributes
      return revive(content as string, attributes, fromNotation(tagged.content), undefined, 0)
    }
    case '$stream':
      return streamOf(items(), tagged.error && fromNotation(tagged.error))
    case '$dict':
      return fromEntries(content as Dict)
    default:
      return fromEntries(tagged)
  }
}

const fromEntries = (dict: Dict) =>
  dictOf(Object.entries(dict).map(([key, item]) => [key, fromNotation(item)] as const))
