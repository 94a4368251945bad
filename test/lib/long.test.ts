// Long messages are decoded in parts: to the same values and errors as short ones, and with turns for others meanwhile.

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { LongCborDecoder } from '../../lib/cbor/decode-long.js'
import { cbor } from '../../lib/cbor/index.js'
import { DecodeError } from '../../lib/errors.js'
import { LongJsonDecoder } from '../../lib/json/decode-long.js'
import { json } from '../../lib/json/index.js'
import { Arrivals } from '../../lib/message/arrivals.js'
import type { Codec, DecodeOptions } from '../../lib/message/codec.js'
import { LongDecoder } from '../../lib/text/decode-long.js'
import { text } from '../../lib/text/index.js'
import { Blob } from '../../lib/values/blob.js'
import { Extension, Link, Page } from '../../lib/values/nodes.js'
import { vectors } from '../fuzz/messages.js'
import { hostileIntegers } from '../hostile-numbers.js'
import { values } from '../values.js'

type Decode = (bytes: Uint8Array, options?: DecodeOptions, resting?: () => void) => unknown

function run(steps: Generator<undefined, unknown>, resting?: () => void): unknown {
  for (;;) {
    const { value, done } = steps.next()
    if (done) return value
    resting?.()
  }
}

/** The root of a message, read in parts however short it is. */
const codecs: readonly (readonly [name: string, codec: Codec, inParts: Decode])[] = [
  [
    'text',
    text,
    (bytes, options = {}, resting) =>
      run(
        new LongDecoder(bytes, options, new Arrivals(options, true)).valueInParts(options.baseUrl, 0),
        resting,
      ),
  ],
  [
    'cbor',
    cbor,
    (bytes, options = {}, resting) => {
      const arrivals = new Arrivals(options, true)
      const decoder = new LongCborDecoder({ bytes, start: 0, end: bytes.length }, options, arrivals)
      return run(decoder.valueInParts(options.baseUrl, 0), resting)
    },
  ],
  [
    'json',
    json,
    (bytes, options = {}, resting) =>
      run(
        new LongJsonDecoder(bytes, options, new Arrivals(options, true)).valueInParts(options.baseUrl, 0),
        resting,
      ),
  ],
]

/** The value, or how it is refused. */
function outcome(decode: Decode, bytes: Uint8Array, options: DecodeOptions = {}): unknown {
  try {
    return decode(bytes, options)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return `${error.name}: ${error.message}`
  }
}

describe.each(codecs)('%s', (name, codec, inParts) => {
  it('reads any values in parts as it does at once', () => {
    fc.assert(
      fc.property(values, value => {
        const bytes = codec.encode([value, new Extension('x', { a: value }, [value])])
        expect(codec.encode(inParts(bytes))).toEqual(bytes)
      }),
      { numRuns: 300 },
    )
  })

  it('resolves and revives nodes as at once', () => {
    const node = (node: { name: string }) => [node.name, node]
    const options = { baseUrl: 'http://test/a/b/', node } as DecodeOptions
    const page = new Page({ url: '../c/' }, { link: new Link({ url: 'd' }, new Link({ url: 'e' })) })
    const bytes = codec.encode([page, new Map([[page, page]])])
    expect(inParts(bytes, options)).toEqual(codec.decode(bytes, options))
  })

  it('refuses what is wrong at the same byte', () => {
    const limits = [{}, { depth: 1 }, { collection: 1 }, { keyBytes: 3 }, { stringBytes: 2 }]
    let refused = 0
    // Roots alone are read here, without the frames that CBOR has them in before blobs.
    for (const vector of vectors(name).filter(bytes => name !== 'cbor' || bytes[1] !== 24)) {
      for (const limit of limits) {
        const options = { limits: limit, baseUrl: 'http://test/' }
        const wanted = outcome(codec.decode, vector, options)
        const found = outcome(inParts, vector, options)
        if (typeof wanted !== 'string' || !/Error: /.test(wanted)) continue
        if (/after the end|piece|blob|frame|stream/.test(wanted) || typeof found !== 'string') continue
        expect(found).toBe(wanted)
        refused++
      }
    }
    expect(refused).toBeGreaterThan(100)
  })

  it('reads long text in parts, wherever its characters end', () => {
    for (const character of ['é', '€', '😀', '"', '\n', '\\', 'a']) {
      for (let before = 0; before < 5; before++) {
        const value = ['x'.repeat(before) + character.repeat(150_000), 1]
        let rests = 0
        const decoded = inParts(codec.encode(value), {}, () => rests++)
        expect(decoded).toEqual(value)
        expect(rests).toBeGreaterThan(0)
      }
    }
  })

  it('refuses long text at the byte where it is wrong', () => {
    for (const place of [10, 131_071, 131_072, 131_073, 200_000]) {
      const bytes = codec.encode(['x'.repeat(300_000)])
      for (const wrong of [0x80, 0xff, 0xe2]) {
        bytes[place] = wrong
        expect(outcome(inParts, bytes)).toContain('ill-formed UTF-8')
        expect(outcome(inParts, bytes)).toBe(outcome(codec.decode, bytes))
      }
    }
  })

  it('refuses numbers that collide', () => {
    const bytes = codec.encode([new Set(hostileIntegers(2000)), new Map([[1, 2]])])
    expect(outcome(inParts, bytes)).toBe(outcome(codec.decode, bytes))
    expect(outcome(inParts, bytes)).toContain('fall together')
  })
})

test('the JSON of others is read in parts in any order of keys', () => {
  const [, , inParts] = codecs[2]!
  const link = '{"content":null,"attributes":{"url":"c"},"$extension":"link"}'
  const page = `{"content":{"a":[1,${link}]},"attributes":{"url":"/a/b/"},"$extension":"resource"}`
  const options = { baseUrl: 'http://test/x/' }
  const right = Buffer.from(
    `[${page},{"content":[${page}]},{"attributes":1},{"$dict":{"$set":1}},{"$set":[[1]]},{"$map":[[1,2]]},{"$blob":0}]`,
  )
  const whole = Buffer.concat([right, Buffer.from('{"$end":0}')])
  expect(inParts(right, options)).toEqual(json.decode(whole, options))
})

test('a character that is two escapes is read where a part ends', () => {
  const [, , inParts] = codecs[2]!
  for (let before = 131_050; before < 131_090; before++) {
    const bytes = Buffer.from(`"${'x'.repeat(before)}\\ud83d\\ude00\\u00e9é${'y'.repeat(150_000)}"`)
    expect(inParts(bytes)).toBe(json.decode(bytes))
  }
})

test.each([
  '{"$set":[1],"b":1}',
  '{"$map":[[1]]}',
  '{"$map":[[1,2,3]]}',
  '{"$map":[[1,2],[1,2]]}',
  '{"$set":[[1],[1]]}',
  '{"$set":1}',
  '{"a":1,"a":1}',
  '{"$x":1}',
  '{"content":1,"content":1,"$extension":"x"}',
  '{"$extension":"x","attributes":1}',
  '{"$extension":"x","b":1}',
  '[1 2]',
  '"\\',
  `"${'x'.repeat(140_000)}`,
  `"${'\\n'.repeat(140_000)}\\x"`,
  `"${'\\n'.repeat(140_000)}\\ud83d"`,
  `"${'\\n'.repeat(140_000)}\u0001"`,
  `"${'\\ude00'.repeat(60_000)}"`,
  '[1,]',
  '{"a" 1}',
  '{"a":1',
])('the JSON %.40s is refused in parts as at once', wrong => {
  const [, , inParts] = codecs[2]!
  const bytes = Buffer.from(`[${wrong}]`)
  expect(outcome(inParts, bytes)).toMatch(/^\w+Error: /)
  expect(outcome(inParts, bytes)).toBe(outcome(json.decode, bytes))
})

const rows = Array.from({ length: 10_000 }, (_, index) => ({ id: index, on: true }))
const long: readonly (readonly [kind: string, value: unknown])[] = [
  ['lists of dicts', rows],
  ['sets', Array.from({ length: 20_000 }, (_, index) => new Set([index]))],
  ['a set', new Set(Array.from({ length: 20_000 }, (_, index) => index / 2))],
  ['a map of lists', new Map(Array.from({ length: 10_000 }, (_, index) => [[index], [index]]))],
  ['one dict', Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, [index]]))],
  ['extensions', Array.from({ length: 10_000 }, (_, index) => new Extension('x', { index }, [index]))],
  ['the content of a page', new Page({ url: './' }, { rows })],
  ['attributes', new Extension('x', { rows }, null)],
]

/** The first bytes of a message with a blob, out of the frame that CBOR has them in. */
function rootOf(codec: Codec, blob: Blob): Uint8Array {
  const whole = codec.encode(blob)
  if (codec !== cbor) return whole
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(3)
  return whole.subarray(7, 7 + length)
}

function restsIn(inParts: Decode, bytes: Uint8Array): number {
  let rests = 0
  inParts(bytes, {}, () => rests++)
  return rests
}

describe.each(codecs)('%s', (_, codec, inParts) => {
  it.each(long)('rests after each 16 KiB or so of %s', (_, value) => {
    const bytes = codec.encode(value)
    let rests = 0
    const decoded = inParts(bytes, {}, () => rests++)
    expect(Buffer.compare(codec.encode(decoded), bytes)).toBe(0)
    expect(rests).toBeGreaterThan(3)
    expect(rests).toBeGreaterThanOrEqual(Math.floor(bytes.length / 20_000))
  })

  it('rests in what announces a blob', () => {
    const blob = new Blob(() => new Uint8Array(1), { 'content-type': 'a/b', rows }, 1)
    const rests = restsIn(inParts, rootOf(codec, blob))
    expect(rests).toBeGreaterThan(3)
  })

  it('rests in an ordered dict that begins like a dict', () => {
    if (codec === json) return
    const entries = Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index] as const)
    const dict = codec.encode(Object.fromEntries(entries))
    // One entry more, whose key is no text.
    const size = new DataView(dict.buffer, dict.byteOffset)
    if (codec === cbor) size.setUint16(1, size.getUint16(1) + 1)
    const end = codec === cbor ? Buffer.from([1, 1]) : Buffer.from('i1;i1;;')
    const bytes = Buffer.concat([codec === cbor ? dict : dict.subarray(0, -1), end])
    let decoded: unknown
    const read: Decode = (...args) => (decoded = inParts(...args))
    expect(restsIn(read, bytes)).toBeGreaterThan(bytes.length / 20_000 + 3)
    expect(decoded).toEqual(new Map<unknown, unknown>([...entries, [1, 1]]))
  })

  it('gives others their turns while it reads what has arrived', async () => {
    const value = Array.from({ length: 30 }, () => rows)
    const bytes = codec.encode(value)
    async function* arriving() {
      yield bytes
    }
    let turns = 0
    let reading = true
    const watch = () => {
      turns++
      if (reading) setImmediate(watch)
    }
    setImmediate(watch)
    const decoded = await codec.decodeStream(arriving())
    reading = false
    // It takes a tenth of a second at least, and a turn takes 10 ms.
    expect(turns).toBeGreaterThan(3)
    expect(codec.encode(decoded).length).toBe(bytes.length)
  })
})
