// What a web server passes along with a request: Node's own request, and what `serve` keeps of it. Types only.

import type { Readable } from 'node:stream'
import type { Fault } from '../../../lib/values/fault.js'
import type { Observer } from './observer.js'
import type { Senders } from './sender.js'

/** What the server tells a stream of its end. */
export interface Closing {
  /** The server begins to close. `watched`: has the application been told by a signal? */
  tell(watched: boolean): void
  /** It is over: nothing more is waited for. */
  end(): void
}

/** Node's request, with what body parsers put there. */
export interface Parsed {
  /** The bytes: of Firebase, Google's functions, and whoever keeps them by `verify`. */
  readonly rawBody?: unknown
  /** What a parser has made of it; bytes where it made nothing. */
  readonly body?: unknown
}

/** What @hono/node-server passes along: Node's own request, which is cheaper to read than a web stream. */
export interface NodeBindings {
  readonly incoming?: Pick<Readable, 'readableFlowing' | 'readableDidRead' | 'iterator' | 'on' | 'pause'> &
    Parsed & { readonly url?: string | undefined; readonly originalUrl?: string | undefined }
  readonly outgoing?: { getHeader(name: string): unknown }
  /** Set by `serve` for a router of its own: nothing stands before it that would want to see single calls. */
  readonly pipeline?: boolean
  /** Set by `serve`: is it listening where other machines reach it? */
  readonly exposed?: boolean
  /** Set by `serve`, which bounds the time of a request, and ends streams when it closes. */
  readonly running?:
    | {
        readonly signal: AbortSignal
        readonly bound: (over: (fault: Fault) => void) => void
        readonly streams: (stream: Closing) => void
      }
    | undefined
  /** Set by `serve`, which keeps figures, logs and traces. */
  readonly observer?: Observer | undefined
  /** Set by `serve`, which knows the proxies in front. */
  readonly domain?: Senders
}
