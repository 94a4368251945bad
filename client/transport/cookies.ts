// A jar of cookies for programs: a cookie is sent back to the origin that has set it, and nowhere else. It follows RFC
// 6265bis but for `Domain`, since all credentials stay with their origin here. Browsers have their own jar.

import { checkArgument, fn } from '../../lib/options.js'
import { parseCookieDate } from './cookie-date.js'
import type { Transport, TransportRequest, TransportResponse } from './transport.js'

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
  /** In milliseconds since 1970. */
  readonly expires: number
}

/** For one origin; RFC 6265bis wants 50 at least. The oldest go first. */
const mostCookies = 100
/** Of a name and its value (RFC 6265bis, 5.6). */
const mostCharacters = 4096
/** Of a path (RFC 6265bis, 5.6). */
const mostOfAttribute = 1024
/** The origins that one jar knows: the last ones that were new. Redirects may lead through any number of them. */
const mostOrigins = 1000

/** The transports below those with a jar. */
const bases = new WeakMap<Transport, Transport>()

/**
 * A transport with a jar, with a new one for `true`, or without for `false`; as it is for `undefined`, or where the
 * platform has a jar itself.
 */
export function withCookies(transport: Transport, cookies: boolean | CookieJar | undefined): Transport {
  if (cookies === undefined) return transport
  const base = bases.get(transport) ?? transport
  if (cookies === false || base.keeps) return base
  return (cookies === true ? new CookieJar() : cookies).over(base)
}

/** Keeps cookies in memory: `get(url, { cookies: new CookieJar() })`. Several clients can share one. */
export class CookieJar {
  /** By origin, then by name and path. */
  readonly #origins = new Map<string, Map<string, Cookie>>()
  readonly #transports = new WeakMap<Transport, Transport>()

  /** Forgets all cookies: a logout that asks no server. */
  clear(): void {
    this.#origins.clear()
  }

  /** A transport that goes by this jar: always the same for the same one. */
  over(transport: Transport): Transport {
    checkArgument('CookieJar.over', transport, fn)
    const known = this.#transports.get(transport)
    if (known !== undefined) return known
    const through = async (request: TransportRequest) => {
      const { origin, pathname } = new URL(request.url)
      const kept = this.#header(origin, pathname)
      const header = [request.headers.cookie, kept].filter(Boolean).join('; ')
      const headers = header === '' ? request.headers : { ...request.headers, cookie: header }
      const response = await transport({ ...request, headers })
      for (const line of cookiesOf(response)) this.#set(line, request.url)
      return response
    }
    // Answers that are kept by URL alone would be another user's after a login: none are, unless that is asked for.
    const jarred: Transport = Object.assign(through, {
      keeps: true,
      ...(transport.afterTurn && { afterTurn: transport.afterTurn }),
      ...(transport.tellsSent && { tellsSent: true }),
    })
    this.#transports.set(transport, jarred)
    bases.set(jarred, transport)
    return jarred
  }

  /** Forgets the origin that was there first, where there are too many. */
  #newOrigin(origin: string): Map<string, Cookie> {
    const cookies = new Map<string, Cookie>()
    this.#origins.set(origin, cookies)
    const [first] = this.#origins.keys()
    if (this.#origins.size > mostOrigins && first !== undefined) this.#origins.delete(first)
    return cookies
  }

  #header(origin: string, path: string): string {
    const cookies = this.#origins.get(origin)
    if (cookies === undefined) return ''
    const now = Date.now()
    for (const [key, { expires }] of cookies) if (expires <= now) cookies.delete(key)
    return [...cookies.values()]
      .filter(cookie => isBelow(path, cookie.path))
      .sort((one, other) => other.path.length - one.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  /** Sets a cookie. A line that cannot be a cookie of that URL is passed over, as in browsers. */
  #set(line: string, url: string): void {
    const { origin, protocol, hostname, pathname } = new URL(url)
    const [pair = '', ...rest] = line.split(';')
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    const value = pair.slice(at + 1).trim()
    if (
      at < 1 ||
      name === '' ||
      name.length + value.length > mostCharacters ||
      /[^\t\x20-\x7e\x80-\uffff]/.test(line)
    )
      return
    const attributes = new Map(
      rest.map(attribute => {
        const [key = '', ...given] = attribute.split('=')
        return [key.trim().toLowerCase(), given.join('=').trim()] as const
      }),
    )
    const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '') ?? ''
    if (domain !== '' && hostname !== domain && !hostname.endsWith(`.${domain}`)) return
    const isSecure = attributes.has('secure')
    if (isSecure && protocol !== 'https:') return
    const stated = attributes.get('path') ?? ''
    const path = stated.startsWith('/') ? stated : pathname.slice(0, pathname.lastIndexOf('/')) || '/'
    if (path.length > mostOfAttribute) return
    if (/^__(secure|host)-/i.test(name) && !isSecure) return
    if (/^__host-/i.test(name) && (domain !== '' || stated !== '/')) return
    let cookies = this.#origins.get(origin)
    if (cookies === undefined) cookies = this.#newOrigin(origin)
    const key = `${name} ${path}`
    cookies.delete(key)
    const expires = endOf(attributes.get('max-age'), attributes.get('expires'))
    if (expires <= Date.now()) return
    cookies.set(key, { name, value, path, expires })
    for (const oldest of cookies.keys()) {
      if (cookies.size <= mostCookies) break
      cookies.delete(oldest)
    }
  }
}

function cookiesOf({ cookies, header }: TransportResponse): readonly string[] {
  if (cookies !== undefined) return cookies
  const only = header('set-cookie')
  return only === undefined ? [] : [only]
}

/** The end of a cookie, in milliseconds; Infinity where none is stated. `Max-Age` goes before `Expires`. */
function endOf(age: string | undefined, date: string | undefined): number {
  if (age !== undefined && /^-?\d+$/.test(age)) return Date.now() + Number(age) * 1000
  return parseCookieDate(date ?? '') ?? Number.POSITIVE_INFINITY
}

const isBelow = (path: string, above: string): boolean =>
  path === above || (path.startsWith(above) && (above.endsWith('/') || path[above.length] === '/'))
