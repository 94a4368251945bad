// The same suite over each transport: undici and fetch on a socket, and a router in this process.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { type Blob, blob, fetchTransport, get, local, type Transport, Unsent } from '../../../client/index.js'
import { guarded } from '../../../client/transport/undici.js'
import { undici } from '../../../index.js'
import { Fault } from '../../../lib/values/fault.js'
import { Resource, Router, redirect, safe, serve, verb } from '../../../server/index.js'

// biome-ignore lint/suspicious/noExplicitAny: what types say is tested in test/types.
type Untyped = any

class Box extends Resource {
  constructor(readonly name: string) {
    super()
  }
  @safe peek(depth = 1) {
    return `${this.name} ${depth}`
  }
  @verb('PUT') replace(content: string) {
    return `put ${content}`
  }
  @verb('DELETE') remove() {
    return `gone: ${this.name}`
  }
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const large = new Uint8Array(5 * 2 ** 20).map((_, index) => (index * 31) >> 3)

async function* inPieces(bytes: Uint8Array) {
  for (let start = 0; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000)
}

const router = new Router({
  Box,
  echo: (value: unknown) => value,
  open: redirect((name: string) => new Box(name)),
  nothing: () => null,
  fail: () => {
    throw new Fault('on purpose', { code: 'purpose', status: 409 })
  },
  upload: async (file: Blob, note = '') => {
    const bytes = await file.bytes()
    return { size: bytes.length, digest: digest(bytes), type: file.type, note }
  },
  alone: () => blob(large, 'image/x-test'),
  streamed: () => blob(inPieces(large), 'image/x-test'),
  several: () => ({ a: blob('one'), list: [blob(inPieces(large)), blob('')], n: 1 }),
})

const server = await serve(router, { port: 0 })
const agent = new Agent()
afterAll(async () => {
  await agent.close()
  await server.close(100)
})

const transports: readonly (readonly [string, () => Transport])[] = [
  ['undici', () => undici(agent)],
  ['fetch', () => fetchTransport()],
  ['local', () => local(router)],
]

describe.each(transports)('over %s', (_, transport) => {
  let api: Untyped
  beforeEach(async () => {
    api = await get(server.url, { transport: transport() })
  })

  const calls: readonly (readonly [string, (page: Untyped) => unknown, unknown])[] = [
    ['text', page => page.echo('ä 😀'), 'ä 😀'],
    ['a large text', page => page.echo('x'.repeat(700_000)), 'x'.repeat(700_000)],
    [
      'composites',
      page => page.echo({ a: [1, new Set([2]), new Map([[3, 4n ** 50n]])] }),
      { a: [1, new Set([2]), new Map([[3, 4n ** 50n]])] },
    ],
    ['nil', page => page.nothing(), null],
    ['an object, by redirect', async page => (await page.open('ö/?#')).name, 'ö/?#'],
    ['a link with arguments in its URL', page => page.open('b').peek(2), 'b 2'],
    ['a link without', page => page.open('b').peek(), 'b 1'],
    ['a PUT', page => page.open('b').replace('it'), 'put it'],
    ['a DELETE', page => page.open('b').remove(), 'gone: b'],
    ['a class', page => page.Box('c').peek(), 'c 1'],
  ]
  test.each(calls)('%s comes back', async (_, run, expected) => {
    expect(await run(api)).toEqual(expected)
  })

  test('a Fault is a RemoteError', async () => {
    await expect(api.fail()).rejects.toMatchObject({ name: 'RemoteError', status: 409, code: 'purpose' })
  })

  const uploads: readonly (readonly [string, () => unknown, number])[] = [
    ['nothing', () => blob(''), 0],
    ['text', () => blob('text'), 4],
    ['bytes', () => blob(large), large.length],
    ['a platform Blob', () => new globalThis.Blob([large]), large.length],
    ['a stream', () => blob(new globalThis.Blob([large]).stream()), large.length],
    ['pieces', () => blob(inPieces(large)), large.length],
  ]
  test.each(uploads)('a blob of %s arrives whole, beside other arguments', async (_, file, size) => {
    const answer = await api.upload(file(), 'a note')
    expect(answer).toMatchObject({ size, note: 'a note' })
    const sent = { 0: new Uint8Array(0), 4: new TextEncoder().encode('text'), [large.length]: large }[size]
    expect(answer.digest).toBe(digest(sent as Uint8Array))
  })

  test('a blob has the content type that it was given', async () => {
    expect(await api.upload(blob('{}', 'application/json'))).toMatchObject({ type: 'application/json' })
    expect(await api.upload(new File(['x'], 'x.css', { type: 'text/css' }))).toMatchObject({
      type: 'text/css',
    })
  })

  test.each(['alone', 'streamed'])(
    'a blob that is returned (%s) arrives whole, with its type',
    async name => {
      const file: Blob = await api[name]()
      expect(file.type).toBe('image/x-test')
      expect(digest(await file.bytes())).toBe(digest(large))
    },
  )

  test('several blobs arrive in one answer, read in any order', async () => {
    const { a, list, n } = await api.several()
    expect([n, await list[1].text(), digest(await list[0].bytes()), await a.text()]).toEqual([
      1,
      '',
      digest(large),
      'one',
    ])
  })

  test('a blob that came can be sent on', async () => {
    const answer = await api.upload(await api.streamed())
    expect(answer).toMatchObject({ digest: digest(large), type: 'image/x-test' })
  })

  test('a blob that is read in part leaves nothing behind', async () => {
    const file: Blob = await api.streamed()
    const reader = file.stream().getReader()
    expect((await reader.read()).value?.length).toBeGreaterThan(0)
    await reader.cancel()
    expect(await api.echo('still here')).toBe('still here')
  })
})

test.each(transports.slice(0, 2))(
  'over %s an answer that comes faster than it is read comes to its end',
  async (_, transport) => {
    const sent = Buffer.alloc(40_000, 7)
    const sender = createServer((_request, response) => {
      for (let piece = 0; piece < 100; piece++) response.write(sent)
      response.end()
    })
    await new Promise<void>(resolve => sender.listen(0, '127.0.0.1', resolve))
    const { port } = sender.address() as AddressInfo
    for (let round = 0; round < 10; round++) {
      const file: Blob = await get(`http://127.0.0.1:${port}/`, { transport: transport() })
      let size = 0
      for await (const chunk of file.chunks()) {
        size += chunk.length
        if (round % 2 === 0) await new Promise(resolve => setImmediate(resolve))
      }
      expect(size).toBe(100 * sent.length)
    }
    sender.closeAllConnections()
    await new Promise(resolve => sender.close(resolve))
  },
)

test('a transport of the application carries every request', async () => {
  const requests: string[] = []
  const carry = local(router)
  const transport: Transport = request => {
    requests.push(`${request.method} ${new URL(request.url).pathname} ${request.headers['x-mine']}`)
    return carry(request)
  }
  const api: Untyped = await get('http://anywhere.example/', { transport, headers: { 'X-Mine': 'yes' } })
  await api.echo(1)
  expect(requests).toEqual(['GET / yes', 'POST /echo/ yes'])
})

test('a request that is aborted while undici is being loaded opens no connection', async () => {
  let connections = 0
  const server = createServer((_, response) => response.end()).on('connection', () => connections++)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ask = guarded()
  const request = {
    method: 'GET',
    url: `http://127.0.0.1:${port}/`,
    headers: {},
    body: undefined,
    signal: undefined,
  }
  const controller = new AbortController()
  const left = ask({ ...request, signal: controller.signal })
  controller.abort(new Error('left'))
  await expect(left).rejects.toBeInstanceOf(Unsent)
  expect(connections).toBe(0)
  // The next one finds the library there, and its connection is the first.
  const { status, whole } = await ask(request)
  await whole?.()
  expect([status, connections]).toEqual([200, 1])
  server.closeAllConnections()
  server.close()
})
