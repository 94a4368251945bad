// W3C Trace Context (https://www.w3.org/TR/trace-context/, level 1): which trace a request belongs to, and the headers
// that say so to whoever is called next. Spans are made by tracing.ts, where the application has OpenTelemetry.

export interface Trace {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** The span that what is called next belongs to: the server's own, or that of whoever sent the request. */
  readonly spanId: string
  readonly sampled: boolean
  /** To be sent along: `get(url, { headers: this.context.trace?.headers })`. */
  readonly headers: Readonly<Record<string, string>>
}

/** Version, trace, span, flags; versions after 00 may have more. `ff` is no version, and zeros are no ids. */
const form = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|-)/
/** Characters that a `tracestate` is passed on with at least. */
const longestState = 512

/** The trace that a request's headers name; undefined where they name none, or in no way that is one. */
export function traceOf(traceparent: unknown, tracestate: unknown): Trace | undefined {
  const [found, version, traceId, spanId, flags] = form.exec(String(traceparent)) ?? []
  if (found === undefined || traceId === undefined || spanId === undefined) return undefined
  if (version === '00' && String(traceparent).length !== 55) return undefined
  const kept = typeof tracestate === 'string' && tracestate !== '' && tracestate.length <= longestState
  return traced(traceId, spanId, Number.parseInt(flags as string, 16), kept ? tracestate : undefined)
}

export function traced(traceId: string, spanId: string, flags: number, tracestate?: string): Trace {
  const sampled = (flags & 1) === 1
  const traceparent = `00-${traceId}-${spanId}-0${flags & 1}`
  const headers = tracestate === undefined ? { traceparent } : { traceparent, tracestate }
  return { traceId, spanId, sampled, headers }
}
