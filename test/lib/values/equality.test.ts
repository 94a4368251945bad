// Which values the format holds for the same item of a set, or the same key.

import { describe, expect, it } from 'vitest'
import { cbor } from '../../../lib/cbor/index.js'
import { json } from '../../../lib/json/index.js'
import { text } from '../../../lib/text/index.js'
import { blob } from '../../../lib/values/blob.js'
import { Duration } from '../../../lib/values/duration.js'
import { areSame, Equality } from '../../../lib/values/equality.js'
import { Instant } from '../../../lib/values/instant.js'
import { Extension, Link } from '../../../lib/values/nodes.js'

const deep = { limits: { depth: 300 } }

const same: readonly (readonly [name: string, a: unknown, b: unknown])[] = [
  ['numbers', 1, 1],
  ['a safe bigint and the number', 1n, 1],
  ['NaN', Number.NaN, Number.NaN],
  ['undefined and null, both nil', undefined, null],
  ['lists', [1, [2]], [1, [2]]],
  ['lists with undefined and null', [undefined], [null]],
  ['dicts in any order', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['a dict with a key that is left out', { a: undefined }, {}],
  ['dicts without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ['sets in any order', new Set([1, [2]]), new Set([[2], 1])],
  ['maps', new Map([[[1], 2]]), new Map([[[1], 2]])],
  ['bytes', Uint8Array.of(1, 200), Buffer.from([1, 200])],
  ['dates', new Date(5), new Instant(5, 0)],
  ['durations', new Duration({ minutes: 1 }), new Duration({ seconds: 60 })],
  ['nodes', new Link({ url: 'a' }), new Link({ url: 'a' })],
]

const different: readonly (readonly [name: string, a: unknown, b: unknown])[] = [
  ['a number and its text', 1, '1'],
  ['1 and true', 1, true],
  ['a bigint and the float near it', 2n ** 64n, 2 ** 64],
  ['0 and an empty text', 0, ''],
  ['nil and false', null, false],
  ['a list and its text', [1], '[1]'],
  ['texts that look like identities', 'object 1', 'uobject 1'],
  ['a text and one with its quotes', 'object 1', 'object "object 1"'],
  ['lists nested otherwise', [[1], 2], [1, [2]]],
  ['lists of texts', ['a,b'], ['a', 'b']],
  ['−0 and 0 in a list', [-0], [0]],
  [
    'maps in another order',
    new Map([
      [1, 1],
      [2, 2],
    ]),
    new Map([
      [2, 2],
      [1, 1],
    ]),
  ],
  ['a dict and a map', { a: 1 }, new Map([['a', 1]])],
  ['a set and a list', new Set([1]), [1]],
  ['bytes', Uint8Array.of(1, 2), Uint8Array.of(12)],
  ['bytes beside each other', [Uint8Array.of(0x31), Uint8Array.of()], [Uint8Array.of(), Uint8Array.of(0x31)]],
  ['dates below the millisecond', new Date(5), new Instant(5, 1)],
  ['a year and 365 days', new Duration({ years: 1 }), new Duration({ days: 365 })],
  ['nodes of another name', new Extension('a'), new Extension('b')],
  ['attributes and content', new Extension('a', { x: 1 }), new Extension('a', {}, { x: 1 })],
  ['blobs, each itself', blob('a'), blob('a')],
  ['functions, each itself', () => 1, () => 1],
]

const wraps: readonly (readonly [name: string, wrap: (value: unknown) => unknown])[] = [
  ['in a list', value => [0, value]],
  ['in a set', value => new Set([value])],
  ['as a key', value => new Map([[value, 0]])],
  ['in sets of sets', value => new Set([new Set([1, new Set([value])]), [value]])],
]

describe('the same item', () => {
  it.each(wraps)('%s', (_, wrap) => {
    for (const [, a, b] of same) expect(areSame(wrap(a), wrap(b))).toBe(true)
    for (const [, a, b] of different) {
      expect(areSame(wrap(a), wrap(b))).toBe(false)
    }
  })

  it.each(same)('%s', (_, a, b) => {
    expect(areSame(a, b)).toBe(true)
    expect(new Equality().firstDuplicate([a, b])).toEqual(typeof a === 'number' ? undefined : { item: b })
  })
})

describe('another item', () => {
  it.each(different)('%s', (_, a, b) => {
    expect(areSame(a, b)).toBe(false)
    expect(new Equality().firstDuplicate([a, b])).toBeUndefined()
  })
})

it('ends for an object that holds itself', () => {
  const cycle: unknown[] = []
  cycle.push(cycle, cycle)
  expect(areSame(cycle, cycle)).toBe(true)
  expect(new Equality().firstDuplicate([cycle, [1]])).toBeUndefined()
})

it('describes sets in sets once, however deep: else each level would describe all below it', () => {
  const started = performance.now()
  let message: unknown = Array(20_000).fill(0)
  for (let level = 0; level < 100; level++) message = new Set([[message], level])
  for (const codec of [cbor, json, text]) codec.decode(codec.encode(message, deep), deep)
  expect(performance.now() - started).toBeLessThan(5000)
})
