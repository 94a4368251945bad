// The context of a request as it is read: from the request, and from whoever has made something of it.

import type { IncomingMessage } from 'node:http'
import type { NodeBindings } from './bindings.js'
import type { Context } from './context.js'
import type { Cookies } from './cookies.js'
import type { Log } from './log.js'
import type { Observer } from './observer.js'
import type { Session } from './session.js'
import { type Trace, traceOf } from './trace.js'

/** What a context is made of. */
export interface ContextSource {
  readonly request: Request
  readonly bindings: NodeBindings | undefined
  readonly log: Log
  readonly user: unknown
  readonly cookies?: Cookies | undefined
  /** Throws Error where there are no sessions. */
  readonly session?: (() => Session) | undefined
}

/** Made for every request. */
export class RequestContext implements Context {
  readonly #source: ContextSource
  #signal: AbortSignal | undefined
  readonly user: unknown

  constructor(source: ContextSource) {
    this.#source = source
    this.user = source.user
  }

  get request(): Request {
    return this.#source.request
  }

  get signal(): AbortSignal {
    const { signal: left } = this.request
    const running = this.#source.bindings?.running
    return running === undefined ? left : (this.#signal ??= AbortSignal.any([left, running.signal]))
  }

  get address(): string | undefined {
    const { domain, incoming } = this.#source.bindings ?? {}
    // What `serve` passes along is Node's whole request.
    return domain?.senderOf(incoming as IncomingMessage).address
  }

  get cookies(): Cookies {
    const { cookies } = this.#source
    if (cookies === undefined) throw new Error('cookies are sealed: give the Router a secret')
    return cookies
  }

  get session(): Session {
    const { session } = this.#source
    if (session === undefined) throw new Error(noSessions)
    return session()
  }

  get #observer(): Observer | undefined {
    return this.#source.bindings?.observer
  }

  get log(): Log {
    return this.#source.log
  }

  get requestId(): string | undefined {
    return this.#observer?.id ?? this.request.headers.get('x-request-id') ?? undefined
  }

  get trace(): Trace | undefined {
    if (this.#observer !== undefined) return this.#observer.trace
    const { headers } = this.request
    return traceOf(headers.get('traceparent'), headers.get('tracestate'))
  }
}

export const noSessions = 'there are no sessions: new Router(…, { identify: session() })'
