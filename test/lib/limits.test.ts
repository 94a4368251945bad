// What a receiver is willing to hold: each limit at its boundary and one over it, in every codec.

import { describe, expect, it } from 'vitest'
import { cbor } from '../../lib/cbor/index.js'
import { EncodeError, LimitError } from '../../lib/errors.js'
import { json } from '../../lib/json/index.js'
import { bytesOfDigits } from '../../lib/limits.js'
import { text } from '../../lib/text/index.js'
import { Extension, Link, Page } from '../../lib/values/nodes.js'
import { split } from '../values.js'

const codecs = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
] as const

/** A value that is so many collections deep. */
const shapes: readonly (readonly [name: string, wrap: (inner: unknown) => unknown])[] = [
  ['lists', inner => [inner]],
  ['dicts', inner => ({ a: inner })],
  ['sets', inner => new Set([inner])],
  ['maps', inner => new Map([[1, inner]])],
  ['keys of maps', inner => new Map([[inner, 1]])],
  ['extensions', inner => new Extension('x', {}, inner)],
  ['pages', inner => new Page({ url: './' }, { a: inner })],
  ['links in attributes', inner => new Link({ a: inner })],
]

function nested(wrap: (inner: unknown) => unknown, levels: number, leaf: unknown): unknown {
  let value = leaf
  for (let level = 0; level < levels; level++) value = wrap(value)
  return value
}

describe.each(codecs)('%s', (_, codec) => {
  const unlimited = { limits: { depth: 2000 } }

  it.each(shapes)('nests %s to the depth that is allowed, on both sides', (_, wrap) => {
    for (const leaf of [[], 1, new Date(0), Uint8Array.of(1), 'x']) {
      let deepest = 60
      while (deepest < 200) {
        const value = nested(wrap, deepest + 1, leaf)
        try {
          codec.encode(value)
        } catch {
          break
        }
        deepest++
      }
      expect(deepest).toBeGreaterThan(60)
      expect(deepest).toBeLessThanOrEqual(128)
      codec.decode(codec.encode(nested(wrap, deepest, leaf)))
      const over = nested(wrap, deepest + 1, leaf)
      expect(() => codec.encode(over)).toThrow(EncodeError)
      const bytes = codec.encode(over, unlimited)
      expect(() => codec.decode(bytes)).toThrow(
        expect.objectContaining({ name: 'LimitError', limit: 'depth' }),
      )
      codec.decode(bytes, unlimited)
    }
  })

  it('counts the items of a collection', () => {
    for (const value of [
      [1, 2, 3],
      new Set([1, 2, 3]),
      { a: 1, b: 2, c: 3 },
      new Map([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
    ]) {
      const bytes = codec.encode(value)
      expect(codec.decode(bytes, { limits: { collection: 3 } })).toEqual(value)
      expect(() => codec.decode(bytes, { limits: { collection: 2 } })).toThrow(
        expect.objectContaining({ name: 'LimitError', limit: 'collection' }),
      )
    }
  })

  it.each([
    ['text', 'x'.repeat(30)],
    ['text of more than a byte each', 'é'.repeat(15)],
    ['bytes', new Uint8Array(30)],
  ])('counts the bytes of a string: %s', (_, value) => {
    const bytes = codec.encode([value])
    expect(codec.decode(bytes, { limits: { stringBytes: 30 } })).toEqual([value])
    expect(() => codec.decode(bytes, { limits: { stringBytes: 29 } })).toThrow(
      expect.objectContaining({ name: 'LimitError', limit: 'stringBytes' }),
    )
  })

  it('counts the bytes of a key', () => {
    const bytes = codec.encode({ [`k${'x'.repeat(29)}`]: 1 })
    codec.decode(bytes, { limits: { stringBytes: 30 } })
    expect(() => codec.decode(bytes, { limits: { stringBytes: 29 } })).toThrow(
      expect.objectContaining({ name: 'LimitError', limit: 'stringBytes' }),
    )
  })

  it('has shorter keys than strings, where they are the keys of a dict', () => {
    const limit = (keyBytes: number) => ({ limits: { keyBytes } })
    const long = 'x'.repeat(30)
    const dicts = [{ [long]: 1 }, new Extension('x', { [long]: 1 }, null), [{ a: { [long]: 1 } }]]
    for (const value of dicts) {
      codec.decode(codec.encode(value), limit(30))
      expect(() => codec.decode(codec.encode(value), limit(29))).toThrow(
        expect.objectContaining({ name: 'LimitError', limit: 'keyBytes' }),
      )
    }
    for (const value of [new Map([[long, 1]]), new Set([long]), long])
      codec.decode(codec.encode(value), limit(29))
  })

  it('counts the digits of an integer', () => {
    const digits = 40
    const over = codec === cbor ? 256n ** BigInt(bytesOfDigits(digits)) : 10n ** BigInt(digits)
    const limits = { integerDigits: digits }
    for (const value of [10n ** 40n - 1n, -(10n ** 40n) + 1n]) {
      expect(codec.decode(codec.encode(value), { limits })).toBe(value)
    }
    for (const value of [over, -over - 1n]) {
      expect(() => codec.decode(codec.encode(value), { limits })).toThrow(
        expect.objectContaining({ name: 'LimitError', limit: 'integerDigits' }),
      )
    }
  })

  it('reads 16,384 digits quickly, and no more', () => {
    const value = 10n ** 16_383n
    expect(codec.decode(codec.encode(value))).toBe(value)
    expect(() => codec.decode(codec.encode(10n ** 16_400n))).toThrow(LimitError)
  })

  it('counts the bytes of a root that arrives', async () => {
    const bytes = codec.encode(['x'.repeat(500)])
    const exact = await codec.decodeStream(split(bytes, 7), { limits: { messageBytes: bytes.length } })
    expect(exact).toEqual(['x'.repeat(500)])
    const over = codec.decodeStream(split(bytes, 7), { limits: { messageBytes: bytes.length - 1 } })
    await expect(over).rejects.toMatchObject({ name: 'LimitError', limit: 'messageBytes' })
  })

  it('names the path to a cycle', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(() => codec.encode({ a: [cycle] })).toThrow(/nested deeper than 128, or in a cycle/)
    const inSets = new Set<unknown>([[1]])
    inSets.add([inSets])
    expect(() => codec.encode(inSets)).toThrow(EncodeError)
  })
})
