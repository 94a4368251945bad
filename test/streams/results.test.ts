// Results that are streams, over a socket: whatever makes the items, whatever is in them, in every media type.

import { afterAll, expect, test } from 'vitest'
import { type Blob, blob, get } from '../../client/index.js'
import { cbor, json, text } from '../../lib/codecs.js'
import { created, Resource, Router, redirect, safe, serve } from '../../server/index.js'
import { ask } from '../server/peer.js'

class Log extends Resource {
  constructor(readonly id: string) {
    super()
  }
  *lines(most: number) {
    for (let line = 1; line <= most; line++) yield `${this.id} ${line}`
  }
  @safe async *tail(most = 1) {
    yield* this.lines(most)
  }
  name() {
    return this.id
  }
}

const router = new Router({
  Log,
  find_log: redirect((id: string) => new Log(id)),
  *numbers(count: number) {
    for (let number = 0; number < count; number++) yield number
  },
  async *slowly(count: number) {
    for (let number = 0; number < count; number++) {
      await new Promise(resolve => setImmediate(resolve))
      yield number
    }
  },
  counted: safe(function* (count = 2) {
    for (let number = 0; number < Number(count); number++) yield { number }
  }),
  iterator: () => [1, 2].values(),
  entries: () => new Map([['a', 1]]).entries(),
  later: async () => [3].values(),
  iterable: () => ({
    async *[Symbol.asyncIterator]() {
      yield 4
    },
  }),
  made: () => created([5].values()),
  *nothing() {
    // Not one item.
  },
  *nil() {
    yield null
    yield undefined
  },
  *promises() {
    yield Promise.resolve(1)
    yield { deep: [Promise.resolve(Promise.resolve(2))] }
  },
  *values() {
    yield new Date(5)
    yield new Uint8Array([1, 2])
    yield new Map([[1, new Set(['x'])]])
    yield 2n ** 70n
    yield [[], {}, '', 'ü', -0.5]
  },
  *blobs() {
    yield blob('first', 'text/a')
    yield { two: blob('second', 'text/b') }
  },
  async *logs() {
    yield new Log('a')
    yield { inside: [new Log('b')] }
  },
})

const server = await serve(router, { port: 0 })
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api: any = await get(server.url)
afterAll(() => server.close(0))

async function collect(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of source) items.push(item)
  return items
}

test.each<[name: string, open: () => AsyncIterable<unknown>, items: unknown[]]>([
  ['a generator', () => api.numbers(3), [0, 1, 2]],
  ['an async generator', () => api.slowly(3), [0, 1, 2]],
  ['a safe generator, by GET', () => api.counted(3), [{ number: 0 }, { number: 1 }, { number: 2 }]],
  ['one whose arguments are left out', () => api.counted(), [{ number: 0 }, { number: 1 }]],
  ['an iterator of a list', () => api.iterator(), [1, 2]],
  ['an iterator of a map', () => api.entries(), [['a', 1]]],
  ['a promise of an iterator', () => api.later(), [3]],
  ['an async iterable', () => api.iterable(), [4]],
  ['something that was created', () => api.made(), [5]],
  ['nothing', () => api.nothing(), []],
  ['nil', () => api.nil(), [null, null]],
  ['promises', () => api.promises(), [1, { deep: [2] }]],
  [
    'values of every kind',
    () => api.values(),
    [new Date(5), new Uint8Array([1, 2]), new Map([[1, new Set(['x'])]]), 2n ** 70n, [[], {}, '', 'ü', -0.5]],
  ],
  ['a method of what a redirect led to', () => api.find_log('r').lines(2), ['r 1', 'r 2']],
  ['a safe method with arguments', () => api.find_log('r').tail(2), ['r 1', 'r 2']],
])('arrives item by item: %s', async (_name, open, items) => {
  expect(await collect(open())).toEqual(items)
  expect(await collect(await open())).toEqual(items)
})

test('the items of a stream are callable where they are pages', async () => {
  const names: string[] = []
  for await (const item of api.logs()) names.push(await ('inside' in item ? item.inside[0] : item).name())
  expect(names).toEqual(['a', 'b'])
})

test('the items of a stream may hold blobs', async () => {
  const [first, { two }] = (await collect(api.blobs())) as [Blob, { two: Blob }]
  expect([first.type, await first.text(), two.type, await two.text()]).toEqual([
    'text/a',
    'first',
    'text/b',
    'second',
  ])
})

test('a stream is read once: who reads again finds it at its end', async () => {
  const stream = await api.numbers(2)
  expect(await collect(stream)).toEqual([0, 1])
  expect(await collect(stream)).toEqual([])
})

test.each([cbor, text, json])('a peer gets the whole stream as $type', async codec => {
  const { status, headers, value } = await ask(router, '/counted/?count=3', { accept: codec.type })
  expect([status, headers.get('content-type'), headers.get('etag')]).toEqual([200, codec.type, null])
  expect(await collect(value as AsyncIterable<unknown>)).toEqual([
    { number: 0 },
    { number: 1 },
    { number: 2 },
  ])
})

test('what curl gets is a line for each item', async () => {
  const response = await fetch(`${server.url}counted/?count=2`, { headers: { accept: '*/*' } })
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(
    (await response.text())
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    { $extension: 'stream', attributes: {} },
    { $item: { number: 0 } },
    { $item: { number: 1 } },
    { $count: 2 },
  ])
})

test('a hundred thousand items arrive in order', async () => {
  let next = 0
  for await (const number of api.numbers(100_000)) {
    if (number !== next) break
    next++
  }
  expect(next).toBe(100_000)
})
