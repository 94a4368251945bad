// A server whose URLs expire, by a clock that stands still, and what tells which URLs on an answer still open.

import { afterEach, beforeEach, vi } from 'vitest'
import { Duration } from '../../../../lib/values/duration.js'
import { Form, Link, Page } from '../../../../lib/values/nodes.js'
import { created, form, inline, link, Resource, Router, redirect, safe } from '../../../../server/index.js'
import { ask, logbook, origin } from '../../peer.js'

export const now = Date.parse('2030-01-01T00:00:00Z')
export const minute = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
})
afterEach(() => {
  vi.useRealTimers()
})
export const after = (minutes: number) => vi.setSystemTime(now + minutes * minute)

export class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  get best(): unknown {
    return this.id === 'eve' ? null : new User('eve')
  }
  @safe bio() {
    return this.id
  }
  @inline likes(): unknown {
    return this.id === 'eve' ? [] : [new User('eve'), link(new User('eve'), 'rename')]
  }
  rename(to: string) {
    return new User(to)
  }
  @redirect moved() {
    return new User('moved')
  }
  @safe friend() {
    return new User('friend')
  }
  friends(): unknown {
    return [
      { of: new Map([[1, Promise.resolve([new User('eve')])]]) },
      link(new User('tef'), 'bio'),
      created(this),
    ]
  }
  *all() {
    yield new User('one')
    yield Promise.resolve([new User('two')])
  }
  photo() {
    return null
  }
  share(minutes: number) {
    return link(new User('shared'), { expires: new Duration({ minutes }) })
  }
}
const shared = new User('shared')

export const router = new Router(
  {
    User,
    give: (id: string, minutes: number) =>
      link(new User(id), { expires: new Date(Date.now() + minutes * minute) }),
    give_member: () => [
      link(new User('bob'), 'bio', { expires: new Duration({ minutes: 1 }) }),
      form(new User('bob'), 'rename', { expires: new Duration({ minutes: 1 }) }),
    ],
    echo: (value: unknown) => value,
    nested: (value: unknown) => ({ deep: [Promise.resolve(new Map([['it', value]]))] }),
    fresh: (value: unknown) => value && new User('fresh'),
    cached: (value: unknown) => value && shared,
    make: (value: unknown) => value && created(new User('made')),
    goto: redirect((value: unknown) => value && new User('gone to')),
    kept: safe({ maxAge: 60 })(() => link(new User('bob'), { expires: new Duration({ minutes: 1 }) })),
    plain: safe({ maxAge: 60 })(() => link(new User('bob'))),
    find: redirect((name: string) => new User(name)),
    hello: () => 'hello',
    share_function: () => link(router, { expires: new Date() }),
  },
  {
    secret: 'a secret for these tests, of more than 32 bytes',
    pipeline: true,
    log: logbook().log,
  },
)

export const pathOf = (url: unknown) => new URL(url as string, origin).pathname
export const give = async (id: string, minutes: number) =>
  pathOf(((await ask(router, '/give/', { args: { id, minutes } })).value as Link).url)

/** The paths of all that is on an answer. */
export function pathsIn(value: unknown): string[] {
  if (value instanceof Page || value instanceof Link || value instanceof Form) {
    const own = /\/User\/./.test(value.url ?? '') ? [pathOf(value.url)] : []
    return [...own, ...pathsIn(value.content)]
  }
  if (value instanceof Map) return [...value.values()].flatMap(pathsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}

/** Statuses of GET for each path; a form's is asked without its arguments. */
export const statuses = async (paths: readonly string[]) =>
  Promise.all(paths.map(async path => (await ask(router, path)).status))
