// Requests that end before they should, with everybody listening: hooks, the log, a channel, spans, `onCall`, figures. What
// is told of a request is known when it begins, so that its connection may be gone by then, and nothing throws.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  allow,
  args,
  Blob,
  bearer,
  type Context,
  get,
  type RequestEntry,
  Router,
  type ServeOptions,
  type Server,
  safe,
  serve,
  verb,
} from '../../../../index.js'
import type { Fetcher } from '../../../../server/index.js'
import { request, until, type Wire, wire } from '../../../limits/peer.js'

const servers: Server[] = []
const exporter = new InMemorySpanExporter()
const uncaught: unknown[] = []
const caught = (error: unknown) => void uncaught.push(error)
beforeEach(() => {
  exporter.reset()
  uncaught.length = 0
  addresses.length = 0
  process.on('uncaughtExceptionMonitor', caught)
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  )
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
  process.off('uncaughtExceptionMonitor', caught)
  trace.disable()
})

class Store {
  constructor(readonly id: string) {}
  put(file: Blob) {
    return file.size ?? null
  }
  static {
    verb('PUT', { envelope: 'blob' })(Store.prototype.put)
  }
}

const addresses: unknown[] = []
const router = new Router(
  {
    Store,
    hello: (name = 'World') => `Hello ${name}`,
    up: args({ file: Blob })(async (file: Blob) => file.size ?? null),
    several: (files: Blob[]) => files.length,
    admin: allow('admin')((file: Blob) => file.size ?? null),
    crash() {
      throw new Error('an accident')
    },
    wait: safe(async function (this: Context) {
      await new Promise(resolve => setTimeout(resolve, 60))
      addresses.push(this.address, this.requestId, this.trace?.traceId, this.signal.aborted)
      return 'waited'
    }),
    async *lines() {
      for (;;) {
        await new Promise(resolve => setTimeout(resolve, 2))
        yield 'a line'
      }
    },
  },
  {
    identify: bearer({ verify: () => undefined }),
    log: { error: () => undefined, warn: () => undefined, info: () => undefined },
    limits: { blobBytes: 50_000, bodyBytes: 120_000, messageBytes: 20_000 },
    onCall: () => undefined,
  },
)

/** A server that everybody listens to, and what they have heard. */
async function heard(options: ServeOptions = {}, app: Fetcher = router) {
  const entries: RequestEntry[] = []
  const lines: unknown[] = []
  const published: unknown[] = []
  const write = (fields: unknown) => void lines.push(fields)
  const listen = (entry: unknown) => void published.push(entry)
  subscribe('hyperglyph:request', listen)
  const log = { error: write, warn: write, info: write, child: () => log }
  const server = await serve(app, {
    port: 0,
    log,
    on: {
      request: entry => void entries.push(entry),
      error: () => undefined,
      stop: () => undefined,
      beat: () => undefined,
    },
    ...options,
  })
  servers.push(server)
  return { server, entries, lines, published, done: () => unsubscribe('hyperglyph:request', listen) }
}

const boundary = 'limit'
const form = (field: string, length: number) => {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="f"\r\n\r\n`
  return { head, length: head.length + length + `\r\n--${boundary}--\r\n`.length }
}

/** Sends the head of a request, and of its body what will be taken. */
async function post(
  to: Wire,
  path: string,
  headers: Record<string, string | number>,
  body: string,
  rest = 0,
) {
  to.send(request('POST', path, { accept: 'application/json', ...headers }) + body)
  const piece = 'x'.repeat(10_000)
  for (let sent = 0; sent < rest && !to.socket.destroyed; sent += piece.length) {
    to.send(piece)
    await new Promise(resolve => setImmediate(resolve))
  }
}

const multipart =
  (field: string, path: string, length = 3_000_000) =>
  async (to: Wire) => {
    const { head, length: whole } = form(field, length)
    const type = `multipart/form-data; boundary=${boundary}`
    await post(to, path, { 'content-type': type, 'content-length': whole }, head, length)
    await to.closed
  }
const pause = (milliseconds = 20) => new Promise(resolve => setTimeout(resolve, milliseconds))
const json = { 'content-type': 'application/json' }

test.each<[string, (to: Wire, server: Server) => unknown, ServeOptions, string, readonly number[]]>([
  ['a blob above its limit', multipart('file', '/up/', 200_000), {}, 'up', [413, 499]],
  ['a body above its limit', multipart('file', '/up/'), {}, 'up', [413, 499]],
  ['a field that there is not', multipart('wrong', '/up/'), {}, 'up', [400, 413, 499]],
  ['a form for nothing', multipart('file', '/nowhere/'), {}, '(other)', [404, 499]],
  ['a form for what is not allowed', multipart('file', '/admin/'), {}, 'admin', [401, 499]],
  [
    'a message above its limit',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 3_000_000 }, '{"name":"', 3_000_000)
      await to.closed
    },
    {},
    'hello',
    [413, 499],
  ],
  [
    'a body in pieces above its limit',
    async to => {
      const piece = `2710\r\n${'x'.repeat(10_000)}\r\n`
      to.send(request('PUT', '/Store/oWJpZGFh/put', { 'transfer-encoding': 'chunked' }))
      for (let index = 0; index < 300 && !to.socket.destroyed; index++) {
        to.send(piece)
        await new Promise(resolve => setImmediate(resolve))
      }
      await to.closed
    },
    {},
    'Store.put',
    [413, 499],
  ],
  [
    'a sender that leaves before its body',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '')
      await pause()
      to.socket.destroy()
    },
    {},
    'hello',
    [499],
  ],
  [
    'a sender that resets in its body',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '{"name":')
      await pause()
      to.socket.resetAndDestroy()
    },
    {},
    'hello',
    [499],
  ],
  [
    'a sender that leaves in its form',
    async to => {
      const { head } = form('file', 40_000)
      const type = `multipart/form-data; boundary=${boundary}`
      await post(to, '/up/', { 'content-type': type, 'content-length': 41_000 }, head, 20_000)
      await pause()
      to.socket.destroy()
    },
    {},
    'up',
    [499],
  ],
  [
    'a sender that leaves while it is answered',
    async to => {
      await post(to, '/wait/', { 'content-length': 0 }, '')
      await pause()
      to.socket.destroy()
      await pause(60)
    },
    {},
    'wait',
    [499],
  ],
  [
    'a reader that leaves a stream',
    async to => {
      await post(to, '/lines/', { 'content-length': 0 }, '')
      await pause(40)
      to.socket.destroy()
    },
    {},
    'lines',
    [499],
  ],
  [
    'a sender that takes too long',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '{')
      await to.closed
    },
    { limits: { senderTime: 40 } },
    'hello',
    [408, 499],
  ],
  [
    'a call that takes too long',
    async to => {
      await post(to, '/wait/', { 'content-length': 0 }, '')
      await pause(150)
      to.socket.destroy()
    },
    { limits: { requestTime: 20 } },
    'wait',
    [503],
  ],
  [
    'a sender from elsewhere',
    multipart('file', '/up/'),
    { domain: ['10.0.0.0/8'], factory: false },
    '(other)',
    [403, 499],
  ],
  [
    'a name of somebody else',
    async to => {
      await post(to, '/hello/', { host: 'evil.example', 'content-length': 0 }, '')
      await pause()
      to.socket.destroy()
    },
    {},
    '(other)',
    [421],
  ],
  [
    'a server that is closed',
    async (to, server) => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '{')
      await pause()
      await server.close(20)
      await to.closed
    },
    {},
    'hello',
    [499],
  ],
  [
    'a server that drains',
    async (to, server) => {
      await post(to, '/lines/', { 'content-length': 0 }, '')
      await pause()
      await server.close(20)
      await to.closed
    },
    { drain: 20 },
    'lines',
    // Ended in order, or cut where that takes too long.
    [200, 499],
  ],
  [
    'rubbish after a request',
    async to => {
      to.send(`${request('POST', '/wait/', { 'content-length': 0 })}rubbish\r\n\r\n`)
      await to.closed
    },
    {},
    'wait',
    [200, 499],
  ],
  [
    'an accident with its body unread',
    async to => {
      await post(to, '/crash/', { ...json, 'content-length': 3_000_000 }, '{"name":"', 3_000_000)
      await to.closed
    },
    {},
    'crash',
    [400, 413, 499, 500],
  ],
])('%s is told of in full, and ends nothing', async (_what, send, options, name, statuses) => {
  const { server, entries, lines, published, done } = await heard(options)
  const to = await wire(server.port)
  await send(to, server)
  to.socket.destroy()
  await until(() => entries.length > 0)
  await pause()
  done()
  const [entry] = entries as [RequestEntry]
  expect({ name: entry.name, statuses, told: statuses.includes(entry.status) }).toEqual({
    name,
    statuses,
    told: true,
  })
  expect([entry.address, entry.version]).toEqual(['127.0.0.1', '1.1'])
  expect([entry.bytes >= 0, entry.milliseconds > 0, entry.id.length > 0]).toEqual([true, true, true])
  expect([lines.length, published.length]).toEqual([1, 1])
  expect(exporter.getFinishedSpans()).toHaveLength(1)
  expect(uncaught).toEqual([])
  if (server.closing || 'domain' in options) return
  const api = await get<typeof router>(server.url)
  expect(await api.hello()).toBe('Hello World')
})

test('a request that Node has taken the connection from is told of, timed and asked about all the same', async () => {
  const taken: unknown[] = []
  const app = {
    async fetch(asked: Request, bindings: { incoming: IncomingMessage }) {
      // As it does to those whose body was read in part, which a form above a limit may bring about.
      await pipeline(bindings.incoming, async () => Promise.reject(new Error('enough'))).catch(
        () => undefined,
      )
      taken.push(bindings.incoming.socket)
      const again = new Request('http://localhost/wait/', { signal: asked.signal })
      return router.fetch(again, bindings as never)
    },
  }
  const { server, entries, done } = await heard({ limits: { senderTime: 40, headerTime: 40 } }, app)
  const to = await wire(server.port)
  await post(to, '/up/', { ...json, 'content-length': 3_000_000 }, '{"name":"', 500_000)
  await until(() => entries.length > 0 && addresses.length > 0)
  done()
  expect(taken).toEqual([null])
  expect(entries).toMatchObject([{ name: 'wait', address: '127.0.0.1' }])
  expect(addresses[0]).toBeUndefined()
  expect(uncaught).toEqual([])
})
