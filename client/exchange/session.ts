// The session of one `get`, which all its pages share: options, and the credentials that stay with their origin.

import { withLimits } from '../../lib/limits.js'
import type { Codec } from '../../lib/message/codec.js'
import type { Node } from '../../lib/values/fault.js'
import { type ClientLimits, clientLimits } from '../limits.js'
import { cacheOf, type MemoryCache } from '../transport/cache.js'
import { withCookies } from '../transport/cookies.js'
import type { Transport } from '../transport/transport.js'
import type { OnUpload } from '../transport/upload.js'
import { checkClientOptions, headersOf, type Options } from './options.js'

/** Makes of a node in an answer the object for the caller. */
export type Receive = (node: Node, origin: Origin) => unknown

interface Credentials {
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
}

export interface SessionSettings {
  /** The headers among the options are for the origin of this URL. */
  readonly url: string
  readonly options: Options
  /** For options that name none. */
  readonly transport: Transport
  readonly receive: Receive
  /** Further headers for the same origin; those of the options go before them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The session whose options hold where these say nothing. */
  readonly parent?: Session
}

export class Session {
  readonly receive: Receive
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

  /** Throws TypeError for unknown options, and for values that an option does not take. */
  constructor({ url, options, transport, receive, headers: own, parent }: SessionSettings) {
    checkClientOptions(parent === undefined ? 'get' : 'withOptions', options)
    this.receive = receive
    this.transport = withCookies(options.transport ?? transport, options.cookies)
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

  /** This session with other options, whose headers are for the origin of `url`. Throws TypeError as for new ones. */
  derived(url: string, options: Options): Session {
    return new Session({ url, options, transport: this.transport, receive: this.receive, parent: this })
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

/** The answer that a node came in, as far as its calls need it. */
export interface Origin {
  readonly session: Session
  /** The codec of that answer, which its server understands. */
  readonly codec: Codec
  /** The time at which the answer was made: milliseconds, by this computer's clock. */
  readonly drawn: number
  /** The URL at which its server takes many calls in one request. Set when the page that says so has been read. */
  pipeline?: string | undefined
}
