// Items of sets and keys of maps that somebody chose so that they fall together in the tables of the engine.

import { describe, expect, it, test } from 'vitest'
import { cbor } from '../../../lib/cbor/index.js'
import { DecodeError, LimitError } from '../../../lib/errors.js'
import { json } from '../../../lib/json/index.js'
import { text } from '../../../lib/text/index.js'
import { hostileBigints, hostileFloats, hostileIntegers, hostileTexts } from '../../hostile-numbers.js'

const codecs = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
] as const

const integers = hostileIntegers(3000)
const floats = hostileFloats(3000)

const hostile: readonly (readonly [name: string, items: readonly unknown[]])[] = [
  ['integers', integers],
  ['floats', floats],
  ['bigints', hostileBigints(3000)],
  ['long texts of one length', hostileTexts(200)],
  ['integers among other items', integers.flatMap(item => [item, `t${item}`, [item]])],
]

const harmless: readonly (readonly [name: string, item: (index: number) => unknown])[] = [
  ['consecutive integers', index => index],
  ['negative integers', index => -index],
  ['multiples of a power of two', index => index * 2 ** 12],
  ['multiples of a million', index => index * 1e6],
  ['times in milliseconds', index => 1_700_000_000_000 + index * 60_000],
  ['halves', index => index + 0.5],
  ['tenths', index => index / 10],
  ['tiny fractions', index => index * 2 ** -1000],
  ['huge numbers', index => (index + 1) * 2 ** 900],
  ['64-bit identifiers', index => 175_928_847_299_117_063n + BigInt(index) * 4_194_304n],
  ['short texts of one length', index => String(index).padStart(100, '0')],
  ['lists', index => [index % 7, index]],
  ['long lists of one length', index => (index < 500 ? [index, 'x'.repeat(17_000)] : index)],
]

const mapOf = (items: readonly unknown[]) => new Map(items.map(item => [item, 1]))
const bytesOf = (items: readonly unknown[]) => Uint8Array.from(items as number[])

describe.each(codecs)('%s', (_, codec) => {
  it.each(hostile)('refuses %s that were chosen to collide, in sets and as keys', (_, items) => {
    for (const value of [new Set(items), mapOf(items), [{ a: new Set(items) }]]) {
      const bytes = codec.encode(value)
      const refused = expect.objectContaining({
        problem: 'items or keys that were chosen to fall together in a table',
      })
      expect(() => codec.decode(bytes)).toThrow(refused)
      expect(() => codec.decode(bytes)).toThrow(DecodeError)
      expect(() => codec.decode(bytes)).not.toThrow(LimitError)
    }
  })

  it('refuses them in many small sets too, once they are many', () => {
    const few = hostileIntegers(300)
    const sets = Array.from({ length: 100 }, () => new Set(few))
    const bytes = codec.encode(sets)
    expect(() => codec.decode(bytes)).toThrow(/fall together/)
    codec.decode(codec.encode(sets.slice(0, 3)))
  })

  it.each(hostile)('takes some %s that collide, as happens by chance', (_, items) => {
    const some = items.slice(0, 20)
    expect(codec.decode(codec.encode(new Set(some)))).toEqual(new Set(some))
  })

  it.each(harmless)('takes %s, however many', (_, item) => {
    const set = new Set(Array.from({ length: 20_000 }, (_, index) => item(index)))
    expect((codec.decode(codec.encode(set)) as Set<unknown>).size).toBe(20_000)
  })

  it('takes lists of them, which are in no table', () => {
    const items = integers
    expect(codec.decode(codec.encode([items, floats]))).toEqual([items, floats])
  })

  it('finds a second item among many', () => {
    const items = [...Array.from({ length: 1000 }, (_, index) => index), 1.5, 2n ** 70n, 'x', [1], null]
    for (const item of items.slice(990)) {
      const once = codec.encode(new Set(items))
      const twice = codec.encode([...items, item])
      expect(codec.decode(once)).toEqual(new Set(items))
      expect(() => codec.decode(asSet(twice, codec.encode([...items])))).toThrow(/duplicate item/)
    }
    /** The bytes of a list as those of a set, in any of the formats. */
    function asSet(list: Uint8Array, _: Uint8Array): Uint8Array {
      if (codec === cbor) return bytesOf([0xd9, 0x01, 0x02, ...list])
      if (codec === json) return Buffer.from(`{"$set":${Buffer.from(list)}}`)
      return Buffer.from(`S${Buffer.from(list).toString().slice(1)}`)
    }
  })
})

test('what is counted is what the engine does: such items take many times as long as others', () => {
  const time = (items: readonly unknown[]) => {
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now()
      new Set(items)
      return performance.now() - began
    })
    return Math.min(...times)
  }
  const harmless = Math.max(time(Array.from({ length: 3000 }, (_, index) => index + 0.5)), 0.1)
  for (const items of [integers, floats, hostileBigints(3000)])
    expect(time(items) / harmless).toBeGreaterThan(5)
})
