// Which URLs are this server's own: what references in arguments lead to, and whether `locate` means this
// server. URLs are recognised by what the application says of its origins, else by the request's authority;
// none is ever built from the latter (spec/protocol.md, "URLs").

import { climbsOut, resolvePath } from './paths.js'

const isRelative = (reference: string): boolean => !/^([a-z][a-z\d+.-]*:|[/\\])/i.test(reference)

export class OwnUrls {
  /** Configured base URLs, each with a slash at the end. */
  readonly #bases: readonly string[]
  readonly #request: Request
  readonly #mount: string

  constructor(origins: readonly string[], request: Request, mount: string) {
    this.#bases = origins.map(origin => (origin.endsWith('/') ? origin : `${origin}/`))
    this.#request = request
    this.#mount = mount
  }

  /**
   * The path within the mount that a reference leads to; undefined: another server's. A relative one that
   * leads out of the mount is its own all the same where it was mounted there before, which `isSure` tells.
   */
  resolve(reference: string, from: string): string | undefined {
    if (isRelative(reference)) return resolvePath(reference, from)
    return URL.canParse(reference, this.#request.url)
      ? this.#path(new URL(reference, this.#request.url))
      : undefined
  }

  /** Must what `resolve` gave be here? Else it may be another application's, at the same origin. */
  isSure(reference: string, from: string): boolean {
    return !isRelative(reference) || !climbsOut(reference, from)
  }

  /** Is a base URL that `locate` gave this server's? Where the mount is hidden, its whole authority is. */
  readonly isHere = (base: string): boolean => {
    if (!URL.canParse(base)) return false
    const url = new URL(base)
    if (this.#bases.includes(url.href)) return true
    if (!this.#isRequested(url)) return false
    const hidden = this.#mount === '' && this.#bases.length === 0
    return hidden || url.pathname === `${this.#mount}/`
  }

  #path(url: URL): string | undefined {
    const base = this.#bases.find(candidate => url.href.startsWith(candidate))
    if (base !== undefined) return `/${url.href.slice(base.length).split(/[?#]/, 1)[0]}`
    if (!this.#isRequested(url) || !url.pathname.startsWith(`${this.#mount}/`)) return undefined
    return url.pathname.slice(this.#mount.length)
  }

  #isRequested(url: URL): boolean {
    return url.host === (this.#request.headers.get('host') ?? new URL(this.#request.url).host)
  }
}
