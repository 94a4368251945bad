// What JavaScript values become. Every spelling of the format itself is in spec/vectors/text.json.

import { describe, expect, it } from 'vitest'
import { EncodeError } from '../../../lib/errors.js'
import { text } from '../../../lib/text/index.js'
import { blob } from '../../../lib/values/blob.js'
import { Duration } from '../../../lib/values/duration.js'
import { extend } from '../../../lib/values/extend.js'
import { Fault } from '../../../lib/values/fault.js'
import { Instant } from '../../../lib/values/instant.js'
import { Form, Input, Link, Page } from '../../../lib/values/nodes.js'
import { Drawing, hole, Template } from '../../../lib/values/template.js'

const encoded = (value: unknown, options = {}) => Buffer.from(text.encode(value, options)).toString()

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}
extend('test_point', Point, { encode: ({ x, y }) => [x, y], decode: () => new Point(0, 0) })

describe('a value becomes', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'N;'],
    ['a hole of a list', [undefined, 1], 'LN;i1;;'],
    ['an undefined property, left out', { a: undefined, b: 1 }, 'Du1:b;i1;;'],
    ['a dict without a prototype', Object.assign(Object.create(null), { a: 1 }), 'Du1:a;i1;;'],
    ['a bigint in the safe range', 5n, 'i5;'],
    ['a bigint beyond it', -(2n ** 64n), 'i-18446744073709551616;'],
    ['a float beyond the safe range', 2 ** 53, 'f0x1.0000000000000p+53;'],
    ['the largest integer', Number.MAX_SAFE_INTEGER, 'i9007199254740991;'],
    ['a Map', new Map<unknown, unknown>([[1, 'a']]), 'Oi1;u1:a;;'],
    ['a Buffer', Buffer.from('ab'), 'b2:ab;'],
    ['a string of 9 characters and 10 bytes', 'aaaaaaaaé', 'u10:aaaaaaaaé;'],
    ['a string of 34 characters and 102 bytes', '€'.repeat(34), `u102:${'€'.repeat(34)};`],
    ['a string of 10,000 characters', 'a'.repeat(10_000), `u10000:${'a'.repeat(10_000)};`],
    ['a Date', new Date(1), 'd1970-01-01T00:00:00.001000Z;'],
    ['an Instant', new Instant(1, 23_004), 'd1970-01-01T00:00:00.001023004Z;'],
    ['a Duration', new Duration({ days: 3, hours: 2 }), 'pP0Y0M3DT2H0M0S;'],
    ['a Link', new Link({ url: 'a' }), 'Xu4:link;Du3:url;u1:a;;N;;'],
    [
      'a Form',
      new Form({ values: [new Input({ name: 'x' })] }),
      'Xu4:form;Du6:values;LXu5:input;Du4:name;u1:x;;N;;;;N;;',
    ],
    ['a Page', new Page({}, { a: 1 }), 'Xu8:resource;D;Du1:a;i1;;;'],
    [
      'a Fault',
      new Fault('no', { logref: '1' }),
      'Xu5:error;Du6:logref;u1:1;u7:message;u2:no;u4:code;u5:error;;D;;',
    ],
    ['an instance of an extended class', new Point(1, 2), 'Xu10:test_point;D;Li1;i2;;;'],
    ['a Blob', blob('hé'), 'B0:Du12:content-type;u25:text/plain; charset=utf-8;u4:size;i3;;;c0:3:hé;c0;'],
  ])('%s', (_name, value, expected) => {
    expect(encoded(value)).toBe(expected)
  })

  it('the page that a drawing stands for', () => {
    const template = new Template(
      [
        ['url', hole],
        ['name', 'Counter'],
      ],
      [
        ['value', hole],
        ['add', new Form({ url: 'add', values: ['by'] })],
        ['owner', hole],
      ],
    )
    const expected = (drawing: Drawing) =>
      encoded(new Page(drawing.page().attributes, drawing.page().content))
    const one = new Drawing(template, ['Counter/1/', 1, 'bob'])
    const two = new Drawing(template, ['Counter/2/', [2], null])
    expect(encoded(one)).toBe(expected(one))
    expect(encoded(two)).toBe(expected(two))
    expect(encoded([one, two])).toBe(`L${expected(one)}${expected(two)};`)
  })

  it('nil where a value of a drawing is undefined', () => {
    const template = new Template([], [['a', hole]])
    expect(encoded(new Drawing(template, [undefined]))).toBe('Xu8:resource;D;Du1:a;N;;;')
  })

  it('more than one piece where a blob is long', () => {
    const bytes = text.encode(blob(new Uint8Array(65_537), 'a/b'))
    const heads = Buffer.from(bytes).toString('latin1').replaceAll('\0', '')
    expect(heads).toBe('B0:Du12:content-type;u3:a/b;u4:size;i65537;;;c0:65536:;c0:1:;c0;')
  })
})

describe('what has no form of its own', () => {
  const inline = (_value: object, from: string | undefined) => `from ${from}`

  it('is asked for with the path that it will be read at', () => {
    const page = new Page({ at: Math.abs }, { inside: Math.abs }, { path: '/p/' })
    expect(encoded([Math.abs, page], { inline, from: '/' })).toBe(
      'Lu6:from /;Xu8:resource;Du2:at;u6:from /;;Du6:inside;u8:from /p/;;;;',
    )
  })

  it('is asked for with the path of a drawing in its content, and the outer one in its attributes', () => {
    const template = new Template([['at', hole]], [['inside', hole]])
    const drawing = new Drawing(template, [Math.abs, Math.abs], '/p/')
    expect(encoded(drawing, { inline, from: '/' })).toBe(
      'Xu8:resource;Du2:at;u6:from /;;Du6:inside;u8:from /p/;;;',
    )
  })

  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  it.each<[string, unknown, string]>([
    ['a function', { a: [Math.abs] }, '$.a[0]'],
    ['a symbol', [Symbol('x')], '$[0]'],
    ['a lone surrogate', { text: '\ud800' }, '$.text'],
    ['an invalid date', [new Date(Number.NaN)], '$[0]'],
    ['a cycle', cycle, '$'],
    ['two equal items of a set', new Set([[1], [1]]), '$<item>'],
    [
      'two equal keys of a map',
      new Map([
        [[1], 1],
        [[1], 2],
      ]),
      '$<key>',
    ],
    ['a blob that is a stream', [blob(new ReadableStream())], '$[0]'],
  ])('%s is refused with its path', (_name, value, path) => {
    const encode = () => text.encode(value)
    expect(encode).toThrow(EncodeError)
    expect(encode).toThrow(expect.objectContaining({ path }))
  })

  it('is not written beyond the depth that a decoder takes', () => {
    let value: unknown = null
    for (let depth = 0; depth < 128; depth++) value = [value]
    expect(text.decode(text.encode(value))).toEqual(value)
    expect(() => text.encode([value])).toThrow('nested deeper than 128')
    expect(() => text.encode(new Page({}), { limits: { depth: 1 } })).toThrow('nested deeper than 1')
  })
})
