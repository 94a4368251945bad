// OpenTelemetry with its real SDK: a span for each request, children for steps, and what the application makes in them.

import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  type Context as OtelContext,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import { type Context, Router, type Server, safe, serve } from '../../../../server/index.js'

const exporter = new InMemorySpanExporter()
const servers: Server[] = []

beforeEach(() => {
  exporter.reset()
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  )
  const storage = new AsyncLocalStorage<OtelContext>()
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...parameters) =>
      storage.run(active, () => run.apply(self as never, parameters)),
    bind: (_active, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
  trace.disable()
  context.disable()
})

class User {
  constructor(readonly id: string) {}
  greet() {
    trace.getTracer('application').startSpan('of the application').end()
    return `Hello ${this.id}`
  }
}

async function start(): Promise<Server> {
  const router = new Router(
    {
      User,
      passed: safe(function (this: Context) {
        return this.trace?.headers ?? null
      }),
      crash: () => {
        throw new Error('an accident')
      },
    },
    { log: { error: () => undefined, warn: () => undefined, info: () => undefined } },
  )
  const server = await serve(router, { port: 0 })
  servers.push(server)
  return server
}

const until = async (count: number) => {
  while (exporter.getFinishedSpans().length < count) await new Promise(resolve => setTimeout(resolve, 5))
  return exporter.getFinishedSpans()
}

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test('a request is a span, a child of its sender’s, named by what it was for, without state', async () => {
  const server = await start()
  const location = (
    await fetch(`${server.url}User/`, {
      method: 'POST',
      body: new URLSearchParams({ id: 'bob' }),
      redirect: 'manual',
    })
  ).headers.get('location')
  const url = new URL(`${location}greet`, `${server.url}User/`)
  await fetch(url, { method: 'POST', headers: { traceparent: parent } })
  const spans = await until(3)
  const [made, inner, outer] = spans
  expect(made).toMatchObject({ name: 'POST User', kind: SpanKind.SERVER })
  expect(outer).toMatchObject({
    name: 'POST User.greet',
    kind: SpanKind.SERVER,
    parentSpanContext: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
    attributes: {
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'url.path': '/User/…/greet',
    },
  })
  expect(inner).toMatchObject({
    name: 'of the application',
    parentSpanContext: { spanId: outer?.spanContext().spanId },
  })
})

test('each step is a child of its request’s span', async () => {
  const server = await start()
  const api = await get(server.url)
  await Promise.allSettled([api.User('bob').greet(), api.crash()])
  const spans = await until(6)
  const request = spans.find(({ name }) => name === 'POST pipeline')
  const steps = spans.filter(
    ({ parentSpanContext }) => parentSpanContext?.spanId === request?.spanContext().spanId,
  )
  expect(steps.map(({ name, attributes }) => [name, attributes['http.response.status_code']]).sort()).toEqual(
    [
      ['User', 200],
      ['User.greet', 200],
      ['crash', 500],
    ],
  )
  const greet = steps.find(({ name }) => name === 'User.greet')
  const inner = spans.find(({ name }) => name === 'of the application')
  expect(inner?.parentSpanContext?.spanId).toBe(greet?.spanContext().spanId)
})

test('what the server passes on is its own span, in the sender’s trace', async () => {
  const server = await start()
  const headers = { traceparent: parent, tracestate: 'a=1' }
  const passed = await (await fetch(`${server.url}passed`, { headers })).json()
  const [span] = await until(1)
  const { traceId, spanId } = span?.spanContext() ?? {}
  expect(passed).toEqual({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'a=1' })
  expect(traceId).toBe('0af7651916cd43dd8448eb211c80319c')
})

test('an accident is an error of the span, with its exception', async () => {
  const server = await start()
  await fetch(`${server.url}crash/`, { method: 'POST' })
  const [span] = await until(1)
  expect(span).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '500' } })
  expect(span?.events).toMatchObject([
    { name: 'exception', attributes: { 'exception.message': 'an accident' } },
  ])
})

test('without a provider there are no spans, and headers are passed on as they came', async () => {
  trace.disable()
  const server = await start()
  const passed = await (await fetch(`${server.url}passed`, { headers: { traceparent: parent } })).json()
  expect(passed).toEqual({ traceparent: parent })
  expect(exporter.getFinishedSpans()).toEqual([])
})
