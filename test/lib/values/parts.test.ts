// The parts of values, one level deep.

import { expect, test } from 'vitest'
import { contentsOf } from '../../../lib/values/contents.js'
import { readableValues } from '../../../lib/values/dict.js'
import { Fault } from '../../../lib/values/fault.js'
import { Link } from '../../../lib/values/nodes.js'
import { itemsOf, partsOf, withItems } from '../../../lib/values/parts.js'

const inner = { a: 1 }

test.each<[what: string, value: object, items: readonly unknown[]]>([
  ['a list', [1, inner], [1, inner]],
  ['a set', new Set([1, inner]), [1, inner]],
  [
    'a map',
    new Map<unknown, unknown>([
      ['k', inner],
      [inner, 2],
    ]),
    ['k', inner, inner, 2],
  ],
  ['a dict', { x: 1, y: inner }, [1, inner]],
  ['a dict without a prototype', Object.assign(Object.create(null), { x: inner }), [inner]],
  ['a date', new Date(0), []],
  ['bytes', Uint8Array.of(1), []],
  ['a promise', Promise.resolve(inner), []],
])('the items of %s, and a copy of it with others', (_, value, items) => {
  expect(itemsOf(value)).toEqual(items)
  expect(partsOf(value)).toEqual(items)
  const copy = withItems(value, items)
  expect(copy).toEqual(value)
  expect(copy === value).toBe(items.length === 0)
})

test('a copy keeps the keys of a dict, whatever their names', () => {
  const dict = JSON.parse('{"__proto__":1,"a":2}')
  expect(JSON.stringify(withItems(dict, [inner, 3]))).toBe('{"__proto__":{"a":1},"a":3}')
})

test('nodes and Faults have attributes and content, and no items', () => {
  const link = new Link({ url: 'http://[', inner }, [inner], { base: 'http://a.example/' })
  expect(partsOf(link)).toEqual(['http://[', inner, [inner]])
  expect(itemsOf(link)).toEqual([])
  expect(partsOf(new Fault('no', { details: inner }))).toEqual(['', 'no', 'error', inner])
})

test('a getter that throws has no value where that is for the encoder to tell', () => {
  const dict = {
    get broken(): never {
      throw new Error('not now')
    },
    inner,
  }
  expect(() => partsOf(dict)).toThrow('not now')
  expect(partsOf(dict, readableValues)).toEqual([undefined, inner])
  const seen: object[] = []
  contentsOf([dict, dict, new Link({ url: 'x', inner })], item => seen.push(item))
  expect(seen.filter(item => item === inner)).toHaveLength(1)
  expect(seen.filter(item => item === dict)).toHaveLength(1)
})
