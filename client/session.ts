// What the pages of one `get` share: options, and the credentials that stay with their origin.

import type { Codec } from '../lib/codec.js'
import { type ClientLimits, clientLimits, withLimits } from '../lib/limits.js'
import { checkOptions } from '../lib/options.js'
import { cacheOf, type MemoryCache } from './cache.js'
import { type CookieJar, withCookies } from './cookies.js'
import type { Transport } from './transport.js'

export interface Options {
  /**
   * Headers for requests to the origin of the URL or page that they are given with; other origins, reached
   * by redirect, link or form, get none of them.
   */
  readonly headers?: Readonly<Record<string, string>>
  /** Aborts the requests made with it; the server's work is told to stop. */
  readonly signal?: AbortSignal
  /**
   * Milliseconds a call may take from when it is asked for, promises among its arguments, what it is a member of,
   * redirects, retries and the end of its blobs or stream included; then it ends in a NetworkError whose cause is a TimeoutError. Default: no limit of ours, since a stream may last; on Node a
   * peer that says nothing for 5 minutes (undici's `headersTimeout` and `bodyTimeout`) is given up.
   */
  readonly timeout?: number
  /**
   * How often a request is tried again: a safe one where no answer came, it broke off, or the server says when to
   * come again; another one where the server says too that it had begun nothing. Default 2.
   */
  readonly retries?: number
  /** Limits of what is read, followed and waited for (spec/limits.md). */
  readonly limits?: Partial<ClientLimits>
  /** Called once for each failure of a call that nobody awaited. Default: a warning on the console. */
  readonly onUnobserved?: (error: unknown) => void
  readonly transport?: Transport
  /**
   * Are answers kept as their servers allow (RFC 9111), and asked about with their entity tags? Default: by a
   * cache of the transport's, except where it keeps them itself, as browsers do. `false` keeps none here.
   */
  readonly cache?: boolean | MemoryCache
  /**
   * Are cookies that servers set sent back, each to its own origin? `true`: by a jar of these pages, or a jar that
   * others share. With cookies no answers are kept, unless `cache` says so. Default: no; browsers do it by themselves.
   */
  readonly cookies?: boolean | CookieJar
  /**
   * Do independent forms of one turn travel in one request, where the server takes that? Default true. Calls
   * that depend on each other do in any case.
   */
  readonly coalesce?: boolean
}

/** All of them; `get` and `withOptions` refuse others. */
const optionNames = {
  headers: true,
  signal: true,
  timeout: true,
  retries: true,
  limits: true,
  onUnobserved: true,
  transport: true,
  cache: true,
  cookies: true,
  coalesce: true,
} satisfies Record<keyof Options, true>

interface Credentials {
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
}

export class Session {
  readonly transport: Transport
  readonly signal: AbortSignal | undefined
  readonly timeout: number | undefined
  readonly retries: number
  readonly coalesce: boolean
  readonly limits: ClientLimits
  readonly onUnobserved: (error: unknown) => void
  readonly cache: MemoryCache | undefined
  readonly #caching: boolean | MemoryCache | undefined
  readonly #credentials: readonly Credentials[]

  /** Throws TypeError for options that there are not, and for those that cannot be. */
  constructor(url: string, options: Options, fallback: Transport | Session) {
    checkOptions(fallback instanceof Session ? 'withOptions' : 'get', options, optionNames)
    const parent = fallback instanceof Session ? fallback : undefined
    const transport = options.transport ?? parent?.transport ?? (fallback as Transport)
    this.transport = withCookies(transport, options.cookies)
    this.signal = options.signal ?? parent?.signal
    this.timeout = options.timeout ?? parent?.timeout
    if (this.timeout !== undefined && !(this.timeout >= 0 && Number.isInteger(this.timeout))) {
      throw new TypeError(`the option timeout is in whole milliseconds, not ${this.timeout}`)
    }
    this.coalesce = options.coalesce ?? parent?.coalesce ?? true
    this.retries = options.retries ?? parent?.retries ?? 2
    this.limits = withLimits(parent?.limits ?? clientLimits, options.limits)
    this.onUnobserved = options.onUnobserved ?? parent?.onUnobserved ?? warn
    this.#caching = options.cache ?? (parent === undefined ? undefined : parent.#caching)
    const caching = this.#caching ?? !this.transport.keeps
    this.cache = caching === true ? cacheOf(this.transport) : caching || undefined
    const inherited = parent === undefined ? [] : parent.#credentials
    const headers = lowercase(options.headers ?? {})
    this.#credentials = [...inherited, { origin: new URL(url).origin, headers }]
  }

  headersFor(url: string): Record<string, string> {
    const headers: Record<string, string> = {}
    for (const credentials of this.#credentials) {
      if (isWithin(url, credentials.origin)) Object.assign(headers, credentials.headers)
    }
    return headers
  }
}

/** Without making a URL object: `http://a.example` is not the origin of `http://a.example.org`. */
function isWithin(url: string, origin: string): boolean {
  if (!url.startsWith(origin)) return false
  const next = url.charAt(origin.length)
  return next === '' || next === '/' || next === '?' || next === '#'
}

const lowercase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

const warn = (error: unknown) => console.warn('hyperglyph: a call failed that nobody awaited:', error)

/** Where a node came from: what it needs to be called. */
export interface Origin {
  readonly session: Session
  /** The codec of the answer that it was in: what its server understands. */
  readonly codec: Codec
  /** When the answer was made: milliseconds, by this computer's clock. */
  readonly drawn: number
  /** Where its server takes many calls in one request. Set when the page that says so has been read. */
  pipeline?: string | undefined
}
