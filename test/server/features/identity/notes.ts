// A router of which not everybody may use everything, and users that middleware has found out.

import { Hono } from 'hono'
import { allow, inline, Router } from '../../../../server/index.js'

/** What has run since it was last emptied. */
export const ran: string[] = []

export const did = (what: string) => {
  ran.push(what)
  return what
}

class Base {
  constructor(readonly id: string) {}
  @allow('admin') erase() {
    return did('erase')
  }
}
export class Note extends Base {
  read() {
    return did('read')
  }
  @allow('admin', 'editor') edit() {
    return did('edit')
  }
  @allow() @inline secret() {
    return did('secret')
  }
  override erase() {
    return did('erase')
  }
  @allow(({ user, object }) => (user as User | undefined)?.name === (object as Note).id) mine() {
    return did('mine')
  }
}
export class Vault {
  constructor(readonly code: number) {}
  open() {
    return did('open')
  }
  @allow('owner') empty() {
    return did('empty')
  }
}
allow('admin', 'owner')(Vault)

export interface User {
  readonly name: string
  readonly rights: readonly string[]
}
export const users: Record<string, User> = {
  admin: { name: 'admin', rights: ['admin'] },
  editor: { name: 'editor', rights: ['editor'] },
  both: { name: 'both', rights: ['admin', 'owner'] },
}

const members = {
  Note,
  Vault,
  reset: allow('admin')(() => did('reset')),
  hello: () => did('hello'),
  echo: (value: unknown) => did(`echo ${typeof value}`),
  notes: () => [new Note('editor'), new Note('x')],
  vaults: () => ({ in: [new Vault(1)] }),
  office: allow('admin')({ stamp: () => did('stamp'), inner: { file: allow('owner')(() => did('file')) } }),
}
export const router = new Router(members, { pipeline: true })

/** As middleware of an application that has found out who it is. */
export function as(user: string | undefined, to: Router = router) {
  const app = new Hono<{ Variables: { user: unknown } }>()
  app.use(async (context, next) => {
    context.set('user', user === undefined ? undefined : users[user])
    await next()
  })
  return app.route('/', to.app)
}
