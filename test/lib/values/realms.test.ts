// Values of other realms (node:vm, Jest, frames), and of subclasses: what they are, in every codec.

import vm from 'node:vm'
import { describe, expect, test } from 'vitest'
import { cbor, json, text } from '../../../lib/codecs.js'
import { isDict } from '../../../lib/plain.js'
import { kindOf } from '../../../lib/values/kind.js'

const foreign = (source: string): object => vm.runInNewContext(`(${source})`)
class List extends Array<number> {}
class Table extends Map<string, number> {}
class Bag extends Set<number> {}
class Day extends Date {}

const values: readonly (readonly [string, object, unknown, string])[] = [
  ['a list', foreign('[1, [2], { a: 3 }]'), [1, [2], { a: 3 }], 'list'],
  ['a dict', foreign('({ a: { b: 1 } })'), { a: { b: 1 } }, 'dict'],
  ['a dict of no class', foreign('Object.assign(Object.create(null), { a: 1 })'), { a: 1 }, 'dict'],
  ['a map', foreign('new Map([["a", [1]]])'), new Map([['a', [1]]]), 'map'],
  ['a set', foreign('new Set([1, 2])'), new Set([1, 2]), 'set'],
  ['a date', foreign('new Date(5000)'), new Date(5000), 'date'],
  ['bytes', foreign('new Uint8Array([1, 2])'), new Uint8Array([1, 2]), 'bytes'],
  ['a subclass of Array', List.from([1, 2]), [1, 2], 'list'],
  ['a subclass of Map', new Table([['a', 1]]), new Map([['a', 1]]), 'map'],
  ['a subclass of Set', new Bag([1]), new Set([1]), 'set'],
  ['a subclass of Date', new Day(5000), new Date(5000), 'date'],
  ['one there', foreign('new (class Table extends Map {})([["a", 1]])'), new Map([['a', 1]]), 'map'],
]

describe.each([cbor, json, text])('$type', codec => {
  test.each(values)('%s of elsewhere travels as what it is', (_, value, expected) => {
    const holder = foreign('({})') as Record<string, unknown>
    holder.value = value
    expect(codec.decode(codec.encode(value))).toEqual(expected)
    expect(codec.decode(codec.encode([holder]))).toEqual([{ value: expected }])
  })

  test.each([
    ['an error', foreign('new TypeError("x")')],
    ['an instance', foreign('new (class User { id = 1 })()')],
    ['what is called a map', Object.create({ [Symbol.toStringTag]: 'Map' })],
    ['what is called bytes', Object.create({ [Symbol.toStringTag]: 'Uint8Array' })],
    ['other bytes', foreign('new DataView(new ArrayBuffer(1))')],
    ['other numbers', foreign('new Float64Array(1)')],
  ])('%s is not taken for something else', (_, value) => {
    expect(() => codec.encode(value)).toThrow(TypeError)
  })
})

test.each(values)('%s has its kind', (_, value, __, kind) => {
  expect(kindOf(value)).toBe(kind)
  expect(isDict(value)).toBe(kind === 'dict')
})
