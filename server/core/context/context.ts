// The context of a request: what `this.context` is in a Resource, and `this` in a plain function.

import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { attempt, dropped, ignored } from '../../../lib/met.js'
import { visible, visibleLine } from '../../../lib/visible.js'
import type { Cookies } from '../../features/identity/cookies.js'
import type { Session } from '../../features/identity/session.js'
import { noSessions, type Visit } from '../../features/identity/visit.js'
import type { Sender } from '../../node/domain/service-domain.js'
import type { NodeBindings } from '../requests/body.js'
import type { Observer } from './observer.js'
import { type Trace, traceOf } from './trace.js'

/** Made for every request; a property costs something only when it is read. */
export class Context {
  readonly #request: () => Request
  readonly #log: Log
  readonly #bindings: NodeBindings | undefined
  #signal: AbortSignal | undefined
  readonly #visit: Visit | undefined
  /** Who calls, as the router's `identify` found out, or middleware: what that set as `user` on Hono's context. */
  readonly user: unknown

  constructor(
    request: () => Request,
    log: Log,
    user: unknown,
    bindings: NodeBindings | undefined,
    visit?: Visit,
  ) {
    this.#visit = visit
    this.#request = request
    this.#log = log
    this.#bindings = bindings
    this.user = user
  }

  /** The HTTP request. Its body has been read. */
  get request(): Request {
    return this.#request()
  }

  /**
   * Aborted when the client leaves, the request's time is up, or, while a stream is sent, the server begins to close.
   */
  get signal(): AbortSignal {
    const { signal: left } = this.request
    const running = this.#bindings?.running
    return running === undefined ? left : (this.#signal ??= AbortSignal.any([left, running.signal]))
  }

  /**
   * The IP address that the request comes from, behind the `proxies` of `serve` the one that they tell; undefined
   * where that is not known, as in tests without a socket.
   */
  get address(): string | undefined {
    return this.#sender?.address
  }

  /** Signed cookies, which only this server can have set. Throws Error where the router has no secret. */
  get cookies(): Cookies {
    if (this.#visit === undefined) throw new Error('cookies are sealed: give the Router a secret')
    return this.#visit.cookies
  }

  /** Throws Error where the router does not `identify` by `session()`. */
  get session(): Session {
    if (this.#visit === undefined) throw new Error(noSessions)
    return this.#visit.session
  }

  get #sender(): Sender | undefined {
    const { domain, incoming } = this.#bindings ?? {}
    // What `serve` passes along is Node's whole request.
    return domain?.senderOf(incoming as IncomingMessage)
  }

  get #observer(): Observer | undefined {
    return this.#bindings?.observer
  }

  get log(): Log {
    return this.#log
  }

  /** What the request is called in logs: its `X-Request-Id`, which `serve` gives to those that have none. */
  get requestId(): string | undefined {
    return this.#observer?.id ?? this.request.headers.get('x-request-id') ?? undefined
  }

  /** The trace that the request belongs to; its `headers` are for calls that are made on behalf of this one. */
  get trace(): Trace | undefined {
    if (this.#observer !== undefined) return this.#observer.trace
    const { headers } = this.request
    return traceOf(headers.get('traceparent'), headers.get('tracestate'))
  }
}

/** Where a server writes what people should know. `console` is one, so is pino. */
export interface Log {
  error(...parameters: unknown[]): void
  warn(...parameters: unknown[]): void
  info(...parameters: unknown[]): void
}

/**
 * Writes an error: as `console` does, or as pino and its kin want it, with what else is known of it. Never throws: a log
 * that fails is told of on the console, where that is another.
 */
export function report(log: Log, message: string, error: unknown, known: object = {}): void {
  // Code may have thrown whatever it had.
  dropped(error)
  const write = (to: Log) =>
    'child' in to
      ? to.error({ err: error, ...known }, message)
      : to.error(`${visibleLine(message)}:`, to === console ? harmless(error) : error)
  attempt(
    () => write(log),
    problem => {
      if (log === console) return
      attempt(() => console.error('the log failed:', problem), ignored)
      attempt(() => write(console), ignored)
    },
  )
}

/** What a caller has brought into an error's message, for a console that may be a terminal. */
function harmless(error: unknown): unknown {
  const text = inspect(error)
  const shown = visible(text)
  return shown === text ? error : shown
}
