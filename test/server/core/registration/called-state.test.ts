// Arguments of a class that a caller calls are its objects' state: what no URL brings back is refused there.

import { expect, test } from 'vitest'
import { cbor } from '../../../../lib/codecs.js'
import { Blob } from '../../../../lib/values/blob.js'
import { Extension, Form, Link } from '../../../../lib/values/nodes.js'
import { Router } from '../../../../server/index.js'
import { ask, construct, logbook, outline } from '../../peer.js'

class Item {
  constructor(readonly id: unknown) {}
  read() {
    return this.id
  }
}
const { log, lines } = logbook()
const hello = () => 'hello'
const members = {
  Item,
  hello,
  keep: (kind: string) => new Item({ class: Item, function: hello, 'weak map': new WeakMap() }[kind]),
}
const router = new Router(members as never, { pipeline: true, log })
const item = await construct(router, 'Item', { id: 1 })
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

const refused: readonly (readonly [name: string, id: unknown])[] = [
  ['text that is too long', 'x'.repeat(2000)],
  ['an integer that is too long', 10n ** 4000n],
  ['a function', new Form({ url: '/hello/' })],
  ['a class', new Form({ url: '/Item/' })],
  ['a method', new Form({ url: `${item}read` })],
  ['a function in a dict', { a: [new Form({ url: '/hello/' })] }],
  ['an extension', new Extension('colour', {}, 1)],
  ['an extension in a set', new Set([new Extension('colour', {}, 1)])],
  ['an extension as a key', new Map([[new Extension('colour', {}, 1), 1]])],
  ['a blob', new Blob('x', {})],
  ['a list nested deeper than state is read', nested(16)],
]

test.each(refused)(
  '%s is refused as state, by its caller’s fault, with nothing in the log',
  async (_, id) => {
    lines.length = 0
    const { status, value } = await ask(router, '/Item/', { args: { id }, type: cbor.type })
    expect(status).toBe(400)
    expect(value).toMatchObject({ code: 'state' })
    expect(lines).toEqual([])
  },
)

test.each(refused)('%s is refused so in a pipeline', async (_, id) => {
  lines.length = 0
  const args = { steps: [['./Item/', { id }]] }
  const { status, items } = await batch(args)
  expect(status).toBe(200)
  expect(items[0]).toMatchObject([0, 400, { code: 'state' }])
  expect(lines).toEqual([])
})

async function batch(args: unknown) {
  const { status, value } = await ask(router, '/_pipeline', { args, type: cbor.type })
  const items: unknown[] = []
  for await (const one of value as AsyncIterable<unknown>) items.push(one)
  return { status, items }
}

test.each<[name: string, id: unknown]>([
  ['long text', 'x'.repeat(1500)],
  ['a list as deep as state is read', nested(14)],
  ['an object of this server', new Link({ url: item })],
  ['objects of this server in collections', { a: [new Set([new Link({ url: item })])] }],
])('%s is state, and its URL is found', async (_, id) => {
  const path = await construct(router, 'Item', { id })
  expect((await ask(router, path, { method: 'GET' })).status).toBe(200)
  expect(outline((await ask(router, `${path}read`)).value)).toBeDefined()
})

test.each(['class', 'function', 'weak map'])(
  'an object that keeps a %s is an accident of the application',
  async kind => {
    lines.length = 0
    expect((await ask(router, '/keep/', { args: { kind } })).status).toBe(500)
    expect(lines.join()).toContain('so that no URL can carry it')
  },
)
