// Promises that a program hands over as arguments: looked after from then on, whatever becomes of the call, and
// waited for no longer than the call may take.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { blob, call, get, NetworkError, named, type Options, withOptions } from '../../../client/index.js'
import { Fault, Router, redirect, type Server, safe, serve } from '../../../server/index.js'
import { failure } from '../failure.js'

class Item {
  constructor(readonly id: number) {}
  plus(other: unknown) {
    return other
  }
}

const router = new Router({
  Item,
  echo: (x: unknown) => x,
  pair: (x: unknown, y: unknown) => [x, y],
  ask: safe((x: unknown) => x),
  make: redirect((id: number) => new Item(id)),
  list: () => [new Item(1), new Item(2)],
  hang: () => new Promise(() => undefined),
  stream: async function* () {
    yield 1
    await new Promise(() => undefined)
  },
})

let pipelined: Server
let plain: Server
beforeAll(async () => {
  pipelined = await serve(router, { port: 0 })
  plain = await serve({ fetch: request => router.fetch(request) }, { port: 0 })
})
afterAll(() => Promise.all([pipelined.close(0), plain.close(0)]))

// biome-ignore lint/suspicious/noExplicitAny: what is wrong with these calls the compiler would say too.
type Untyped = any

const fails = (ms = 0): Promise<never> =>
  new Promise((_, reject) => setTimeout(() => reject(new Error('no such file')), ms))

const stray: unknown[] = []
const note = (error: unknown) => stray.push(error)
beforeEach(() => {
  stray.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => {
  process.off('unhandledRejection', note)
})

/** What is wrong with a call besides a promise that rejects, then or later. */
const wrongs: readonly (readonly [string, (api: Untyped, p: () => Promise<never>) => unknown])[] = [
  ['nothing', (api, p) => api.echo(p())],
  [
    'a getter that throws',
    (api, p) =>
      api.echo({
        p: p(),
        get thrown() {
          throw new Error('not to be read')
        },
      }),
  ],
  ['another that rejects', (api, p) => api.pair(p(), fails(0))],
  ['one in the result of another', (api, p) => api.pair(Promise.resolve({ deep: p() }), fails(10))],
  [
    'one in the result of another that is late',
    (api, p) =>
      api.pair(
        later(5, 0).then(() => ({ deep: [p()] })),
        fails(10),
      ),
  ],
  ['too many arguments', (api, p) => api.echo(p(), p())],
  ['too few', (api, p) => api.pair(p())],
  ['an unknown name', (api, p) => api.echo(named({ x: 1, y: p() }))],
  ['a value that cannot travel', (api, p) => api.pair(p(), Symbol('x'))],
  ['a value that cannot travel, before', (api, p) => api.pair(() => undefined, { deep: p() })],
  ['a cycle', (api, p) => api.pair(p(), cycle())],
  [
    'in a set and a map',
    (api, p) =>
      api.pair(
        new Set([p()]),
        new Map([
          ['a', p()],
          ['b', cycle()],
        ]),
      ),
  ],
  ['no such member', (api, p) => call(api, 'nobody', p())],
  ['no such member of what is not there yet', (api, p) => api.make(1).nobody(p())],
  ['the target fails', (api, p) => api.echo(fails()).plus(p())],
  ['the target is nothing', (api, p) => api.echo(null).plus(p())],
  ['a link that takes none', (api, p) => api.ask(p(), p(), p())],
  ['in a walk', (api, p) => api.list().map((item: Untyped) => item.plus([item, p()]))],
  ['in a walk that throws', (api, p) => api.list().map((item: Untyped) => [item.plus(p()), item.id.no()])],
  ['in a walk of what is none', (api, p) => api.echo(5).map((item: Untyped) => item.plus(p()))],
  [
    'in a walk that awaits',
    (api, p) => api.list().map(async (item: Untyped) => (await item.id) && item.plus(p())),
  ],
  ['in an object', (api, p) => api.echo(new Holder(p()))],
  ['in an object in a list', (api, p) => api.pair(1, [new Holder([p()])])],
  [
    'in an object that another becomes',
    (api, p) =>
      api.pair(
        later(1, 0).then(() => new Holder(p())),
        cycle(),
      ),
  ],
  ['in an error', (api, p) => api.echo(new Fault('no', { details: { deep: [p()] } }))],
  ['in what it becomes', (api, p) => api.pair(later(5, 0).then(() => [p()]))],
  ['beside a blob', (api, p) => api.pair(blob('x'), [p(), cycle()])],
  ['given up before', (api, p) => withOptions(api, { signal: AbortSignal.abort(new Error('no')) }).echo(p())],
  ['given up meanwhile', (api, p) => withOptions(api, { timeout: 2 }).pair(p(), fails(40))],
]

/** No server knows it. */
class Holder {
  constructor(readonly held: unknown) {}
}

function cycle(): unknown {
  const list: unknown[] = []
  list.push(list)
  return list
}

const later = <T>(ms: number, value: T): Promise<T> => new Promise(resolve => setTimeout(resolve, ms, value))

describe.each<[string, () => Server, Options]>([
  ['with a pipeline', () => pipelined, {}],
  ['call by call', () => pipelined, { coalesce: false }],
  ['without a pipeline', () => plain, {}],
])('%s', (_, server, options) => {
  test.each(wrongs)('a promise that rejects beside %s is nobody else’s', async (_, run) => {
    const api: Untyped = await get(server().url, options)
    for (const ms of [0, 3, 20]) {
      const error = await failure((async () => run(api, () => fails(ms)))())
      expect(error).toBeInstanceOf(Error)
      // In one turn with what is right.
      const [good] = await Promise.allSettled([api.echo('good'), (async () => run(api, () => fails(ms)))()])
      expect(good).toEqual({ status: 'fulfilled', value: 'good' })
    }
    await later(60, undefined)
    expect(stray).toEqual([])
  })
})

test('a thenable that is no promise is asked once, when the call is made', async () => {
  const api: Untyped = await get(pipelined.url)
  const then = vi.fn((resolve: (value: unknown) => void) => resolve(5))
  expect(await api.echo({ then })).toBe(5)
  expect(then).toHaveBeenCalledTimes(1)
})

test('an argument that is a promise of nothing is nil', async () => {
  const api: Untyped = await get(pipelined.url)
  expect(await api.pair(Promise.resolve(undefined), { a: api.echo(null) })).toEqual([null, { a: null }])
})

const never = new Promise(() => undefined)

/** Calls that would last for ever. */
const waits: readonly (readonly [string, (api: Untyped) => unknown])[] = [
  ['an argument', api => api.echo(never)],
  ['an argument inside another', api => api.echo({ a: [Promise.resolve({ b: never })] })],
  ['an argument by name', api => api.echo(named({ x: never }))],
  ['an argument of a safe call', api => api.ask(never)],
  ['an argument beside a blob', api => api.pair(blob('x'), never)],
  ['an argument in a walk', api => api.list().map((item: Untyped) => item.plus(never))],
  ['the callback of a walk', api => api.list().map(async (item: Untyped) => (await item.id) && never)],
  ['an argument of a member', api => api.make(1).plus(never)],
  [
    'a call of other options',
    (api, other = withOptions(api, { timeout: 9e9, signal: new AbortController().signal })) =>
      api.echo(other.hang()),
  ],
  ['a result', api => api.hang()],
  ['a result that goes on', api => api.hang().plus(1)],
  ['a result that is passed on', api => api.echo(api.hang())],
  ['a result that is walked over', api => api.hang().map((item: Untyped) => item.plus(1))],
  ['two results', api => Promise.all([api.hang(), api.echo(1), api.hang().id])],
  [
    'the rest of a stream',
    async api => {
      for await (const _ of await api.stream());
    },
  ],
]

describe.each<[string, () => Server, Options]>([
  ['with a pipeline', () => pipelined, {}],
  ['call by call', () => pipelined, { coalesce: false }],
  ['without a pipeline', () => plain, {}],
])('%s', (_, server, options) => {
  test.each(waits)('timeout and signal bound the waiting for %s', async (_, run) => {
    const api: Untyped = await get(server().url, options)
    const began = performance.now()
    const late = await failure((async () => run(withOptions(api, { timeout: 100 })))())
    expect(late).toBeInstanceOf(NetworkError)
    expect(late.cause).toMatchObject({ name: 'TimeoutError' })
    expect(performance.now() - began).toBeGreaterThan(90)
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const running = failure((async () => run(withOptions(api, { signal: controller.signal })))())
    setTimeout(() => controller.abort(reason), 50)
    expect(await running).toBe(reason)
    expect(performance.now() - began).toBeLessThan(5000)
    await later(20, undefined)
    expect(stray).toEqual([])
  })
})

test('a chain has the time of one call, with a pipeline or without', async () => {
  const slow = new Router({
    first: () => later(600, { id: 1 }),
    second: (x: unknown) => later(600, x),
  })
  const server = await serve({ fetch: request => slow.fetch(request) }, { port: 0 })
  const api: Untyped = await get(server.url, { timeout: 1000 })
  expect(await failure(api.second(api.first()))).toMatchObject({ name: 'NetworkError', sent: 'unknown' })
  expect(await api.second(await api.first())).toEqual({ id: 1 })
  await server.close(0)
})

test('an object that is asked for long after its call has its time from then on', async () => {
  const api: Untyped = await get(pipelined.url, { timeout: 100 })
  const item = api.make(1)
  expect(await item.plus(1)).toBe(1)
  await later(150, undefined)
  expect(await (await item).plus(2)).toBe(2)
})

test('a transport that does not care for signals is left behind', async () => {
  const transport = () => never as Promise<never>
  expect(await failure(get('http://a.example/', { transport, timeout: 20 }))).toMatchObject({
    name: 'NetworkError',
    cause: { name: 'TimeoutError' },
  })
  const body = { [Symbol.asyncIterator]: () => ({ next: () => never as Promise<never> }) }
  for (const status of [200, 303, 404]) {
    const header = (name: string) => ({ 'content-type': 'application/json', location: '/' })[name]
    const half = async () => ({ status, header, body })
    expect(await failure(get('http://a.example/', { transport: half, timeout: 20 }))).toMatchObject({
      name: 'NetworkError',
      cause: { name: 'TimeoutError' },
    })
  }
})
