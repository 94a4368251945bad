// What holds for every value in every codec: it arrives as it was sent, whichever way it took.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cbor } from '../../lib/cbor/index.js'
import { DecodeError } from '../../lib/errors.js'
import { json } from '../../lib/json/index.js'
import type { Codec } from '../../lib/message/codec.js'
import { text } from '../../lib/text/index.js'
import { Duration } from '../../lib/values/duration.js'
import { Instant } from '../../lib/values/instant.js'
import { Extension, Form, Input, Link, Page } from '../../lib/values/nodes.js'
import { collect, cutAt, describeValue, values, valuesWithBlobs } from '../values.js'

const codecs: readonly (readonly [name: string, codec: Codec])[] = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
]
const pairs = codecs.flatMap(([from, a]) => codecs.map(([to, b]) => [from, to, a, b] as const))

const many = { numRuns: 60 }
const some = { numRuns: 20 }

describe.each(codecs)('%s', (_, codec) => {
  it('decodes what it encoded to the same value', async () => {
    await fc.assert(
      fc.asyncProperty(values, async value => {
        expect(await describeValue(codec.decode(codec.encode(value)))).toBe(await describeValue(value))
      }),
      many,
    )
  })

  it('does so for blobs too', async () => {
    await fc.assert(
      fc.asyncProperty(valuesWithBlobs, async value => {
        expect(await describeValue(codec.decode(codec.encode(value)))).toBe(await describeValue(value))
      }),
      some,
    )
  })

  it('streams the same bytes as it encodes at once', async () => {
    await fc.assert(
      fc.asyncProperty(valuesWithBlobs, async value => {
        const streamed = await collect(codec.encodeStream(value))
        expect(Buffer.from(streamed).equals(codec.encode(value))).toBe(true)
      }),
      some,
    )
  })

  it('decodes a stream that is cut anywhere to the same value', async () => {
    await fc.assert(
      fc.asyncProperty(valuesWithBlobs, fc.array(fc.nat(), { maxLength: 12 }), async (value, places) => {
        const streamed = await codec.decodeStream(cutAt(codec.encode(value), places))
        expect(await describeValue(streamed)).toBe(await describeValue(value))
      }),
      some,
    )
  })

  it('does not change what it encodes', async () => {
    await fc.assert(
      fc.asyncProperty(valuesWithBlobs, async value => {
        const before = await describeValue(value)
        codec.encode(value)
        expect(await describeValue(value)).toBe(before)
      }),
      some,
    )
  })

  it('fails with a DecodeError inside the message, and with no other error, for bytes that are damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(valuesWithBlobs, damage, (value, flips) => {
        const bytes = codec.encode(value)
        for (const [place, bits] of flips) bytes[place % bytes.length]! ^= bits
        const error = failure(() => codec.decode(bytes, { baseUrl: 'http://localhost/' }))
        expect(error === undefined || (error instanceof DecodeError && error.offset <= bytes.length)).toBe(
          true,
        )
      }),
      { numRuns: 120 },
    )
  })

  it('fails with a DecodeError where a message in brackets is cut off', () => {
    fc.assert(
      fc.property(valuesWithBlobs, fc.nat(), (value, place) => {
        const bytes = codec.encode([value])
        const end = place % (bytes.length - (bytes.at(-1) === 0x0a ? 1 : 0))
        expect(failure(() => codec.decode(bytes.subarray(0, end)))).toBeInstanceOf(DecodeError)
      }),
      { numRuns: 60 },
    )
  })
})

it.each(pairs)('what %s decoded is, sent on in %s, the same bytes as if it were sent directly', (...row) => {
  const [, , first, second] = row
  fc.assert(
    fc.property(values, value => {
      const passed = second.encode(first.decode(first.encode(value)))
      expect(Buffer.from(passed).equals(second.encode(value))).toBe(true)
    }),
    many,
  )
})

function failure(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

const nested = new Page(
  { url: './u/', name: 'U' },
  {
    link: new Link({ url: 'a' }, new Link({ url: 'b' })),
    form: new Form({ url: 'f', values: [new Input({ name: 'x', value: new Set([1]) })] }),
    other: new Extension('colour', { space: 'rgb' }, [new Extension('', {}, null)]),
  },
)

const extremes: readonly (readonly [name: string, value: unknown])[] = [
  ...[2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n, 2n ** 64n + 1n, 2n ** 100n].flatMap(
    value => [[`${value}`, value] as const, [`-${value}`, -value] as const],
  ),
  ...[2 ** 53, -(2 ** 53), 2 ** 64, 1e21, 1e300, 5e-324, -5e-324, Number.MAX_VALUE, Number.EPSILON].map(
    value => [`float ${value}`, value] as const,
  ),
  ['-0', -0],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['4-byte UTF-8', '\u{10ffff}\u{10000}😀'],
  ['noncharacters', '\uffff\ufffe\ufdd0'],
  ['a byte-order mark', '\ufeff'],
  ['long text of many bytes', '€'.repeat(30_000)],
  ['the year 9999', new Date('9999-12-31T23:59:59.999Z')],
  ['the year 10000', new Date('+010000-01-01T00:00:00.000Z')],
  ['the year 1', new Date('0001-01-01T00:00:00.001Z')],
  ['the first date', new Date(-8.64e15)],
  ['the last date', new Date(8.64e15)],
  ['a nanosecond', new Instant(0, 1)],
  ['the nanosecond before 1970', new Instant(-1, 999_999)],
  ['microseconds', new Instant(1_795_262_400_123, 456_000)],
  [
    'a set of composites',
    new Set<unknown>([[1], { a: 1 }, new Set([1]), new Map([[1, 2]]), new Date(0), null]),
  ],
  [
    'a map with composite keys',
    new Map<unknown, unknown>([
      [[1], 1],
      [{ a: 1 }, 2],
      [new Set([1]), 3],
      [null, 4],
    ]),
  ],
  [
    'a map with keys alike',
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', 'b'],
      [true, 'c'],
      ['true', 'd'],
      [1.5, 'e'],
    ]),
  ],
  [
    'a map in an order of its own',
    new Map([
      ['b', 1],
      ['a', 2],
      ['1', 3],
      ['0', 4],
    ]),
  ],
  ['key __proto__', JSON.parse('{"__proto__":{"x":1},"constructor":null}')],
  ['keys like indexes', { 10: 'a', 9: 'b', '-1': 'c', '01': 'd', b: 1, a: 2 }],
  ['nothing in anything', [[], {}, new Set(), new Map(), '', new Uint8Array(0)]],
  ['no duration', new Duration({})],
  ['a negative fraction of a second', new Duration({ nanoseconds: -1 })],
  ['a negative duration with months', new Duration({ months: -14, days: -3, milliseconds: -1 })],
  [
    'the longest duration',
    new Duration({ months: 2 ** 53 - 1, seconds: 2 ** 53 - 1, nanoseconds: 999_999_999 }),
  ],
  ['nodes in nodes', nested],
]

describe.each(extremes)('%s', (_, value) => {
  it.each(pairs)('survives %s, then %s', async (...row) => {
    const [, , first, second] = row
    const arrived = second.decode(second.encode(first.decode(first.encode(value))))
    const isSafeBigint = typeof value === 'bigint' && Number.isSafeInteger(Number(value))
    expect(await describeValue(arrived)).toBe(await describeValue(isSafeBigint ? Number(value) : value))
  })
})

it.each(pairs)('URLs resolve the same in %s and %s', async (...row) => {
  const [, , first, second] = row
  const options = { baseUrl: 'http://localhost/api/' }
  const arrived = first.decode(first.encode(nested), options) as Page
  expect(await describeValue(second.decode(second.encode(nested), options))).toBe(
    await describeValue(arrived),
  )
  expect((arrived.content as { link: Link }).link.url).toBe('http://localhost/api/u/a')
})
