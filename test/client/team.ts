// What options are tried on: objects in objects, and calls that take their time.

import { blob, Fault } from '../../index.js'
import { inline, link, Resource, Router, safe } from '../../server/index.js'

/** What `hang` went through. */
export const events: string[] = []
/** The header `X-Who` of each request to an object. */
export const seen: (string | null)[] = []

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    seen.push(this.context.request.headers.get('x-who'))
    return `the life of ${this.id}`
  }
  message(subject: string, body = 'nothing', urgent = false) {
    seen.push(this.context.request.headers.get('x-who'))
    return [subject, body, urgent]
  }
  @inline best() {
    return new Friend(this.id)
  }
  // biome-ignore lint/suspicious/noThenProperty: a name that JavaScript has taken.
  then() {
    seen.push(this.context.request.headers.get('x-who'))
    return 'then'
  }
}

class Friend extends Resource {
  constructor(readonly of: string) {
    super()
  }
  greet() {
    seen.push(this.context.request.headers.get('x-who'))
  }
}

class Team extends Resource {
  readonly list = [new User('a')]
  readonly dict = { x: { y: new User('b') } }
  readonly map = new Map([[1, new User('c')]])
  readonly set = new Set([new User('d')])
  readonly bio = link(new User('e'), 'bio')
  readonly when = new Date(0)
}

export const router = new Router({
  User,
  Friend,
  Team,
  find_user: (id: string) => new User(id),
  hello: safe((name = 'World') => `Hello ${name}`),
  admin: { user: () => new User('root') },
  hang: async function () {
    events.push('begun')
    const { signal } = this
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    events.push('aborted')
  },
  crash: () => {
    throw new Fault('on purpose')
  },
  picture: () => blob(new Uint8Array(300_000)),
  *count() {
    for (let number = 0; ; number++) yield number
  },
  nothing: () => null,
  deaf: () => new Promise<void>(resolve => setTimeout(resolve, 1500).unref()),
})
