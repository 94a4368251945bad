// Calls that a browser makes for a page of another site: with the cookies, the network and the address of whoever
// looks at that page. They are refused unless the application trusts the page's origin (spec/security.md).

import { Fault } from '../../../lib/values/fault.js'
import type { Exchange } from '../requests/exchange.js'
import type { Middleware } from './middleware.js'

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Browsers say where a request comes from in `Sec-Fetch-Site` (only over https and to this machine), and for what
 * isn't a GET in `Origin`; other clients send neither. Both are theirs, so that no page can write them. The
 * algorithm is that of Go's `http.CrossOriginProtection` (F. Valsorda, 2025). Not by `Content-Type`: a page that
 * CORS lets in for reading would else be let in for calling too.
 */
export class CrossOrigin implements Middleware {
  readonly #trusted: ReadonlySet<string> | 'any'

  /** `own`: base URLs of this server. Throws TypeError for what is no origin. */
  constructor(own: readonly string[], trusted: readonly string[] | 'any') {
    this.#trusted = trusted === 'any' ? trusted : new Set([...own, ...trusted].map(originOf))
  }

  /** Throws a Fault (403) for a call by a page of an origin that isn't trusted. GET and HEAD do nothing. */
  before({ request: { method, headers, url } }: Pick<Exchange, 'request'>): undefined {
    if (reading.has(method) || this.#trusted === 'any') return
    const site = headers.get('sec-fetch-site')
    // `none` is a person's own doing: a bookmark, the address bar.
    if (site === 'same-origin' || site === 'none') return
    const origin = headers.get('origin')
    if (site === null && (origin === null || hostOf(origin) === (headers.get('host') ?? hostOf(url)))) return
    if (origin !== null && this.#trusted.has(origin)) return
    const page = origin === null || origin === 'null' ? 'another origin' : origin
    throw new Fault(`a page of ${page} may not call this server (trustedOrigins)`, {
      code: 'cross_origin',
    })
  }
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined)

function originOf(url: string): string {
  const origin = URL.canParse(url) ? new URL(url).origin : 'null'
  if (origin === 'null') throw new TypeError(`not an origin, such as https://app.example: ${url}`)
  return origin
}
