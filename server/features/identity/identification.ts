// Who somebody is: what finds a user by a request. `basic`, `bearer` and `session` make them; an application may make
// its own, from a function.

import type { Kind } from '../../../lib/options.js'
import type { Cookies } from '../../core/context/cookies.js'
import type { Session } from '../../core/context/session.js'

/** One request, as far as it is about who makes it. */
export interface RequestIdentity {
  readonly request: Request
  readonly cookies: Cookies
  /** Throws Error where the router has none. */
  readonly session: FoundSession
}

/** A session that knows its user. */
export interface FoundSession extends Session {
  /** The user, as the option `user` finds it by what the session holds. */
  findUser(): Promise<unknown>
}

/** What finds users in one way. */
export interface Identification {
  /** The user; undefined where the request says nothing of one. Throws a Fault (401) for credentials that are wrong. */
  identify(request: RequestIdentity): unknown
  /** What `WWW-Authenticate` says where nobody has logged in, and there is such a thing. */
  readonly challenge?: string
  /** The header of requests that it goes by. */
  readonly header: string
}

/** The user of a request, if any. It may be asked for requests that need none. */
export type Identify = (request: Request) => unknown

/** What a challenge can carry of a realm, as an option. */
export const realm: Kind = {
  is: value => typeof value === 'string' && /^[ -~]*$/.test(value),
  expected: 'a text of printable ASCII',
}

/** A text in a challenge. */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** What Hono's middleware and functions for credentials and cookies read of their context. */
export function contextOf(request: Request): never {
  const req = { raw: request, header: (name: string) => request.headers.get(name) ?? undefined }
  // Their type is a class of Hono's with private fields, which no literal has.
  return { req } as never
}

export function identificationOf(given: Identification | Identify): Identification {
  if (typeof given !== 'function') return given
  return { identify: ({ request }) => given(request), header: 'Authorization, Cookie' }
}
