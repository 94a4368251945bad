// The JSON codec: its exact text, and what only it does. The rules of its notation are in spec/vectors/json.json.

import { describe, expect, it } from 'vitest'
import { DecodeError, EncodeError } from '../../../lib/errors.js'
import { json, plainJson } from '../../../lib/json/index.js'
import { blob } from '../../../lib/values/blob.js'
import { Duration } from '../../../lib/values/duration.js'
import { Fault } from '../../../lib/values/fault.js'
import { Extension, Form, Input, Link, Page } from '../../../lib/values/nodes.js'
import { Drawing, hole, Template } from '../../../lib/values/template.js'
import { collect, split } from '../../values.js'

const encode = (value: unknown, options = {}) => new TextDecoder().decode(json.encode(value, options))
const decode = (text: string, options = {}) => json.decode(new TextEncoder().encode(text), options)

const template = new Template(
  [
    ['name', 'U'],
    ['url', hole],
  ],
  [
    ['x', hole],
    ['f', new Form({ url: 'f' })],
  ],
)

const exact: readonly (readonly [name: string, value: unknown, text: string])[] = [
  ['plain data', { a: [1, 'b', true, null, 1.5], c: {} }, '{"a":[1,"b",true,null,1.5],"c":{}}'],
  ['undefined in a dict', { a: undefined, b: 1 }, '{"b":1}'],
  ['undefined elsewhere', [undefined], '[null]'],
  ['a bigint that is safe', 5n, '5'],
  ['a bigint', 2n ** 53n, '{"$integer":"9007199254740992"}'],
  ['minus zero', -0, '{"$float":"-0"}'],
  [
    'infinities',
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    '[{"$float":"inf"},{"$float":"-inf"}]',
  ],
  ['bytes', Uint8Array.of(255, 254), '{"$bytes":"//4="}'],
  ['a Buffer', Buffer.from('hi'), '{"$bytes":"aGk="}'],
  ['a set', new Set([1, new Set()]), '{"$set":[1,{"$set":[]}]}'],
  ['a map', new Map([[1, { a: 1 }]]), '{"$map":[[1,{"a":1}]]}'],
  ['a date', new Date(0), '{"$datetime":"1970-01-01T00:00:00.000000Z"}'],
  ['a duration', new Duration({ days: 3, hours: 2 }), '{"$timedelta":"P0Y0M3DT2H0M0S"}'],
  ['a link', new Link({ url: '/a' }), '{"$extension":"link","attributes":{"url":"/a"}}'],
  ['content', new Extension('x', {}, 1), '{"$extension":"x","attributes":{},"content":1}'],
  [
    'a fault',
    new Fault('no', { code: 'c', status: 404 }),
    '{"$extension":"error","attributes":{"logref":"","message":"no","code":"c","status":404},"content":{}}',
  ],
  [
    'a drawing',
    new Drawing(template, ['./', undefined]),
    '{"$extension":"resource","attributes":{"name":"U","url":"./"},"content":{"x":null,"f":{"$extension":"form","attributes":{"url":"f"}}}}',
  ],
  ['keys like tags', { $a: { $b: 1 } }, '{"$dict":{"$a":{"$dict":{"$b":1}}}}'],
  ['a key toJSON', { toJSON: 1 }, '{"toJSON":1}'],
  ['a key __proto__', JSON.parse('{"__proto__":[]}'), '{"__proto__":[]}'],
  [
    'blobs',
    [blob(Uint8Array.of(1), 'a/b'), blob(Uint8Array.of(), 'a/b')],
    '[{"$blob":0,"attributes":{"content-type":"a/b","size":1}},{"$blob":1,"attributes":{"content-type":"a/b","size":0}}]\n' +
      '{"$piece":0,"bytes":"AQ=="}\n{"$end":0}\n{"$end":1}\n',
  ],
]

describe('JSON is exactly', () => {
  it.each(exact)('%s', async (_, value, text) => {
    expect(encode(value)).toBe(text)
    expect(new TextDecoder().decode(await collect(json.encodeStream(value)))).toBe(text)
  })

  it('what JSON.stringify prints of plain data', () => {
    const data = { a: [1e21, 1e-7, 0.1, 'ü"\\\n\u2028'], b: { c: [{}, []] } }
    expect(encode(data)).toBe(JSON.stringify(data))
  })
})

describe('JSON is not', () => {
  class Pool {
    toJSON() {
      return 'pool'
    }
  }
  it.each<readonly [string, unknown, string]>([
    ['an instance with toJSON', { a: new Pool() }, '$.a'],
    ['a function', [() => 1], '$[0]'],
    ['a symbol', { a: Symbol('s') }, '$.a'],
    ['an invalid date', [new Date(Number.NaN)], '$[0]'],
    ['a lone surrogate', ['\ud800'], '$[0]'],
    ['a set with equal items', { s: new Set([[1], [1]]) }, '$.s<item>'],
    ['a set with a number twice', new Set([1, 1n]), '$'],
    [
      'a map with equal keys',
      new Map([
        [[1], 1],
        [[1], 2],
      ]),
      '$<key>',
    ],
  ])('%s', (_, value, path) => {
    expect(() => encode(value)).toThrow(EncodeError)
    expect(() => encode(value)).toThrow(`cannot encode ${path}`)
  })

  it('a key with a lone surrogate', () => {
    expect(() => encode({ '\udc00': 1 })).toThrow(EncodeError)
  })
})

describe('references in JSON', () => {
  it('tell `inline` which path they are relative to', () => {
    const seen: unknown[] = []
    const inline = (value: object, from: string | undefined) => {
      seen.push(from)
      return (value as () => unknown)()
    }
    const page = new Page({ url: './', a: () => 1 }, { b: () => 2 }, { path: '/own/' })
    expect(encode([() => 0, page], { inline, from: '/outer' })).toContain('"content":{"b":2}')
    expect(seen).toEqual(['/outer', '/outer', '/own/'])
  })

  it('resolve in whatever order the keys come', () => {
    const link = '{"attributes":{"url":"x"},"$extension":"link"}'
    const parts = ['"$extension":"resource"', '"attributes":{"url":"u/"}', `"content":{"l":${link}}`]
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]
    for (const order of orders) {
      const page = decode(`{${order.map(index => parts[index]).join()}}`, { baseUrl: 'http://h/' }) as Page
      expect((page.content as { l: Link }).l.url).toBe('http://h/u/x')
    }
  })

  it('pass each node to `node` once, children first, whatever the order', () => {
    const seen: string[] = []
    const node = (value: { name: string }) => {
      seen.push(value.name)
      return value.name
    }
    const text =
      '{"content":[{"content":{"$extension":"a"},"$extension":"b"}],"attributes":{"x":{"$extension":"c"}},"$extension":"d"}'
    expect(decode(text, { node })).toBe('d')
    expect(seen).toEqual(['c', 'a', 'b', 'd'])
  })

  it('keep inputs of a form as they are', () => {
    const form = decode(encode(new Form({ url: 'f', values: [new Input({ name: 'a', value: 1 })] }))) as Form
    expect(form.inputs.map(input => [input.argument, input.value])).toEqual([['a', 1]])
  })
})

describe('a stream of JSON', () => {
  const laidOut = JSON.stringify([{ a: ['}', ']', '\\"'] }, { $blob: 0, attributes: {} }], undefined, 2)
  const message = `\n${laidOut}\r\n  {"$piece":0,\n"bytes":"aGVs"}{"bytes":"bG8=","$piece":0}\n\n{"$end":0}  \n`

  it('ends its root at the closing bracket, however it is laid out and cut', async () => {
    const bytes = new TextEncoder().encode(message)
    for (let size = 1; size <= bytes.length; size++) {
      const [root, file] = (await json.decodeStream(split(bytes, size))) as [
        unknown,
        { text(): Promise<string> },
      ]
      expect(root).toEqual({ a: ['}', ']', '\\"'] })
      expect(await file.text()).toBe('hello')
    }
  })

  it.each(['1', ' 1 ', '"a"', 'null\n', '-1.5e3', '[]', '{}', '"\\""'])(
    'may be the scalar %j',
    async text => {
      expect(await json.decodeStream(split(new TextEncoder().encode(text)))).toEqual(JSON.parse(text))
    },
  )

  it.each(['', ' ', '[1', '{"a":', '"a', '1 2', '[] x', '{}{}', ']', 'nul', '[}'])(
    'is not %j',
    async text => {
      await expect(json.decodeStream(split(new TextEncoder().encode(text)))).rejects.toThrow(DecodeError)
    },
  )
})

it('is the same under the name that tools know', () => {
  expect(plainJson.type).toBe('application/json')
  expect(json.type).toBe('application/vnd.hyperglyph+json')
  expect(plainJson.decode(plainJson.encode(new Set([1])))).toEqual(new Set([1]))
})

it('reads hostile nesting without recursing', () => {
  for (const bracket of ['[', '{"a":', '{"content":', '{"$set":[', '{"$extension":"x","content":']) {
    expect(() => decode(bracket.repeat(5000))).toThrow(DecodeError)
  }
})

it('reads keys in any order, however deep, and looks at no part of a message more than a few times', () => {
  const filler = '[1],'.repeat(30_000)
  const nest = (open: string, close: string) => `${open.repeat(100)}[${filler}1]${close.repeat(100)}`
  const began = process.cpuUsage()
  for (const [open, close] of [
    ['{"content":', '}'],
    ['{"content":', ',"$extension":"x"}'],
    ['{"content":', ',"attributes":{"url":"./a"},"$extension":"x"}'],
    ['{"attributes":{"url":"./a"},"content":', ',"$extension":"x"}'],
    ['{"$extension":"x","content":', '}'],
    ['{"$extension":"x","content":', ',"attributes":{"url":"./a"}}'],
    ['{"con\\u0074ent":', ',"\\u0024extension":"x"}'],
  ] as const) {
    let value = decode(nest(open, close), { baseUrl: 'http://test/' }) as { content?: unknown }
    let depth = 0
    for (; value.content !== undefined; depth++) value = value.content as typeof value
    expect(depth).toBe(100)
    expect(value).toHaveLength(30_001)
  }
  expect(process.cpuUsage(began).user).toBeLessThan(5_000_000)
})

it('resolves what stands before the URL of its node against that all the same', () => {
  const inner = '{"content":null,"attributes":{"url":"c"},"$extension":"link"}'
  const page = decode(`{"content":{"a":[${inner}]},"attributes":{"url":"/a/b/"},"$extension":"resource"}`, {
    baseUrl: 'http://test/x/',
  }) as { content: { a: { url: string }[] } }
  expect(page.content.a[0]?.url).toBe('http://test/a/b/c')
})
