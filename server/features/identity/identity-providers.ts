// One request, as far as it is about who makes it: its cookies, its session, and what its answer says of them.

import { dropped, someParts } from '../../../lib/met.js'
import type { Fault } from '../../../lib/values/fault.js'
import type { NodeBindings } from '../../core/context/bindings.js'
import { noSessions } from '../../core/context/request-context.js'
import type { Namespace } from '../../core/registration/mappers.js'
import type { Login } from '../../core/responses/representation.js'
import { CookieSeals } from '../../core/sealing/cookie-seals.js'
import type { SealingOptions } from '../../core/sealing/seals.js'
import { SealedCookies } from './cookies.js'
import {
  type Identification,
  type Identify,
  identificationOf,
  type RequestIdentity,
} from './identification.js'
import { asking, challengeOf, loginIn } from './login.js'
import { KeptSession, type SessionIdentification } from './session.js'

export interface IdentityOptions {
  /**
   * Who calls: `basic(…)`, `bearer(…)`, `session(…)`, or a function of the request. Of several, the first that knows
   * somebody. The user is `context.user`, for `allow`, `authorize` and the application; where none knows anybody, it is
   * what middleware has set.
   */
  readonly identify?: Identify | Identification | readonly (Identify | Identification)[]
}

/** A way in which users are known: a scheme of `Authorization`, in lower case, or a cookie. */
export interface Scheme {
  readonly name: string
  readonly cookie?: string
}

/** What a router knows about identifying. */
export class Identities {
  readonly #ways: readonly Identification[]
  readonly #seals: CookieSeals
  readonly #sessions: SessionIdentification | undefined
  /** Do answers depend on who asks? */
  readonly #vary: string | undefined
  /** Is the server reached by https, as far as it has been told? */
  readonly #secure: boolean
  readonly #root: Namespace

  /** Where people log in by a session, if the application says it, and it is there. */
  get login(): Login | undefined {
    const login = this.#sessions?.settings.login
    return login === undefined ? undefined : loginIn(this.#root, login)
  }

  /** A Fault, and where it is a 401 how to log in. */
  asking(fault: Fault): Fault {
    const login = fault.status === 401 ? this.login : undefined
    return login === undefined ? fault : asking(fault, login)
  }

  /** Is there anything that a request could need of it? */
  get idle(): boolean {
    return this.#ways.length === 0 && !this.#seals.able
  }

  /** Those that can be named: of a function of the application's nothing is known. */
  get schemes(): Scheme[] {
    return this.#ways.flatMap((way): Scheme[] => {
      if ('settings' in way)
        return [{ name: 'session', cookie: (way as SessionIdentification).settings.name }]
      const [name] = way.challenge?.split(' ') ?? []
      return name === undefined ? [] : [{ name: name.toLowerCase() }]
    })
  }

  /** `root`: of the router. Throws TypeError for sessions without a secret. */
  constructor(
    root: Namespace,
    options: IdentityOptions & SealingOptions & { readonly origins?: readonly string[] },
  ) {
    this.#root = root
    const { identify = [], secret, origins = [] } = options
    this.#ways = (Array.isArray(identify) ? identify : [identify]).map(identificationOf)
    this.#seals = new CookieSeals(secret)
    this.#sessions = this.#ways.find((way): way is SessionIdentification => 'settings' in way)
    this.#secure = origins.length > 0 && origins.every(origin => origin.startsWith('https:'))
    if (this.#sessions !== undefined && !this.#seals.able)
      throw new TypeError('sessions are kept in sealed cookies: give the Router a secret')
    const headers = new Set(this.#ways.flatMap(({ header }) => header.split(', ')))
    this.#vary = headers.size === 0 ? undefined : [...headers].join(', ')
  }

  begin(request: Request, bindings: NodeBindings | undefined, mount: string): Visit {
    const told = this.#secure
    const place = {
      mount,
      get secure() {
        const { domain, incoming } = bindings ?? {}
        // What `serve` passes along is Node's whole request.
        return told || request.url.startsWith('https:') || domain?.senderOf(incoming as never).secure === true
      },
    }
    return new Visit({
      request,
      cookies: new SealedCookies(() => request, this.#seals, place),
      ways: this.#ways,
      sessions: this.#sessions,
      vary: this.#vary,
      challenges: () => this.#challenges(new URL(request.url).pathname, mount),
    })
  }

  /** Throws TypeError for a login that is not there. */
  #challenges(from: string, mount: string): string[] {
    const challenges = this.#ways.flatMap(({ challenge }) => challenge ?? [])
    const name = this.#sessions?.settings.login
    if (name === undefined) return challenges
    const { login } = this
    if (login === undefined)
      throw new TypeError(`session: login: no function is called ${JSON.stringify(name)}`)
    return [...challenges, challengeOf(login, from, mount)]
  }
}

interface IdentityParts {
  readonly request: Request
  readonly cookies: SealedCookies
  readonly ways: readonly Identification[]
  readonly sessions: SessionIdentification | undefined
  /** The headers that users are known by. */
  readonly vary: string | undefined
  readonly challenges: () => readonly string[]
}

export class Visit implements RequestIdentity {
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
