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
import { until, wire } from '../../../limits/peer.js'
import { ends, json, pause, post } from './early-ends.js'

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

test.each(ends)('%s is told of in full, and ends nothing', async (_what, send, options, name, statuses) => {
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
