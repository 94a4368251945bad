// Streams among calls that travel together: a stream is a message of its own, so the client asks for it by itself,
// and nothing runs twice.

import { afterAll, beforeEach, expect, test } from 'vitest'
import { get, RemoteError } from '../../client/index.js'
import { Form, Link, type Page } from '../../lib/values/nodes.js'
import { created, Resource, Router, safe, serve } from '../../server/index.js'
import { ask } from '../server/peer.js'

const ran: string[] = []

class Log extends Resource {
  constructor(readonly id: string) {
    super()
  }
  *lines(count: number) {
    ran.push(`lines of ${this.id}`)
    for (let line = 0; line < count; line++) yield `${this.id}${line}`
  }
  @safe async *watch() {
    yield this.id
  }
  touch() {
    ran.push(`touch ${this.id}`)
    return this.id
  }
  /** A stream that its name doesn't give away. */
  hidden() {
    ran.push(`hidden of ${this.id}`)
    return this.lines(1)
  }
  @safe peek() {
    return this.lines(1)
  }
}

const router = new Router({
  Log,
  log: (id: string) => new Log(id),
  all: () => [new Log('a'), new Log('b')],
  *numbers(count: number) {
    ran.push('numbers')
    for (let number = 0; number < count; number++) yield number
  },
  counted: safe(async function* () {
    yield 'counted'
  }),
  made: () => created([1, 2].values()),
  count: () => 2,
  echo: (value: unknown) => value,
})

const server = await serve(router, { port: 0 })
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api: any = await get(server.url)
afterAll(() => server.close(0))
beforeEach(() => {
  ran.length = 0
})

async function collect(source: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of source) items.push(item)
  return items
}

test('pages say which of their functions give streams', async () => {
  const { content } = (await ask(router, '/')).value as Page
  const { numbers, counted, echo } = content as Record<string, Link | Form>
  expect([numbers?.given.stream, counted?.given.stream, echo?.given.stream]).toEqual([true, true, undefined])
  expect([numbers instanceof Form, counted instanceof Link]).toEqual([true, true])
})

test('streams and other calls of one turn all arrive', async () => {
  const [first, second, two, counted] = await Promise.all([
    api.numbers(2),
    api.numbers(1),
    api.count(),
    api.counted(),
  ])
  expect([await collect(first), await collect(second), two, await collect(counted)]).toEqual([
    [0, 1],
    [0],
    2,
    ['counted'],
  ])
  expect(ran).toEqual(['numbers', 'numbers'])
})

test.each<[name: string, call: () => AsyncIterable<unknown>, items: unknown[]]>([
  ['a method of a result', () => api.log('x').lines(2), ['x0', 'x1']],
  ['a method of a new object', () => api.Log('x').lines(1), ['x0']],
  ['a safe method', () => api.log('x').watch(), ['x']],
  ['an argument that is a result', () => api.numbers(api.count()), [0, 1]],
  ['a safe method that is no generator', () => api.log('x').peek(), ['x0']],
])('at the end of a chain: %s', async (_name, call, items) => {
  expect(await collect(call())).toEqual(items)
  expect(new Set(ran).size).toBe(ran.length)
})

test('a chain with a stream goes on for the others', async () => {
  const log = api.log('y')
  const [lines, touched] = await Promise.all([log.lines(1), log.touch()])
  expect([await collect(lines), touched]).toEqual([['y0'], 'y'])
  expect(ran.sort()).toEqual(['lines of y', 'touch y'])
})

test('a walk whose steps are all streams arrives as a list of streams', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const streams: AsyncIterable<unknown>[] = await api.all().map((log: any) => log.lines(1))
  expect(await Promise.all(streams.map(collect))).toEqual([['a0'], ['b0']])
  expect(ran.sort()).toEqual(['lines of a', 'lines of b'])
})

test('a walk that does something else as well does that once only', async () => {
  await api
    .all()
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    .map((log: any) => [log.touch(), log.lines(1)])
    .catch(() => undefined)
  expect(ran.filter(call => call.startsWith('touch'))).toEqual(['touch a', 'touch b'])
})

test('a stream that comes as a surprise in a chain is an error that says what to do', async () => {
  const failure: unknown = await api
    .log('z')
    .hidden()
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(RemoteError)
  expect(failure).toMatchObject({ status: 500, code: 'stream' })
  expect(String(failure)).toContain('Log.hidden gives a stream')
  expect(ran).toEqual(['hidden of z'])
  expect(await collect(await (await api.log('z')).hidden())).toEqual(['z0'])
})

test('its neighbours are not harmed by it', async () => {
  const [made, count] = await Promise.allSettled([api.made(), api.count()])
  expect(made.status).toBe('rejected')
  expect(count).toEqual({ status: 'fulfilled', value: 2 })
})

test('a stream cannot be an argument', async () => {
  const problem = /a stream, which can only be the whole result of a call/
  await expect(api.echo([1].values())).rejects.toThrow(problem)
  await expect(api.echo({ deep: [api.numbers(1)] })).rejects.toThrow(TypeError)
  await expect(api.echo(api.numbers(1))).rejects.toThrow(problem)
  await expect(api.echo(await api.numbers(1))).rejects.toThrow(problem)
})
