// The smallest server whose URLs are sealed, as the tests of sealing ask it.

import { Router, type RouterOptions, safe } from '../../../../server/index.js'
import { ask, construct } from '../../peer.js'

export const first = 'the first secret, of 32 bytes or so'

export class User {
  constructor(readonly id: string) {}
  @safe bio() {
    return this.id
  }
}
export const server = (options: RouterOptions) => new Router({ User }, options)
export const open = async (on: Router, path: string) => (await ask(on, `${path}bio`)).status
/** The path of a User. */
export const userOn = (on: Router) => construct(on, 'User', { id: 'bob' })
