// What a client keeps of answers, over real sockets: how often it asks, and whose answers it gives.

import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { get, MemoryCache, type Options, withOptions } from '../../../client/index.js'
import { blob } from '../../../lib/values/blob.js'
import { type Context, inline, Resource, Router, type Server, safe, serve } from '../../../server/index.js'

let count = 0

class Account extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe({ maxAge: 60 }) balance() {
    return { account: this.id, of: this.context.request.headers.get('authorization'), number: ++count }
  }
  @inline stats() {
    return ++count
  }
  @inline({ maxAge: 1 }) brief() {
    return ++count
  }
}

let content = 'first'
const router = new Router({
  Account,
  account: safe({ maxAge: 60 })(() => new Account('bob')),
  document: safe(() => content),
  recent: safe({ maxAge: 60 })(() => ++count),
  brief: safe({ maxAge: 1 })(() => ++count),
  steady: safe({ maxAge: 2 })(() => 'the same'),
  nothing: safe({ maxAge: 60 })(() => void ++count),
  search: safe({ maxAge: 60 })((word = 'a') => `${word} ${++count}`),
  long: safe({ maxAge: 60 })(() => `${++count} ${'x'.repeat(400_000)}`),
  huge: safe({ maxAge: 60 })(() => `${++count} ${'x'.repeat(1_200_000)}`),
  bytes: safe({ maxAge: 60 })(() => blob(new Uint8Array([1, 2, 3]))),
  who: safe({ maxAge: 60 })(function (this: Context) {
    const { headers } = this.request
    return headers.get('authorization') ?? headers.get('cookie') ?? headers.get('x-key') ?? 'nobody'
  }),
})

/** What reached the server. */
let log: string[] = []
let server: Server

beforeAll(async () => {
  server = await serve(
    {
      async fetch(request, bindings) {
        const response = await router.fetch(request, bindings)
        log.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`)
        return response
      },
    },
    { port: 0 },
  )
})
afterAll(() => server.close())
beforeEach(() => {
  log = []
})

/** The API, with a cache of its own. */
const connect = async (options: Options = {}) => {
  const api = await get<typeof router>(server.url, { cache: new MemoryCache(), ...options })
  log = []
  return api
}

test('a fresh result is asked for once', async () => {
  const api = await connect()
  const first = await api.recent()
  expect(await api.recent()).toBe(first)
  expect(log).toEqual(['GET /recent/ 200'])
})

test('nil, and results that are read as they come, are kept as well', async () => {
  const api = await connect()
  for (const _ of [1, 2]) {
    expect(await api.nothing()).toBe(null)
    expect((await api.long()).length).toBeGreaterThan(400_000)
  }
  expect(log).toEqual(['GET /nothing/ 204', 'GET /long/ 200'])
})

test('a blob is kept once its answer has ended, whatever the application does to its bytes', async () => {
  const cache = new MemoryCache()
  const api = await connect({ cache })
  const before = cache.size
  const bytes = await (await api.bytes()).bytes()
  bytes.fill(9)
  await vi.waitFor(() => expect(cache.size).toBeGreaterThan(before))
  expect(await (await api.bytes()).bytes()).toEqual(new Uint8Array([1, 2, 3]))
  expect(log).toEqual(['GET /bytes/ 200'])
})

test('a result without an age is asked about by its entity tag, and comes again when it has changed', async () => {
  content = 'first'
  const api = await connect()
  for (const expected of ['first', 'first', 'first', 'second', 'second']) {
    content = expected
    expect(await api.document()).toBe(expected)
  }
  expect(log.map(line => line.slice(-3))).toEqual(['200', '304', '304', '200', '304'])
})

test('a result that is too old is asked about, and comes again when it has changed', async () => {
  const api = await connect()
  const first = await api.brief()
  await new Promise(resolve => setTimeout(resolve, 1_100))
  expect(await api.brief()).toBeGreaterThan(first)
  expect(log).toEqual(['GET /brief/ 200', 'GET /brief/ 200'])
})

test('a result that the server confirms is fresh again', async () => {
  const api = await connect()
  await api.steady()
  await new Promise(resolve => setTimeout(resolve, 2_100))
  for (const _ of [1, 2, 3]) expect(await api.steady()).toBe('the same')
  expect(log).toEqual(['GET /steady/ 200', 'GET /steady/ 304'])
})

test('GET forms are kept by their arguments', async () => {
  const api = await connect()
  const found = await api.search('b')
  expect(await api.search('c')).not.toBe(found)
  expect(await api.search('b')).toBe(found)
  expect(log).toHaveLength(2)
})

test('an answer in another type is another answer', async () => {
  const api = await connect()
  const first = await api.recent()
  const other = await withOptions(api, { headers: { accept: 'application/json' } }).recent()
  expect(other).not.toBe(first)
  expect(log).toEqual(['GET /recent/ 200', 'GET /recent/ 200'])
})

const callers: [name: string, headers: Record<string, string>, seen: string][] = [
  ['nobody', {}, 'nobody'],
  ['alice', { authorization: 'Bearer alice' }, 'Bearer alice'],
  ['bob', { authorization: 'Bearer bob' }, 'Bearer bob'],
  ['a browser', { cookie: 'session=carol' }, 'session=carol'],
  ['a program', { 'X-Key': 'dave' }, 'dave'],
]

test('callers with different headers never see each other’s answers, in the cache that all share', async () => {
  // The default: one pool and one cache for the process.
  const apis = await Promise.all(callers.map(([, headers]) => get<typeof router>(server.url, { headers })))
  log = []
  for (const _ of [1, 2]) {
    const seen = []
    for (const api of apis) seen.push(await api.who())
    expect(seen).toEqual(callers.map(([, , expected]) => expected))
  }
  expect(log).toEqual(callers.map(() => 'GET /who/ 200'))
})

test('callers at once do not see each other’s answers either', async () => {
  const cache = new MemoryCache()
  const apis = await Promise.all(
    callers.map(([, headers]) => get<typeof router>(server.url, { headers, cache })),
  )
  for (const _ of [1, 2]) {
    expect(await Promise.all(apis.map(api => api.who()))).toEqual(callers.map(([, , seen]) => seen))
  }
})

test('a page from the cache is one to go on from', async () => {
  const api = await connect()
  const first = await (await api.account()).balance()
  expect(await (await api.account()).balance()).toEqual(first)
  expect(log).toEqual(['GET /account/ 200', expect.stringMatching(/^GET \/Account\/.*balance 200$/)])
})

test('cache: false asks each time, for pages and what is reached through them', async () => {
  const api = await connect({ cache: false })
  const first = await api.recent()
  expect(await api.recent()).toBe((first as number) + 1)
  expect(log).toEqual(['GET /recent/ 200', 'GET /recent/ 200'])
})

test('a request about the cache goes by it', async () => {
  const api = await connect()
  const first = await api.recent()
  const insisting = withOptions(api, { headers: { 'Cache-Control': 'no-cache' } })
  expect(await insisting.recent()).toBe((first as number) + 1)
  expect(await api.recent()).toBe(first)
})

test('many answers take no more room than there is, and the ones not used go first', async () => {
  const cache = new MemoryCache({ bytes: 20_000 })
  const api = await connect({ cache })
  const first = await api.search('word 0')
  for (let i = 1; i <= 100; i++) {
    await api.search(`word ${i}`)
    expect(await api.search('word 0')).toBe(first)
    expect(cache.size).toBeLessThanOrEqual(20_000)
  }
  expect(cache.size).toBeGreaterThan(10_000)
  log = []
  await api.search('word 1')
  expect(log).toHaveLength(1)
})

test('an answer that is too large is not kept', async () => {
  const cache = new MemoryCache()
  const api = await connect({ cache })
  const before = cache.size
  await api.huge()
  await api.huge()
  expect(log).toEqual(['GET /huge/ 200', 'GET /huge/ 200'])
  expect(cache.size).toBe(before)
})

test('an inline result needs no request, for as long as it says', async () => {
  const api = await connect()
  const account = await api.account()
  log = []
  const stats = await account.stats()
  const brief = await account.brief()
  expect(await account.stats()).toBe(stats)
  expect(await account.brief()).toBe(brief)
  expect(log).toEqual([])
  await new Promise(resolve => setTimeout(resolve, 1_100))
  expect(await account.stats()).toBe(stats)
  expect(log).toEqual([])
  expect(await account.brief()).toBeGreaterThan(brief as number)
  expect(log).toEqual([expect.stringMatching(/^GET \/Account\/.*brief 200$/)])
})

test('an inline result of a page that was kept is as old as the page', async () => {
  const api = await connect()
  const { brief } = await api.account()
  await new Promise(resolve => setTimeout(resolve, 1_100))
  const again = await api.account()
  log = []
  expect(await again.brief()).toBeGreaterThan(0)
  expect(log).toEqual([expect.stringMatching(/^GET \/Account\/.*brief 200$/)])
  expect(brief).toBeTypeOf('function')
})
