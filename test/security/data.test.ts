// Names from the wire that are data: of arguments that nobody takes, of keys of dicts, and where JavaScript would
// call what it finds under a name.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { codecs, text } from '../../lib/codecs.js'
import { Form, Link } from '../../lib/values/nodes.js'
import { Router } from '../../server/index.js'
import { ask, construct, outline } from '../server/peer.js'
import { names, prototypes } from './names.js'
import { own, pipeline, ran, router, segment, url } from './site.js'

let thing: string
let before: string
beforeAll(async () => {
  thing = await construct(router, 'Thing', { id: 'x' })
  before = prototypes()
})
beforeEach(() => {
  ran.length = 0
})
afterAll(() => {
  expect(prototypes()).toBe(before)
})

const form = 'application/x-www-form-urlencoded'
const query = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1').replace(/[^\w]/g, escape)

const senders: readonly (readonly [how: string, send: (name: string) => ReturnType<typeof ask>])[] = [
  ['a query', name => ask(router, `/look/?${segment(name)}=x`)],
  ['an encoded query', name => ask(router, `/look/?${query(text.encode(own(name, 'x')))}`)],
  ['a form', name => ask(router, '/hello/', { body: `${segment(name)}=x`, type: form })],
  [
    'a form for a constructor',
    name => ask(router, '/Thing/', { body: `id=1&${segment(name)}=x`, type: form }),
  ],
  ...Array.from(
    codecs.values(),
    codec =>
      [
        codec.type,
        (name: string) => ask(router, '/hello/', { args: own(name, 'x'), type: codec.type }),
      ] as const,
  ),
  ['a map', name => ask(router, '/hello/', { args: new Map([[name, 'x']]), type: text.type })],
  [
    'a form with files',
    name => {
      const part = `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n--x--\r\n`
      return ask(router, '/hello/', { body: part, type: 'multipart/form-data; boundary=x' })
    },
  ],
  ['a method', name => ask(router, `${thing}visible`, { args: own(name, 'x') })],
]

test.each(senders)('no hostile name is an argument in %s', async (_how, send) => {
  for (const name of names) {
    const { status, value } = await send(name)
    expect([name, status]).toEqual([name, 400])
    expect(value).toMatchObject({ code: 'surplus_argument', details: { surplus: [name] } })
  }
})

test('no hostile name is an argument of a step, nor is one more than there are', async () => {
  for (const name of names) {
    const steps = [
      ['./hello/', own(name, 'x')],
      ['./object/', {}],
      [1, 'visible', own(name, 'x')],
      [1, 'visible', ['x']],
    ]
    const answers = await pipeline(steps)
    for (const step of [0, 2, 3]) {
      expect([name, answers.get(step)]).toMatchObject([name, [400, { code: 'surplus_argument' }]])
    }
  }
})

const places: readonly (readonly [where: string, place: (dict: object) => unknown])[] = [
  ['by itself', dict => dict],
  ['in a dict', dict => ({ dict })],
  ['in a list', dict => [dict]],
  ['in a set', dict => new Set([dict])],
  ['in a map', dict => new Map([[1, dict]])],
]

test.each(
  Array.from(codecs.values()).flatMap(codec => places.map(([where, place]) => ({ where, place, codec }))),
)('the keys of a dict $where are data in $codec.type', async ({ place, codec: { type } }) => {
  const dict: Record<string, unknown> = {}
  for (const name of names) Object.defineProperty(dict, name, { value: { name }, enumerable: true })
  const { value } = await ask(router, '/echo/', { args: { value: place(dict) }, type, accept: type })
  expect(value).toEqual(place(dict))
  const [back] = value instanceof Map ? [...value.values()] : value instanceof Set ? [...value] : [value]
  const found = (Array.isArray(back) ? back[0] : ((back as { dict?: object }).dict ?? back)) as object
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype)
  expect(Object.keys(found).sort()).toEqual([...names].sort())
})

test('the keys of a dict in state are data', async () => {
  const { value } = await ask(router, url({ id: own('__proto__', { polluted: 1 }) }))
  expect((outline(value) as { id: object }).id).toEqual(own('__proto__', { polluted: 1 }))
})

const calledUnasked = ['then', 'toJSON', 'toString', 'valueOf', 'toLocaleString']

test.each(calledUnasked)('no function can be passed as %s, which JavaScript calls by itself', async name => {
  const nodes = [
    new Link({ url: '../reset/' }),
    new Form({ url: '../reset/', values: [] }),
    new Link({ url: `..${thing}visible` }),
  ]
  for (const node of nodes) {
    for (const value of [
      own(name, node),
      [own(name, node)],
      { in: own(name, node) },
      new Map([[1, own(name, node)]]),
    ]) {
      const { status, value: fault } = await ask(router, '/awaited/', { args: { value } })
      expect(status).toBe(400)
      expect(fault).toMatchObject({ message: `a function cannot be passed as "${name}"` })
    }
  }
  const step = ['./awaited/', { value: own(name, new Link({ url: './reset/' })) }]
  expect((await pipeline([step])).get(0)).toMatchObject([400, { code: 'unknown_argument' }])
  expect(ran).toEqual([])
})

test('a function can be passed under other names, and as an argument of any name', async () => {
  const passing = new Router({
    call: async (then: () => string, more: { next: () => string }) => then() + more.next(),
    word: () => 'w',
  })
  const word = new Link({ url: '../word/' })
  const args = Object.assign(own('then', word), { more: { next: word } })
  expect((await ask(passing, '/call/', { args })).value).toBe('ww')
})
