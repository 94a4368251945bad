// The cookies of one request and its answer, sealed with the router's secret. How they are written is Hono's.

import { generateCookie, getCookie } from 'hono/cookie'
import type { CookieOptions, Cookies } from '../../core/context/cookies.js'
import type { CookieSeals } from '../../core/sealing/cookie-seals.js'
import { contextOf } from './identification.js'

/** Browsers drop what is longer, name and attributes included (RFC 6265bis, 5.6). */
const mostCharacters = 4096

/** Where cookies go. */
export interface CookiePlace {
  /** Is the request one by https? */
  readonly secure: boolean
  /** Where the router is mounted, without a final slash. */
  readonly mount: string
}

export class SealedCookies implements Cookies {
  readonly #request: () => Request
  readonly #seals: CookieSeals
  readonly #place: CookiePlace
  /** What is set, by name and prefix: its value, and its line. */
  readonly #set = new Map<string, { readonly value: string | undefined; readonly line: string }>()
  #sent = false

  constructor(request: () => Request, seals: CookieSeals, place: CookiePlace) {
    this.#request = request
    this.#seals = seals
    this.#place = place
  }

  get(name: string, { path }: Pick<CookieOptions, 'path'> = {}): string | undefined {
    const prefixed = this.#prefixed(name, path ?? this.#path)
    const set = this.#set.get(prefixed)
    if (set !== undefined) return set.value
    const sent = getCookie(contextOf(this.#request()), prefixed)
    const bytes = sent === undefined ? undefined : this.#seals.open(name, sent)
    return bytes && new TextDecoder().decode(bytes)
  }

  /** Which paths cookies are sent to that don't say it. */
  get #path(): string {
    return this.#place.mount || '/'
  }

  set(name: string, value: string, options: CookieOptions = {}): void {
    const sealed = this.#seals.seal(
      name,
      new TextEncoder().encode(value),
      options.encrypt ? 'encrypt' : 'sign',
    )
    this.#add(name, value, sealed, options)
  }

  delete(name: string, { path }: Pick<CookieOptions, 'path'> = {}): void {
    this.#add(name, undefined, '', { maxAge: 0, ...(path === undefined ? {} : { path }) })
  }

  #add(name: string, value: string | undefined, text: string, options: CookieOptions): void {
    if (this.#sent) throw new Error(`the cookie ${name} is set too late: the answer has been begun`)
    const { path = this.#path, sameSite = 'Lax', httpOnly = true, maxAge } = options
    const prefixed = this.#prefixed(name, path)
    const line = generateCookie(prefixed, text, {
      path,
      sameSite,
      httpOnly,
      secure: this.#place.secure || sameSite === 'None',
      ...(maxAge === undefined ? {} : { maxAge }),
    })
    if (line.length > mostCharacters)
      throw new RangeError(`the cookie ${name} would be longer than ${mostCharacters} characters`)
    this.#set.set(prefixed, { value, line })
  }

  /** By https, a name that no other host of the domain, and nobody without https, can set (RFC 6265bis, 4.1.3). */
  #prefixed(name: string, path: string): string {
    if (!this.#place.secure) return name
    return path === '/' ? `__Host-${name}` : `__Secure-${name}`
  }

  /** The lines for `Set-Cookie`. From now on none can be set. */
  send(): string[] {
    this.#sent = true
    return [...this.#set.values()].map(({ line }) => line)
  }
}
