// Bearer tokens (RFC 6750), by Hono's middleware: for programs.

import { bearerAuth } from 'hono/bearer-auth'
import { checkOptions } from '../../lib/options.js'
import { refused } from './basic.js'
import { contextOf, type Identification, quoted } from './identification.js'

export interface BearerOptions {
  /** The user whose token it is, else undefined. Look it up by a hash of it, or check its signature. */
  readonly verify: (token: string) => unknown
  /** Default `hyperglyph`. */
  readonly realm?: string
}

const optionNames = { verify: true, realm: true } satisfies Record<keyof BearerOptions, true>

/** Users by token: `Authorization: Bearer …`. */
export function bearer(options: BearerOptions): Identification {
  checkOptions('bearer', options, optionNames)
  const { verify, realm = 'hyperglyph' } = options
  return {
    header: 'Authorization',
    challenge: `Bearer realm=${quoted(realm)}`,
    async identify({ request }) {
      if (!/^bearer /i.test(request.headers.get('authorization') ?? '')) return undefined
      let user: unknown
      const verifyToken = async (token: string) => {
        user = await verify(token)
        return user !== undefined && user !== null && user !== false
      }
      await bearerAuth({ verifyToken, realm })(contextOf(request) as never, async () => undefined).catch(
        refused,
      )
      return user
    },
  }
}
