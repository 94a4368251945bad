// OpenTelemetry: a span for each request, and a child for each step, where the application has set up a provider of
// them; nothing otherwise. The API's package is the application's, and is loaded when there is a provider.

import type { IncomingHttpHeaders } from 'node:http'
import type { Context, Span, Tracer } from '@opentelemetry/api'
import { unwaited } from '../../../lib/promises.js'
import { type Trace, traced, traceOf } from '../../core/context/trace.js'

type Api = typeof import('@opentelemetry/api')

/** The symbol under which all copies of the API, version 1, keep what was registered: how they find each other. */
const registered = Symbol.for('opentelemetry.js.api.1')

let api: Api | undefined
let loading: Promise<void> | undefined

const hasProvider = (): boolean =>
  (globalThis as { readonly [registered]?: { readonly trace?: unknown } })[registered]?.trace !== undefined

/** Settled once the API is there, if there is a provider of spans. */
export async function prepareTracing(): Promise<void> {
  if (hasProvider()) await (loading ??= load())
}

async function load(): Promise<void> {
  try {
    api = await import('@opentelemetry/api')
  } catch {
    // The provider was registered by a copy of the API that cannot be reached from here.
  }
}

/** The span of a request; undefined where nobody has registered a provider, or only just. */
export function beginSpan(method: string, headers: IncomingHttpHeaders): RequestSpan | undefined {
  if (!hasProvider()) return undefined
  if (api === undefined) {
    unwaited(prepareTracing())
    return undefined
  }
  return new ApiSpan(api, method, headers)
}

/** Without the API's types, which programs that don't have it cannot be told of. */
export interface RequestSpan {
  readonly trace: Trace
  /** Spans that are made in `request` are children of this one, where the provider knows what runs in what. */
  run<T>(request: () => T): T
  step(): { run<T>(step: () => T): T; end(name: string, status: number): void }
  failed(error: unknown): void
  end(name: string, path: string, status: number): void
}

/** Attributes are those of OpenTelemetry's conventions for HTTP: https://opentelemetry.io/docs/specs/semconv/http/ */
class ApiSpan implements RequestSpan {
  readonly #api: Api
  readonly #tracer: Tracer
  readonly #method: string
  readonly #span: Span
  readonly #context: Context

  constructor(found: Api, method: string, headers: IncomingHttpHeaders) {
    this.#api = found
    this.#method = method
    this.#tracer = found.trace.getTracer('hyperglyph')
    const attributes = { 'http.request.method': method }
    const parent = parentOf(found, headers)
    this.#span = this.#tracer.startSpan(method, { kind: found.SpanKind.SERVER, attributes }, parent)
    this.#context = found.trace.setSpan(parent, this.#span)
  }

  get trace(): Trace {
    const { traceId, spanId, traceFlags, traceState } = this.#span.spanContext()
    return traced(traceId, spanId, traceFlags, traceState?.serialize() || undefined)
  }

  run<T>(request: () => T): T {
    return this.#api.context.with(this.#context, request)
  }

  step(): { run<T>(step: () => T): T; end(name: string, status: number): void } {
    const span = this.#tracer.startSpan('step', { kind: this.#api.SpanKind.INTERNAL }, this.#context)
    const context = this.#api.trace.setSpan(this.#context, span)
    return {
      run: step => this.#api.context.with(context, step),
      end: (name, status) => {
        span.updateName(name)
        this.#end(span, status)
      },
    }
  }

  failed(error: unknown): void {
    this.#span.recordException(error instanceof Error ? error : String(error))
  }

  end(name: string, path: string, status: number): void {
    this.#span.updateName(`${this.#method} ${name}`)
    this.#span.setAttribute('url.path', path)
    this.#end(this.#span, status)
  }

  #end(span: Span, status: number): void {
    span.setAttribute('http.response.status_code', status)
    if (status >= 500) {
      span.setAttribute('error.type', String(status))
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR })
    }
    span.end()
  }
}

/** The context that the application's propagator reads in the headers; W3C's, where it has set none. */
function parentOf(
  { ROOT_CONTEXT, propagation, trace, createTraceState }: Api,
  headers: IncomingHttpHeaders,
): Context {
  const extracted = propagation.extract(ROOT_CONTEXT, headers)
  if (trace.getSpanContext(extracted) !== undefined) return extracted
  const given = traceOf(headers.traceparent, headers.tracestate)
  if (given === undefined) return extracted
  const { traceId, spanId, sampled } = given
  const { tracestate } = given.headers
  const traceState = tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }
  const remote = { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true, ...traceState }
  return trace.setSpanContext(extracted, remote)
}
