// Rules of all kinds: those that decide later, of routers, of derived classes, beside authorize, and those that cannot
// be.

import { beforeEach, expect, test } from 'vitest'
import type { Page } from '../../../../lib/values/nodes.js'
import { allow, anyone, inline, Router, safe } from '../../../../server/index.js'
import { ask, construct, outline, type Question } from '../../peer.js'
import { as, did, ran, type User, Vault } from './notes.js'

beforeEach(() => {
  ran.length = 0
})

test('a function may decide later, also whether a page is shown', async () => {
  class Letter {
    constructor(readonly to: string) {}
  }
  allow(async ({ user, object }) => {
    await Promise.resolve()
    return object === undefined || (user as User | undefined)?.name === (object as Letter).to
  })(Letter)
  const post = new Router({ Letter, all: () => [new Letter('admin'), new Letter('both')] })
  const { value } = await ask(as('admin', post), '/all/', { args: {} })
  expect(outline(value)).toEqual([{ to: 'admin' }, 'GET link'])
})

test('no function is asked about nobody, so that what neither of two has lets no stranger in', async () => {
  const asked: unknown[] = []
  class Purse {
    constructor(readonly owner: string) {}
  }
  allow(({ user, object }) => {
    asked.push(user)
    return (user as User | undefined)?.name === (object as Purse | undefined)?.owner
  })(Purse)
  expect((await ask(as(undefined, new Router({ Purse })), '/Purse/', { args: { owner: 'x' } })).status).toBe(
    401,
  )
  expect(asked).toEqual([])
})

test('a router can allow some what has no mark of its own, and anyone what has one', async () => {
  class Door {
    open() {
      return did('open')
    }
  }
  const closed = new Router(
    {
      Door,
      hello: () => did('hello'),
      login: allow(anyone)(() => did('login')),
      reset: allow('admin')(() => did('reset')),
    },
    { allow: ['editor'] },
  )
  const at = async (user: string | undefined, path: string, question: Question = { args: {} }) =>
    (await ask(as(user, closed), path, question)).status
  expect([
    await at(undefined, '/hello/'),
    await at('admin', '/hello/'),
    await at('editor', '/hello/'),
  ]).toEqual([401, 403, 200])
  expect([await at(undefined, '/Door/'), await at('editor', '/Door/')]).toEqual([401, 303])
  expect([
    await at(undefined, '/login/'),
    await at('editor', '/reset/'),
    await at('admin', '/reset/'),
  ]).toEqual([200, 403, 200])
  const page = (await ask(as(undefined, closed), '/')).value as Page
  expect(Object.keys(page.content as object)).toEqual(['login'])
})

test('a page on which nothing is for a caller is refused', async () => {
  const closed = new Router({ hello: () => 'hello' }, { allow: [] })
  expect((await ask(as(undefined, closed), '/')).status).toBe(401)
  expect((await ask(as('editor', closed), '/')).status).toBe(200)
  expect((await ask(new Router({}, { allow: [] }), '/')).status).toBe(200)
})

test('derived classes keep to the rule of the class that they come from, unless they have their own', async () => {
  class Safe extends Vault {}
  class Purse extends Vault {}
  allow(anyone)(Purse)
  const bank = new Router({ Safe, Purse })
  expect((await ask(as('editor', bank), '/Safe/oWRjb2RlAQ/open', { args: {} })).status).toBe(403)
  expect((await ask(as('editor', bank), '/Purse/oWRjb2RlAQ/open', { args: {} })).status).toBe(200)
  expect((await ask(as('editor', bank), '/Purse/oWRjb2RlAQ/empty', { args: {} })).status).toBe(403)
})

test('an inline method that one user has by right, and another by a function, is asked about for the other', async () => {
  class Diary {
    constructor(readonly of: string) {}
    @allow('admin', () => false) @inline entry() {
      return did('entry')
    }
  }
  const shelf = new Router({ Diary })
  const path = await construct(shelf, 'Diary', { of: 'x' })
  for (const [user, shown] of [
    ['admin', { inline: 'entry' }],
    ['editor', undefined],
    ['admin', { inline: 'entry' }],
  ] as const) {
    expect(outline((await ask(as(user, shelf), path)).value)).toEqual({
      of: 'x',
      ...(shown && { entry: shown }),
    })
  }
  expect(ran).toEqual(['entry', 'entry'])
})

test('rights are what the router says that they are', async () => {
  const ranks = new Router(
    { reset: allow('boss')(() => 'done') },
    { rights: user => [`${(user as User).name === 'editor' ? 'boss' : ''}`] },
  )
  expect((await ask(as('editor', ranks), '/reset/', { args: {} })).status).toBe(200)
  expect((await ask(as('admin', ranks), '/reset/', { args: {} })).status).toBe(403)
})

test('authorize is asked after the rules, about what they allow', async () => {
  const asked: string[] = []
  const authorize = ({ label }: { label: string }) => {
    asked.push(label)
    return label !== 'hello'
  }
  const strict = new Router(
    { hello: allow('admin')(() => 'hi'), bye: allow('admin')(() => 'bye') },
    { authorize },
  )
  const codes = ['/hello/', '/bye/'].map(
    async path => (await ask(as('admin', strict), path, { args: {} })).status,
  )
  expect(await Promise.all(codes)).toEqual([403, 200])
  expect((await ask(as('editor', strict), '/bye/', { args: {} })).status).toBe(403)
  expect(asked).toEqual(['hello', 'bye'])
})

test.each([
  [
    'a getter',
    () =>
      new Router({
        Bad: class Bad {
          @allow('x') get data() {
            return 1
          }
        },
      }),
    /allow marks no getters/,
  ],
  [
    'a field',
    () => allow('x')(undefined as never, { kind: 'field', name: 'data' } as ClassFieldDecoratorContext),
    /not fields/,
  ],
  [
    'what is public',
    () => new Router({ front: allow('x')(safe({ public: true })(() => 1)) }),
    /public for caches/,
  ],
  [
    'a method that is public',
    () =>
      new Router({
        Bad: allow('x')(
          class Bad {
            @safe({ public: true }) front() {
              return 1
            }
          },
        ),
      }),
    /Bad.front is public/,
  ],
  ['a number', () => allow(1 as never), /allow takes names of rights and functions/],
  ['an empty right', () => allow(''), /allow takes names of rights and functions/],
])('%s cannot be allowed to some', (_what, register, message) => {
  expect(register).toThrow(message)
})
