// Bearer tokens (RFC 6750), by Hono's middleware: for programs.

import { bearerAuth } from 'hono/bearer-auth'
import { checkOptions, fn, type Kind } from '../../../lib/options.js'
import { refused } from './basic.js'
import { contextOf, type Identification, quoted, realm } from './identification.js'

export interface BearerOptions {
  /** The user whose token it is, else undefined. Look it up by a hash of it, or check its signature. */
  readonly verify: (token: string) => unknown
  /** Default `hyperglyph`. */
  readonly realm?: string
}

const kinds = { verify: fn, realm } satisfies Record<keyof BearerOptions, Kind>

/** Users by token: `Authorization: Bearer …`. */
export function bearer(options: BearerOptions): Identification {
  checkOptions('bearer', options, kinds)
  const { verify, realm: called = 'hyperglyph' } = options
  if (verify === undefined) throw new TypeError('bearer needs verify')
  return {
    header: 'Authorization',
    challenge: `Bearer realm=${quoted(called)}`,
    async identify({ request }) {
      if (!/^bearer /i.test(request.headers.get('authorization') ?? '')) return undefined
      let user: unknown
      const verifyToken = async (token: string) => {
        user = await verify(token)
        return user !== undefined && user !== null && user !== false
      }
      await bearerAuth({ verifyToken, realm: called })(contextOf(request), async () => undefined).catch(
        refused,
      )
      return user
    },
  }
}
