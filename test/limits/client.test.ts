// Limits of a client: what it reads, what it follows, and how it waits where a server asks for patience.

import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type Blob,
  fetchTransport,
  get,
  LimitError,
  NetworkError,
  type Options,
  RemoteError,
  type Transport,
} from '../../client/index.js'
import { json } from '../../lib/codecs.js'
import { Fault } from '../../lib/values/fault.js'
import { Form, Page } from '../../lib/values/nodes.js'
import { failure } from '../client/failure.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function open(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise(resolve => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('redirects', () => {
  const chain = () =>
    open((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left > 0) response.writeHead(303, { location: `/${left - 1}` }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end('"there"')
    })
  test.each<[string, Options, number]>([
    ['by default', {}, 10],
    ['set to fewer', { limits: { redirects: 2 } }, 2],
    ['set to more', { limits: { redirects: 12 } }, 12],
    ['set to none', { limits: { redirects: 0 } }, 0],
  ])('are followed so often: %s', async (_, options, most) => {
    const url = await chain()
    expect(await get(`${url}${most}`, options)).toBe('there')
    await expect(get(`${url}${most + 1}`, options)).rejects.toThrow(`more than ${most} redirects`)
  })
})

describe('a blob that is no message of ours', () => {
  const bytes = new Uint8Array(100_000)
  test.each([
    ['with its length', { 'content-length': bytes.length }],
    ['without its length', {}],
  ])('may have so many bytes, and one more is a LimitError: %s', async (_, headers) => {
    const url = await open((_, response) =>
      response.writeHead(200, { 'content-type': 'image/png', ...headers }).end(bytes),
    )
    const exact = await get(url, { limits: { blobBytes: bytes.length } })
    expect(await exact.bytes()).toHaveLength(bytes.length)
    const over = await get(url, { limits: { blobBytes: bytes.length - 1 } })
    const error = await failure(over.bytes())
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({
      limit: 'blobBytes',
      message: expect.stringMatching(/^GET \/: blob of more than/),
    })
  })
})

describe('a compressed answer', () => {
  // 64 MiB in 65 KB.
  const bomb = gzipSync(Buffer.concat([Buffer.from('"'), Buffer.alloc(64 * 2 ** 20, 'x'), Buffer.from('"')]))
  const compressed = () =>
    open((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb),
    )

  test.each([
    ['undici', undefined],
    ['fetch', fetchTransport()],
  ])('counts as what comes out of it, and is left as soon as that is too much: %s', async (_, transport) => {
    const url = await compressed()
    const before = process.memoryUsage().rss
    const options = { ...(transport && { transport }), limits: { messageBytes: 2 ** 20 } }
    const error = await failure(get(url, options))
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({ limit: 'messageBytes' })
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 2 ** 20)
  })

  test('is decoded no further than its reader has come', async () => {
    // 256 MiB in less than 64 KiB.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 2 }
    const tiny = brotliCompressSync(Buffer.alloc(256 * 2 ** 20), { params })
    expect(tiny.length).toBeLessThan(65_536)
    const url = await open((_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'br' }).end(tiny)
    })
    const image = (await get(url)) as Blob
    const before = process.memoryUsage().rss
    let pieces = 0
    for await (const _ of image.chunks()) if (++pieces > 3) break
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20)
    expect(
      await failure(((await get(url, { limits: { blobBytes: 2 ** 20 } })) as Blob).bytes()),
    ).toMatchObject({
      limit: 'blobBytes',
    })
  })

  const bytes = Buffer.from('"hello"')
  /** Blocks of nothing, which are as quick to send as long to decode. */
  const empties = Buffer.alloc(4_000_000, Uint8Array.of(0, 0, 0, 255, 255))
  test.each<[string, Uint8Array]>([
    ['gzip', gzipSync(bytes)],
    ['GZip', gzipSync(bytes)],
    ['x-gzip', gzipSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['gzip, br', brotliCompressSync(gzipSync(bytes))],
    ['identity, gzip', gzipSync(bytes)],
    ['Identity', bytes],
    ['', bytes],
  ])('that somebody has compressed unasked is what it was: %s', async (coding, body) => {
    const url = await open((_, response) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length }
      response.writeHead(200, { ...headers, 'content-encoding': coding }).end(body)
    })
    expect(await get(url, { retries: 0 })).toBe('hello')
    expect(await get(url, { retries: 0, cache: false })).toBe('hello')
  })

  test('of an error is decoded too, and one without a body has none', async () => {
    const fault = gzipSync(json.encode(new Fault('gone for lunch', { status: 404 })))
    const answer: RequestListener = (request, response) => {
      const status = request.url === '/none' ? 204 : request.url === '/empty' ? 200 : 404
      const type = status === 404 ? { 'content-type': 'application/json' } : {}
      response.writeHead(status, { ...type, 'content-encoding': 'gzip' })
      response.end(status === 404 ? fault : undefined)
    }
    const url = await open(answer)
    expect(await failure(get(url))).toMatchObject({ status: 404, message: 'GET /: 404 gone for lunch' })
    expect(await get(`${url}none`)).toBeNull()
    expect(await ((await get(`${url}empty`)) as Blob).bytes()).toEqual(new Uint8Array(0))
  })

  test.each([
    ['compress', bytes, 'a body with Content-Encoding: compress, which was not asked for'],
    ['gzip, zstd', bytes, 'a body with Content-Encoding: gzip, zstd, which was not asked for'],
    ['deflate', empties, 'a body that is encoded to be longer than it is'],
    ['deflate, gzip', gzipSync(empties), 'a body that is encoded to be longer than it is'],
    ['deflate, gzip, gzip', gzipSync(gzipSync(empties)), 'a body that is encoded to be longer than it is'],
    ['gzip', bytes, 'the answer broke off'],
    ['gzip', gzipSync(bytes).subarray(0, 12), 'the answer broke off'],
    ['br', Buffer.from([255, 255, 255]), 'the answer broke off'],
    [Array(9).fill('gzip').join(), bytes, 'a body with Content-Encoding: gzip, gzip'],
  ])('that cannot be decoded was answered, and with what: %s', async (coding, body, problem) => {
    const url = await open((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': coding }).end(body)
    })
    const error = await failure(get(url, { retries: 0 }))
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ sent: 'answered', status: 200, message: expect.stringContaining(problem) })
  })
})

describe('Retry-After', () => {
  /** A server that answers its first requests for `act` with an error. */
  async function busy(status: number, headers: object, fault: Fault, times = 1) {
    const seen: string[] = []
    const page = new Page({ url: '' }, { act: new Form({ url: 'act', values: ['x'] }) })
    const url = await open((request, response) => {
      const act = request.url !== '/'
      if (act) seen.push(request.method as string)
      request.resume()
      const failing = act && seen.length <= times
      response.writeHead(failing ? status : 200, {
        'content-type': 'application/json',
        ...(failing ? headers : {}),
      })
      response.end(failing ? json.encode(fault) : act ? '"done"' : json.encode(page))
    })
    return { url, seen }
  }
  const shed = new Fault('busy', { status: 503, code: 'limit', details: { started: false } })
  const other = new Fault('busy', { status: 503 })
  const soon = { 'retry-after': '0' }

  test.each<[string, 'GET' | 'POST', number, object, Fault, number]>([
    ['safe request', 'GET', 503, soon, other, 2],
    ['safe request, told 429', 'GET', 429, soon, other, 2],
    [
      'safe request, told a date that is past',
      'GET',
      503,
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' },
      other,
      2,
    ],
    ['form of which nothing was begun', 'POST', 503, soon, shed, 2],
    ['form that may have run', 'POST', 503, soon, other, 1],
    ['form whose error is no 503', 'POST', 500, soon, shed, 1],
    ['safe request, not told when', 'GET', 503, {}, shed, 1],
    ...['soon', '-5', '1.5', '1, 2', '0x1', '1e0', '', '2001', '2001-01-01', 'Sun, 06 Nov 1994 08:49:37'].map(
      (nonsense): [string, 'GET', number, object, Fault, number] => [
        'safe request, told nonsense',
        'GET',
        503,
        { 'retry-after': nonsense },
        shed,
        1,
      ],
    ),
    ['safe request, told to wait longer than it may', 'GET', 503, { 'retry-after': '11' }, shed, 1],
    ['safe request, whose error is no 503', 'GET', 500, soon, shed, 1],
  ])('%s: %s, %i %o', async (_, method, status, headers, fault, times) => {
    const { url, seen } = await busy(status, headers, fault)
    const call = method === 'GET' ? get(`${url}act`) : (await get(url)).act(1)
    const result = await Promise.resolve(call).catch((error: unknown) => error)
    expect(seen).toEqual(Array.from({ length: times }, () => method))
    expect(result instanceof RemoteError ? result.status : result).toBe(times === 2 ? 'done' : status)
  })

  test('is waited for as often as retries says', async () => {
    const { url, seen } = await busy(503, soon, shed, 9)
    const page = await get(url, { retries: 4 })
    expect(await failure(page.act(1))).toMatchObject({
      status: 503,
      retryAfter: 0,
      details: { started: false },
    })
    expect(seen).toHaveLength(5)
  })

  test('that is longer than the time that is left is told at once', async () => {
    const { url, seen } = await busy(503, { 'retry-after': '3' }, shed)
    expect(await failure(get(`${url}act`, { timeout: 2500 }))).toMatchObject({
      status: 503,
      retryAfter: 3000,
    })
    expect(seen).toHaveLength(1)
  })

  test('may be longer where the client says so, and is waited for', async () => {
    const { url } = await busy(503, { 'retry-after': '1' }, shed)
    expect(await failure(get(`${url}act`, { limits: { retryAfter: 999 } }))).toMatchObject({ status: 503 })
    const again = await busy(503, { 'retry-after': '1' }, shed)
    const started = performance.now()
    expect(await get(`${again.url}act`, { limits: { retryAfter: 1000 } })).toBe('done')
    expect(performance.now() - started).toBeGreaterThan(990)
  })
})

test.each([
  ['seconds', '4000000'],
  ['a date', 'Fri, 31 Dec 2999 23:59:59 GMT'],
  ['seconds beyond all years', '9'.repeat(18)],
])('a Retry-After in %s that no timer can wait for is waited for, if it may', async (_, value) => {
  let requests = 0
  const url = await open((_, response) => {
    requests++
    response.writeHead(503, { 'retry-after': value }).end()
  })
  const signal = AbortSignal.timeout(300)
  await failure(get(url, { limits: { retryAfter: Number.POSITIVE_INFINITY }, signal }))
  expect([requests, signal.aborted]).toEqual([1, true])
})

test('a timeout that no timer can wait for is one for all that', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const days = 86_400_000
  const transport: Transport = ({ signal }) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
  let ended = false
  const result = failure(get('http://localhost/', { timeout: 60 * days, retries: 0, transport }))
  void result.then(() => (ended = true))
  await vi.advanceTimersByTimeAsync(59 * days)
  expect(ended).toBe(false)
  await vi.advanceTimersByTimeAsync(2 * days)
  vi.useRealTimers()
  expect(await result).toMatchObject({ name: 'NetworkError', cause: { name: 'TimeoutError' } })
})

test('limits that are none are refused', async () => {
  await expect(get('http://localhost/', { limits: { redirect: 1 } as never })).rejects.toThrow(
    'there is no limit redirect here, but messageBytes',
  )
})
