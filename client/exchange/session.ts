// What the pages of one `get` share: options, and the credentials that stay with their origin.

import { type ClientLimits, clientLimits, withLimits } from '../../lib/limits.js'
import type { Codec } from '../../lib/message/codec.js'
import { cacheOf, type MemoryCache } from '../transport/cache.js'
import { withCookies } from '../transport/cookies.js'
import type { Transport } from '../transport/transport.js'
import type { OnUpload } from '../transport/upload.js'
import { checkClientOptions, headersOf, type Options } from './options.js'

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
  readonly onUpload: OnUpload | undefined
  readonly cache: MemoryCache | undefined
  readonly #caching: boolean | MemoryCache | undefined
  readonly #credentials: readonly Credentials[]

  /** `own`: headers of the URL's. Throws TypeError for options that there are not, and for those that cannot be. */
  constructor(
    url: string,
    options: Options,
    fallback: Transport | Session,
    own?: Readonly<Record<string, string>>,
  ) {
    checkClientOptions(fallback instanceof Session ? 'withOptions' : 'get', options)
    const parent = fallback instanceof Session ? fallback : undefined
    const transport = options.transport ?? parent?.transport ?? (fallback as Transport)
    this.transport = withCookies(transport, options.cookies)
    this.signal = options.signal ?? parent?.signal
    this.timeout = options.timeout ?? parent?.timeout
    this.coalesce = options.coalesce ?? parent?.coalesce ?? true
    this.retries = options.retries ?? parent?.retries ?? 2
    this.limits = withLimits(parent?.limits ?? clientLimits, options.limits)
    this.onUnobserved = options.onUnobserved ?? parent?.onUnobserved ?? warn
    this.onUpload = options.onUpload ?? parent?.onUpload
    this.#caching = options.cache ?? (parent === undefined ? undefined : parent.#caching)
    const caching = this.#caching ?? !this.transport.keeps
    this.cache = caching === true ? cacheOf(this.transport) : caching || undefined
    const inherited = parent === undefined ? [] : parent.#credentials
    const headers = { ...own, ...headersOf(options.headers) }
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
