// Values of the format, made at random, and a description by which two of them can be compared exactly.

import fc from 'fast-check'
import { Blob } from '../lib/values/blob.js'
import { Duration } from '../lib/values/duration.js'
import { Equality } from '../lib/values/equality.js'
import { Fault, type FaultOptions } from '../lib/values/fault.js'
import { Instant, instant, nanosecondsOf } from '../lib/values/instant.js'
import { Extension, Form, Input, Link, Page } from '../lib/values/nodes.js'

/** Keys and texts that something on the way could take for more than data. */
const awkward = ['__proto__', 'constructor', 'toJSON', 'then', 'hasOwnProperty', 'length', '0', '10', '9', '']
const tagged = ['$set', '$dict', '$', '$extension', 'attributes', 'content', 'object 1', 'uobject 1', 'url']

export const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(...awkward, ...tagged, '\ufeff', '\u0000', '😀', 'ü', '\u2028', '"\\;:', 'x'.repeat(300)),
)

const isSafe = (value: bigint) => value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER

const bigints = fc
  .oneof(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.bigInt({ min: -(2n ** 500n), max: 2n ** 500n }))
  .map(value => (isSafe(value) ? Number(value) : value))

const dates = fc
  .tuple(fc.date({ noInvalidDate: true }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 999_999 })))
  .map(([date, nanoseconds]) => instant(date.getTime(), nanoseconds))

const durations = fc
  .record({
    sign: fc.constantFrom(1, -1),
    months: fc.oneof(fc.constant(0), fc.maxSafeNat()),
    seconds: fc.oneof(fc.nat(100_000), fc.maxSafeNat()),
    nanoseconds: fc.oneof(fc.constant(0), fc.nat(999_999_999)),
  })
  .map(
    ({ sign, months, seconds, nanoseconds }) =>
      new Duration({ months: sign * months, seconds: sign * seconds, nanoseconds: sign * nanoseconds }),
  )

export const scalars: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, 0, -0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32, -(2 ** 32) - 1),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  bigints,
  texts,
  fc.uint8Array({ maxLength: 300 }),
  dates,
  durations,
)

/** Without those that are the same item on the wire, or to a Set of JavaScript. */
function unique<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  const seen = new Set<unknown>()
  const equality = new Equality()
  return items.filter(item => {
    const identity = equality.of(keyOf(item))
    return !seen.has(identity) && seen.add(identity)
  })
}

const reserved = new Set(['link', 'form', 'input', 'resource', 'error'])
const names = texts.filter(name => !reserved.has(name))
const attributesOf = (item: fc.Arbitrary<unknown>) =>
  dictOf(item).map(dict => ({ ...dict, ...('url' in dict ? { url: '../x/' } : {}) }))

function dictOf(item: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(texts, item), { maxLength: 6 }).map(Object.fromEntries)
}

function faultOf(item: fc.Arbitrary<unknown>): fc.Arbitrary<Fault> {
  const options = fc.record(
    {
      code: texts,
      status: fc.integer({ min: 400, max: 599 }),
      origin: texts,
      logref: texts,
      details: dictOf(item),
    },
    { requiredKeys: [] },
  )
  return fc.tuple(texts, options).map(([message, given]) => new Fault(message, given as FaultOptions))
}

function nodeOf(item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const attributes = attributesOf(item)
  const content = fc.oneof(fc.constant(null), item)
  const inputs = fc.array(
    attributes.map(given => new Input(given)),
    { maxLength: 3 },
  )
  return fc.oneof(
    fc.tuple(attributes, content).map(([given, inner]) => new Link(given, inner)),
    fc
      .tuple(attributes, content, inputs)
      .map(([given, inner, values]) => new Form({ ...given, values }, inner)),
    fc.tuple(attributes, content).map(([given, inner]) => new Input(given, inner)),
    fc.tuple(attributes, dictOf(item)).map(([given, inner]) => new Page(given, inner)),
    fc.tuple(names, attributes, content).map(([name, given, inner]) => new Extension(name, given, inner)),
    faultOf(item),
  )
}

function valuesWith(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>(tie => {
    const item = tie('value')
    const items = fc.array(item, { maxLength: 6 })
    const pairs = fc.array(fc.tuple(item, item), { maxLength: 5 })
    return {
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        items,
        items.map(all => new Set(unique(all, one => one))),
        pairs.map(all => new Map(unique(all, ([key]) => key))),
        dictOf(item),
        nodeOf(item),
      ),
    }
  }).value
}

/** Any value without blobs. */
export const values: fc.Arbitrary<unknown> = valuesWith(scalars)

const blobs = fc
  .tuple(fc.uint8Array({ maxLength: 200 }), attributesOf(scalars))
  .map(([bytes, attributes]) => new Blob(bytes, attributes))

/** Any value, with blobs here and there. */
export const valuesWithBlobs: fc.Arbitrary<unknown> = valuesWith(fc.oneof(scalars, blobs))

/** Says all that the format says of a value: two values are the same exactly when these texts are. */
export async function describeValue(value: unknown): Promise<string> {
  return JSON.stringify(await described(value))
}

async function described(value: unknown): Promise<unknown> {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `number ${value}`
  if (typeof value === 'bigint') return `bigint ${value}`
  if (typeof value === 'string') return `text ${value}`
  if (typeof value !== 'object' || value === null) return `${value}`
  if (Array.isArray(value)) return ['list', ...(await all(value))]
  if (value instanceof Set) return ['set', ...(await all(value))]
  if (value instanceof Map) return ['map', ...(await all([...value].flat()))]
  if (value instanceof Blob) return ['blob', await described(value.attributes), ...(await value.bytes())]
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) return ['dict', ...(await all(Object.entries(value).flat()))]
  const { name } = prototype.constructor as { name: string }
  if (value instanceof Uint8Array) return [name, ...value]
  if (value instanceof Duration) return [name, value.months, value.seconds, value.nanoseconds]
  if (value instanceof Date) {
    return [value instanceof Instant ? 'Instant' : name, value.getTime(), nanosecondsOf(value)]
  }
  if (value instanceof Fault) {
    return ['fault', value.status, await described(value.attributes), await described(value.details)]
  }
  if (value instanceof Extension) {
    const parts = [await described(value.given), await described(value.content)]
    return [name, value.name, value.base ?? null, ...parts]
  }
  throw new TypeError(`unexpected instance of ${name}`)
}

async function all(items: Iterable<unknown>): Promise<unknown[]> {
  const parts: unknown[] = []
  // One after the other: blobs of a stream are read in their order.
  for (const item of items) parts.push(await described(item))
  return parts
}

/** Bytes in pieces that end at these places, each a chunk of its own. */
export async function* cutAt(bytes: Uint8Array, places: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...places.map(place => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    yield bytes.slice(start, end)
    start = end
  }
}

/** Bytes in pieces of one size. */
export async function* split(bytes: Uint8Array, size = 1): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size)
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return new Uint8Array(Buffer.concat(all))
}
