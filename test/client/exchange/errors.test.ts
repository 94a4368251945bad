// What a client throws: for what a server answers, for answers that cannot be read, and where there is none.

import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  DecodeError,
  fetchTransport,
  get,
  LimitError,
  local,
  MemoryCache,
  RemoteError,
} from '../../../client/index.js'
import { cbor, json, text } from '../../../lib/codecs.js'
import { Fault } from '../../../lib/values/fault.js'
import { type Attributes, Extension, Form, Page } from '../../../lib/values/nodes.js'
import { Resource, Router } from '../../../server/index.js'
import { openSite, raw, value } from '../../fixtures/site.js'
import { failure } from '../failure.js'

// biome-ignore lint/suspicious/noExplicitAny: pages written by hand have no types.
type Untyped = any

const site = await openSite()
afterAll(() => site.close())
beforeEach(() => {
  site.seen.splice(0)
  site.routes['/'] = value(new Page({ url: '' }, { act: new Form({ url: 'act', values: [] }) }))
})

const codecs = [cbor, text, json]

test.each(codecs)('a Fault in $type arrives as a RemoteError with all that it says', async codec => {
  const fault = new Fault('no such user', {
    code: 'not_found',
    status: 404,
    origin: 'users-3',
    logref: 'b7f1',
    details: { name: 'bob', near: ['bo', 'rob'] },
  })
  site.routes['/fails'] = raw(404, codec.type, codec.encode(fault))
  const error = await failure(get(`${site.url}fails`))
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({
    name: 'RemoteError',
    message: 'GET /fails: 404 no such user (logref b7f1)',
    method: 'GET',
    url: `${site.url}fails`,
    status: 404,
    code: 'not_found',
    origin: 'users-3',
    logref: 'b7f1',
    details: { name: 'bob', near: ['bo', 'rob'] },
  })
  expect(error.cause).toBeInstanceOf(Fault)
  expect(error.cause.message).toBe('no such user')
})

test.each(codecs)('what a Fault in $type says beyond that is kept in the cause', async codec => {
  const attributes = { message: 'no such user', code: 404, url: 'help?q=bob', retry: [1, 2] }
  const error = (given: Attributes) =>
    raw(404, codec.type, codec.encode(new Extension('error', given, 'why')))
  site.routes['/fails'] = error(attributes)
  const { cause, code, message } = await failure(get(`${site.url}fails`))
  expect({ code, message }).toEqual({ code: '404', message: 'GET /fails: 404 no such user' })
  expect(cause.attributes).toEqual({ ...attributes, url: `${site.url}help?q=bob` })
  expect(cause.url).toBe(`${site.url}help?q=bob`)
  expect(cause.content).toBe('why')
  // A URL that is none doesn't hide the message.
  site.routes['/fails'] = error({ ...attributes, url: 'http://[' })
  expect(await failure(get(`${site.url}fails`))).toMatchObject({ message: 'GET /fails: 404 no such user' })
})

const pages: readonly (readonly [string, number, string, string, string])[] = [
  ['an HTML page', 502, 'text/html', '<h1>Bad Gateway</h1>', 'GET /fails: 502 (text/html)'],
  [
    'a traceback',
    500,
    'text/plain',
    'Traceback:\n  line 1\nValueError: no\n',
    'GET /fails: 500 ValueError: no',
  ],
  ['nothing', 503, '', '', 'GET /fails: 503 (no body)'],
  ['JSON of another kind', 400, 'application/json', '{"error":"x"}', 'GET /fails: 400 (application/json)'],
  ['what does not parse', 500, cbor.type, 'Internal Server Error', `GET /fails: 500 (${cbor.type})`],
]

test.each(pages)(
  '%s as an error is a RemoteError with its status',
  async (_, status, type, body, message) => {
    site.routes['/fails'] = raw(status, type, body)
    const error = await failure(get(`${site.url}fails`))
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ message, status, code: '', logref: '', details: {}, origin: undefined })
  },
)

test('messages and the console leave out the state that URLs carry', async () => {
  class Safe extends Resource {
    constructor(readonly token: string) {
      super()
    }
    open(wide: boolean) {
      throw new Fault(`not ${wide}`)
    }
  }
  const router = new Router({ Safe })
  const page: Untyped = await get('http://local/', { transport: local(router) })
  const box = await page.Safe('hunter2')
  const error = await failure(box.open(true))
  expect(error.message).toBe('POST /Safe/…/open: 400 not true')
  const { pathname } = new URL(error.url)
  expect(pathname).toMatch(/^\/Safe\/[\w-]+\/open$/)
  expect(inspect(error)).not.toContain(pathname.split('/')[2])
  expect(await failure(box.open())).toMatchObject({
    name: 'TypeError',
    message: 'Safe.open: missing argument "wide"',
  })
})

test.each([400, 404, 500, 503])('an answer of %i is an answer: nothing is tried again', async status => {
  site.routes['/fails'] = raw(status, 'text/plain', 'no')
  await failure(get(`${site.url}fails`))
  expect(site.seen.length).toBe(1)
})

test('what cannot be read is not kept: the server would go on to confirm it', async () => {
  const headers = { 'content-type': cbor.type, etag: '"1"', 'cache-control': 'no-cache' }
  site.routes['/bad'] = (response, { headers: { 'if-none-match': known } }) => {
    if (known !== undefined) response.writeHead(304, headers).end()
    else
      response
        .writeHead(200, headers)
        .end(site.seen.length === 1 ? new Uint8Array([0xff]) : cbor.encode('good'))
  }
  const cache = new MemoryCache()
  expect(await failure(get(`${site.url}bad`, { cache }))).toBeInstanceOf(DecodeError)
  expect(await get(`${site.url}bad`, { cache })).toBe('good')
})

describe('an answer that cannot be read', () => {
  const answers: readonly (readonly [string, string, Uint8Array | string, RegExp])[] = [
    ['garbage', cbor.type, new Uint8Array([0xff]), /^GET \/bad: .+ at byte 0$/],
    ['cut short', cbor.type, cbor.encode([1, 'text']).subarray(0, 4), /^GET \/bad: .+ at byte \d+$/],
    ['in text', text.type, 'L;;', /^GET \/bad: .+ at byte 2$/],
    ['in JSON', json.type, '{"a":', /^GET \/bad: .+ at byte \d+$/],
    ['empty', cbor.type, '', /^GET \/bad: .+ at byte 0$/],
  ]
  test.each(answers)('(%s) is a DecodeError that names the request', async (_, type, body, message) => {
    site.routes['/bad'] = raw(200, type, body)
    const error = await failure(get(`${site.url}bad`))
    expect(error).toBeInstanceOf(DecodeError)
    expect(error.message).toMatch(message)
    expect(site.seen.length).toBe(1)
  })

  const big = cbor.encode('x'.repeat(100_000))
  const limited: readonly (readonly [string, Record<string, string | number>, Uint8Array])[] = [
    ['with its length', { 'content-length': big.length }, big],
    ['without its length', {}, big],
    ['compressed', { 'content-encoding': 'gzip', 'content-length': gzipSync(big).length }, gzipSync(big)],
  ]
  test.each(limited)('is too big for its limit (%s)', async (_, headers, body) => {
    site.routes['/big'] = response =>
      response.writeHead(200, { 'content-type': cbor.type, ...headers }).end(body)
    const options = { transport: fetchTransport(), limits: { messageBytes: 50_000 } }
    const error = await failure(get(`${site.url}big`, options))
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({ limit: 'messageBytes' })
    expect(error.message).toMatch(/^GET \/big: /)
    expect(await get(`${site.url}big`, { transport: fetchTransport() })).toHaveLength(100_000)
  })
})

test.each(['ftp://a.example/', 'file:///etc/passwd', 'no url'])('get of %s is a TypeError', async url => {
  expect(await failure(get(url))).toBeInstanceOf(TypeError)
})

test.each([300, 304, 305, 306, 310, 399])(
  'an answer of %i to who asked for all is an error',
  async status => {
    site.routes['/'] = response => response.writeHead(status).end()
    for (const cache of [true, false]) {
      const error = await get(site.url, { cache }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(RemoteError)
      expect(error).toMatchObject({ status })
    }
  },
)

test('an answer of 304 is nothing to who asked for changes', async () => {
  site.routes['/'] = response => response.writeHead(304).end()
  expect(await get(site.url, { headers: { 'If-None-Match': '"x"' } })).toBeNull()
})
