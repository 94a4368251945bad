// The ways in which a router knows who calls, and what it says to those whom it does not know.

import type { IncomingMessage } from 'node:http'
import type { Fault } from '../../../lib/values/fault.js'
import type { NodeBindings } from '../../core/context/bindings.js'
import type { Namespace } from '../../core/registration/mappers.js'
import type { Login } from '../../core/responses/representation.js'
import { CookieSeals } from '../../core/sealing/cookie-seals.js'
import type { SealingOptions } from '../../core/sealing/seals.js'
import { SealedCookies } from './cookies.js'
import { type Identification, type Identify, identificationOf } from './identification.js'
import { IdentifiedRequest } from './identified-request.js'
import { asking, challengeOf, loginIn } from './login.js'
import type { SessionIdentification } from './session.js'

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

/** The identification of a router's requests. */
export class IdentityProviders {
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

  begin(request: Request, bindings: NodeBindings | undefined, mount: string): IdentifiedRequest {
    const told = this.#secure
    const place = {
      mount,
      get secure() {
        const { domain, incoming } = bindings ?? {}
        // What `serve` passes along is Node's whole request.
        return (
          told ||
          request.url.startsWith('https:') ||
          domain?.senderOf(incoming as IncomingMessage).secure === true
        )
      },
    }
    return new IdentifiedRequest({
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
