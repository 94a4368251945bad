// Basic authentication (RFC 7617), by Hono's middleware: a name and a password with each request, which browsers ask
// people for.

import { basicAuth } from 'hono/basic-auth'
import { checkOptions, fn, type Kind, object } from '../../../lib/options.js'
import { unauthenticated } from '../../core/faults/http.js'
import { contextOf, type Identification, quoted, realm } from './identification.js'
import { costOf, Passwords } from './password.js'

export interface BasicOptions<User> {
  /** What people are told that they log in to. Printable ASCII. Default `hyperglyph`. */
  readonly realm?: string
  /** Users by name. `password` is what `hashPassword` gave. */
  readonly users?: Readonly<Record<string, User & { readonly password: string }>>
  /** Instead: the user of that name and password, else undefined. Comparing in constant time is its affair. */
  readonly verify?: (name: string, password: string) => User | undefined | Promise<User | undefined>
}

const kinds = { realm, users: object, verify: fn } satisfies Record<keyof BasicOptions<object>, Kind>

/**
 * Users by name and password. The user is what `users` holds without its password, and with its `name`; or what
 * `verify` gives. Only for https: whoever sees a request has the password. Throws TypeError without users or verify.
 */
export function basic<User extends object>(options: BasicOptions<User>): Identification {
  checkOptions('basic', options, kinds)
  const { realm: called = 'hyperglyph' } = options
  const find = options.verify ?? finder(options.users)
  return {
    header: 'Authorization',
    challenge: `Basic realm=${quoted(called)}, charset="UTF-8"`,
    async identify({ request }) {
      if (!/^basic /i.test(request.headers.get('authorization') ?? '')) return undefined
      let user: unknown
      const verifyUser = async (name: string, password: string) => {
        user = await find(name, password)
        return user !== undefined && user !== null && user !== false
      }
      await basicAuth({ verifyUser, realm: called })(contextOf(request), async () => undefined).catch(refused)
      return user
    },
  }
}

/** Hono's middleware says so by an exception that holds a response. */
export function refused(error: unknown): never {
  if (error instanceof Error && 'res' in error) throw unauthenticated('these credentials are wrong')
  throw error
}

function finder(users: BasicOptions<object>['users']) {
  if (users === undefined) throw new TypeError('basic needs users, or verify')
  const known = new Map(Object.entries(users))
  for (const [name, { password }] of known) {
    try {
      costOf(password)
    } catch (cause) {
      throw new TypeError(`the password of ${name} must be stored as hashPassword gives it`, { cause })
    }
  }
  const passwords = new Passwords(Array.from(known.values(), ({ password }) => password))
  if (known.size === 0) return () => undefined
  return async (name: string, password: string) => {
    const user = known.get(name)
    if (!(await passwords.verify(name, password, user?.password))) return undefined
    const { password: _, ...shown } = user as { password: string }
    return { name, ...shown }
  }
}
