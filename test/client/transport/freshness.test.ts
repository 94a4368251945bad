// Which answers are kept, for how long, and what ends that: RFC 9111 against a server that says anything.

import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MemoryCache } from '../../../client/transport/cache.js'
import { defaultTransport } from '../../../client/transport/undici.js'

type Answer = [status: number, headers: OutgoingHttpHeaders, body: string, broken?: 'broken']

let server: Server
let base: string
let answers: Answer[]
let requests: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[]
let cache: MemoryCache

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers })
    request.resume()
    const [status, headers, body, broken] =
      answers.length > 1 ? (answers.shift() as Answer) : (answers[0] as Answer)
    response.writeHead(status, headers)
    if (broken === undefined) return response.end(body)
    response.write(body)
    setTimeout(() => response.destroy(), 20)
    return
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  requests = []
  cache = new MemoryCache()
})

async function ask(path = '/', headers: Record<string, string> = {}, method = 'GET'): Promise<string> {
  const request = { method, url: base + path, headers, body: undefined, signal: undefined }
  const response = await cache.answer(request, defaultTransport)
  let text = `${response.status} `
  for await (const chunk of response.body) text += new TextDecoder().decode(chunk)
  return text
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toUTCString()
const etag = '"x"'

const used: [name: string, headers: () => OutgoingHttpHeaders][] = [
  ['max-age', () => ({ 'cache-control': 'max-age=60' })],
  ['in large letters', () => ({ 'cache-control': 'Private, MAX-AGE=60' })],
  ['quoted', () => ({ 'cache-control': 'max-age="60"' })],
  ['beyond all numbers', () => ({ 'cache-control': `max-age=${'9'.repeat(40)}` })],
  ['private but for fields', () => ({ 'cache-control': 'private="set-cookie, no-store", max-age=60' })],
  ['an unknown directive', () => ({ 'cache-control': 'x="no-store, no-cache", y, max-age=60' })],
  ['shared caches must ask', () => ({ 'cache-control': 's-maxage=0, proxy-revalidate, max-age=60' })],
  ['Expires', () => ({ expires: ago(-60) })],
  ['max-age before Expires', () => ({ 'cache-control': 'max-age=60', expires: ago(60) })],
  ['an age below', () => ({ 'cache-control': 'max-age=60', age: '30' })],
  ['a date below', () => ({ 'cache-control': 'max-age=60', date: ago(30) })],
  ['a date that is none', () => ({ 'cache-control': 'max-age=60', date: '1' })],
  ['a date to come', () => ({ 'cache-control': 'max-age=60', date: ago(-3_000) })],
  ['an age that is none', () => ({ 'cache-control': 'max-age=60', age: 'old' })],
  ['Vary', () => ({ 'cache-control': 'max-age=60', vary: 'Accept, Authorization' })],
]

test.each(used)('an answer that is fresh is used again: %s', async (_, headers) => {
  answers = [
    [200, headers(), 'first'],
    [200, {}, 'second'],
  ]
  expect([await ask(), await ask()]).toEqual(['200 first', '200 first'])
  expect(requests).toHaveLength(1)
})

const confirmed: [name: string, headers: () => OutgoingHttpHeaders][] = [
  ['no-cache', () => ({ 'cache-control': 'no-cache', etag })],
  ['no-cache before max-age', () => ({ 'cache-control': 'no-cache, max-age=60', etag })],
  ['no-cache for a field', () => ({ 'cache-control': 'no-cache="x", max-age=60', etag })],
  ['nothing said', () => ({ etag })],
  ['an age of 0', () => ({ 'cache-control': 'max-age=0', etag })],
  ['an age that is none', () => ({ 'cache-control': 'max-age=-1', etag })],
  ['the first of two ages', () => ({ 'cache-control': 'max-age=0, max-age=60', etag })],
  ['an age above', () => ({ 'cache-control': 'max-age=60', age: '60', etag })],
  ['a date above', () => ({ 'cache-control': 'max-age=60', date: ago(61), etag })],
  ['Expires has passed', () => ({ expires: ago(1), etag })],
  ['Expires is none', () => ({ expires: '0', etag })],
  ['Expires is a number', () => ({ expires: '3600', etag })],
  ['Expires is a date that HTTP has not', () => ({ expires: '2999-01-01T00:00:00Z', etag })],
  ['Expires is a day that there is not', () => ({ expires: 'Sun, 31 Feb 2999 00:00:00 GMT', etag })],
  ['a weak entity tag', () => ({ etag: `W/${etag}` })],
]

test.each(confirmed)(
  'an answer that is not fresh is asked about, and used where it is right: %s',
  async (_, headers) => {
    answers = [
      [200, headers(), 'first'],
      [304, headers(), ''],
    ]
    expect([await ask(), await ask(), await ask()]).toEqual(['200 first', '200 first', '200 first'])
    expect(requests.map(request => request.headers['if-none-match'])).toEqual([
      undefined,
      headers().etag,
      headers().etag,
    ])
  },
)

const never: [name: string, status: number, headers: () => OutgoingHttpHeaders][] = [
  ['no-store', 200, () => ({ 'cache-control': 'no-store, max-age=60', etag })],
  ['it varies by more than headers', 200, () => ({ 'cache-control': 'max-age=60', vary: '*', etag })],
  ['no age and no tag', 200, () => ({ 'cache-control': 'private' })],
  ['a part', 206, () => ({ 'cache-control': 'max-age=60', etag })],
  ['created', 201, () => ({ 'cache-control': 'max-age=60', etag })],
  ['not found', 404, () => ({ 'cache-control': 'max-age=60', etag })],
  ['a redirect', 301, () => ({ 'cache-control': 'max-age=60', location: '/' })],
]

test.each(never)('an answer that must not be kept is not: %s', async (_, status, headers) => {
  answers = [
    [status, headers(), 'first'],
    [200, {}, 'second'],
  ]
  expect([await ask(), await ask()]).toEqual([`${status} first`, '200 second'])
  expect(requests[1]?.headers['if-none-match']).toBe(undefined)
  expect(cache.size).toBe(0)
})

test('an answer that breaks off is not kept', async () => {
  answers = [
    [200, { 'cache-control': 'max-age=60' }, 'fir', 'broken'],
    [200, {}, 'second'],
  ]
  await expect(ask()).rejects.toThrow()
  expect(await ask()).toBe('200 second')
})

test('an answer that was not read to its end is not kept', async () => {
  answers = [[200, { 'cache-control': 'max-age=60' }, 'first']]
  const request = { method: 'GET', url: base, headers: {}, body: undefined, signal: undefined }
  const { body } = await cache.answer(request, defaultTransport)
  for await (const _ of body) break
  expect(cache.size).toBe(0)
})

test('a time of modification serves where there is no entity tag', async () => {
  const modified = ago(3_600)
  answers = [
    [200, { 'last-modified': modified }, 'first'],
    [304, {}, ''],
  ]
  expect([await ask(), await ask()]).toEqual(['200 first', '200 first'])
  expect(requests[1]?.headers['if-modified-since']).toBe(modified)
})

test('what a 304 says of freshness counts from then on, and what it leaves out stays', async () => {
  answers = [
    [200, { 'cache-control': 'max-age=60', age: '61', etag }, 'first'],
    [304, {}, ''],
    [200, {}, 'second'],
  ]
  expect([await ask(), await ask(), await ask()]).toEqual(['200 first', '200 first', '200 first'])
  expect(requests).toHaveLength(2)
})

test('a 304 that forbids keeping ends it', async () => {
  answers = [
    [200, { etag }, 'first'],
    [304, { 'cache-control': 'no-store', etag }, ''],
    [200, {}, 'second'],
  ]
  expect([await ask(), await ask(), await ask()]).toEqual(['200 first', '200 first', '200 second'])
  expect(requests[2]?.headers['if-none-match']).toBe(undefined)
})

test('a 304 about another answer is not taken for ours: it is asked for anew', async () => {
  answers = [
    [200, { etag }, 'first'],
    [304, { etag: '"y"' }, ''],
    [200, {}, 'second'],
  ]
  expect([await ask(), await ask()]).toEqual(['200 first', '200 second'])
  expect(requests).toHaveLength(3)
})

test('a server in trouble is heard, and does not end what is kept', async () => {
  answers = [
    [200, { etag }, 'first'],
    [503, {}, 'trouble'],
    [304, { etag }, ''],
  ]
  expect([await ask(), await ask(), await ask()]).toEqual(['200 first', '503 trouble', '200 first'])
})

test('what is gone is kept no longer', async () => {
  answers = [
    [200, { etag }, 'first'],
    [404, {}, 'gone'],
    [200, {}, 'second'],
  ]
  expect([await ask(), await ask(), await ask()]).toEqual(['200 first', '404 gone', '200 second'])
  expect(requests[2]?.headers['if-none-match']).toBe(undefined)
})

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  '%s makes what is kept of its URL invalid, for all callers, and nothing else',
  async method => {
    answers = [[200, { 'cache-control': 'max-age=60' }, 'same']]
    const callers = [{}, { authorization: 'Bearer alice' }]
    for (const headers of callers) for (const path of ['/a', '/b']) await ask(path, headers)
    await ask('/a', {}, method)
    requests = []
    for (const headers of callers) for (const path of ['/a', '/b']) await ask(path, headers)
    expect(requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/a', undefined],
      ['/a', 'Bearer alice'],
    ])
  },
)

test.each([
  ['GET', 200, 1],
  ['HEAD', 200, 1],
  ['POST', 303, 2],
  ['POST', 400, 1],
  ['POST', 500, 1],
])(
  'after a %s that is answered with %i, what was kept is asked for %i times',
  async (method, status, times) => {
    answers = [
      [200, { 'cache-control': 'max-age=60' }, 'first'],
      [status, {}, ''],
      [200, {}, 'second'],
    ]
    await ask('/a')
    await ask(method === 'GET' ? '/b' : '/a', {}, method)
    await ask('/a')
    expect(requests.filter(({ method: name, url }) => name === 'GET' && url === '/a')).toHaveLength(times)
  },
)

test('a fragment is no part of what is asked for', async () => {
  answers = [
    [200, { 'cache-control': 'max-age=60' }, 'first'],
    [200, {}, 'second'],
  ]
  expect([await ask('/a#one'), await ask('/a#two'), await ask('/a')]).toEqual(Array(3).fill('200 first'))
})

test.each(['cache-control', 'pragma', 'range', 'if-none-match', 'if-match', 'if-modified-since'])(
  'a request with the header %s goes by what is kept',
  async name => {
    answers = [
      [200, { 'cache-control': 'max-age=60' }, 'first'],
      [200, {}, 'second'],
      [200, {}, 'third'],
    ]
    expect(await ask()).toBe('200 first')
    expect(await ask('/', { [name]: 'x' })).toBe('200 second')
    expect(await ask()).toBe('200 first')
  },
)
