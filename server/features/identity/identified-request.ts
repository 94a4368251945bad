// One request, as far as it is about who makes it: its cookies, its session, and what its answer says of them.

import { dropped, someParts } from '../../../lib/promises.js'
import { noSessions } from '../../core/context/request-context.js'
import type { SealedCookies } from './cookies.js'
import type { Identification, RequestIdentity } from './identification.js'
import { KeptSession, type SessionIdentification } from './session.js'

interface IdentityParts {
  readonly request: Request
  readonly cookies: SealedCookies
  readonly ways: readonly Identification[]
  readonly sessions: SessionIdentification | undefined
  /** The headers that users are known by. */
  readonly vary: string | undefined
  readonly challenges: () => readonly string[]
}

/** One request, as its identification goes on: first its user, at last the headers of its answer. */
export class IdentifiedRequest implements RequestIdentity {
  readonly request: Request
  readonly cookies: SealedCookies
  readonly #parts: IdentityParts
  #session: KeptSession | undefined

  constructor(parts: IdentityParts) {
    this.request = parts.request
    this.cookies = parts.cookies
    this.#parts = parts
  }

  /** Throws Error where the router has none. */
  get session(): KeptSession {
    if (this.#session === undefined) throw new Error(noSessions)
    return this.#session
  }

  /** The user, once the session is there; undefined where nobody is known. */
  async user(): Promise<unknown> {
    const { sessions, ways } = this.#parts
    if (sessions !== undefined) this.#session = await KeptSession.open(sessions.settings, this.cookies)
    for (const way of ways) {
      const user = await way.identify(this)
      dropped(user, someParts)
      if (user !== undefined && user !== null && user !== false) return user
    }
    return undefined
  }

  /** Adds to an answer what it depends on, what a 401 asks for, and cookies. */
  async finish(response: Response): Promise<Response> {
    const { vary, challenges } = this.#parts
    await this.#session?.save()
    const cookies = this.cookies.send()
    // To look at the headers makes an answer dearer.
    if (cookies.length === 0 && vary === undefined) return response
    const { headers } = response
    for (const cookie of cookies) headers.append('set-cookie', cookie)
    const caching = headers.get('cache-control')
    const isPublic = caching?.startsWith('public')
    // Nobody else may be given a cookie by a cache.
    if (isPublic && cookies.length > 0) headers.set('cache-control', 'no-store')
    if (vary !== undefined && !isPublic) headers.append('vary', vary)
    if (response.status === 401 && !headers.has('www-authenticate')) {
      for (const challenge of challenges()) headers.append('www-authenticate', challenge)
    }
    return response
  }
}
