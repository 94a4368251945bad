// The context of a request: what `this.context` is in a Resource, and `this` in a plain function. Types only.

import type { Cookies } from './cookies.js'
import type { Log } from './log.js'
import type { Session } from './session.js'
import type { Trace } from './trace.js'

/** Of one request. A property costs something only when it is read. */
export interface Context {
  /** Who calls, as the router's `identify` found out, or middleware: what that set as `user` on Hono's context. */
  readonly user: unknown
  /** The HTTP request. Its body has been read. */
  readonly request: Request
  /**
   * Aborted when the client leaves, the request's time is up, or, while a stream is sent, the server begins to close.
   */
  readonly signal: AbortSignal
  /**
   * The IP address that the request comes from, behind the `proxies` of `serve` the one that they tell; undefined
   * where that is not known, as in tests without a socket.
   */
  readonly address: string | undefined
  /** Signed cookies, which only this server can have set. Throws Error where the router has no secret. */
  readonly cookies: Cookies
  /** Throws Error where the router does not `identify` by `session()`. */
  readonly session: Session
  readonly log: Log
  /** What the request is called in logs: its `X-Request-Id`, which `serve` gives to those that have none. */
  readonly requestId: string | undefined
  /** The trace that the request belongs to; its `headers` are for calls that are made on behalf of this one. */
  readonly trace: Trace | undefined
}
