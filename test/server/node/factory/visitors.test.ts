// What strangers, users and operators see at the factory of an application that not everybody may use, over sockets.

import { Validator } from '@seriousme/openapi-schema-validator'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import {
  allow,
  anyone,
  basic,
  bearer,
  type FactoryOptions,
  factory,
  Router,
  type RouterOptions,
  type Server,
  safe,
  session,
} from '../../../../server/index.js'
import { ask, start } from './site.js'

class Note {
  constructor(readonly id: string) {}
  read() {
    return 1
  }
  @allow('admin') erase() {
    return 1
  }
  @allow(({ user }) => (user as { name: string }).name === 'ann') mine() {
    return 1
  }
}
class Vault {
  constructor(readonly code: number) {}
  open() {
    return 1
  }
}
allow('owner')(Vault)

const members = {
  Note,
  Vault,
  hello: () => 'hello',
  reset: allow('admin')(() => 'reset'),
  office: allow()({ stamp: () => 'stamped', safe: allow('owner', 'admin')(safe(() => 1)) }),
}
const rights: Record<string, string[]> = { ann: [], root: ['admin'] }
const identify = basic({
  verify: (name, word) => (word === 'wonderland' ? { name, rights: rights[name] ?? [] } : undefined),
})
const as = (name: string, word = 'wonderland'): Record<string, string> =>
  name === '' ? {} : { authorization: `Basic ${btoa(`${name}:${word}`)}` }
const open = (options: FactoryOptions = {}, more: RouterOptions = {}) =>
  start({ factory: options }, new Router(members, { identify, ...more }))

/** Names of everything in the help, methods too. */
async function named(server: Server, headers: Record<string, string>): Promise<string[]> {
  const help: Record<string, { methods?: object }> = await (await ask(server, 'help', headers)).json()
  return Object.entries(help).flatMap(([name, { methods = {} }]) => [
    name,
    ...Object.keys(methods).map(method => `${name}.${method}`),
  ])
}

const all = ['Note', 'Note.read', 'Note.erase', 'Note.mine', 'Vault', 'Vault.open', 'hello', 'reset']
const everything = [...all, 'office.stamp', 'office.safe']

describe('help and openapi.json tell of what the pages of whoever asks would show', () => {
  test.each([
    ['', ['Note', 'Note.read', 'hello']],
    ['ann', ['Note', 'Note.read', 'Note.mine', 'hello', 'office.stamp']],
    [
      'root',
      ['Note', 'Note.read', 'Note.erase', 'Note.mine', 'hello', 'reset', 'office.stamp', 'office.safe'],
    ],
  ])('%j', async (name, shown) => {
    const server = await open()
    expect(await named(server, as(name))).toEqual(shown)
    const document = await (await ask(server, 'openapi.json', as(name))).json()
    const summaries = Object.values(document.paths as Record<string, Record<string, { summary: string }>>)
      .flatMap(item => Object.values(item).map(({ summary }) => summary))
      .filter(summary => !/^Router$|^The page/.test(summary))
    expect(summaries.sort()).toEqual(shown.map(label => label.replace(/^[A-Z]\w+\./, '')).sort())
    const hidden = (await ask(server, 'help?name=Vault.open', as(name))).status
    expect(hidden).toBe(404)
  })

  test('where all users may do everything, strangers learn of nothing', async () => {
    const server = await start({}, new Router({ hello: () => 1 }, { identify, allow: [] }))
    expect(await named(server, {})).toEqual([])
    expect(await named(server, as('ann'))).toEqual(['hello'])
    expect((await ask(server, 'help', as('ann', 'wrong'))).status).toBe(401)
  })

  test('caches are told by what an answer depends on', async () => {
    const { headers } = await ask(await open(), 'help')
    expect(headers.get('vary')).toContain('Authorization')
    expect(headers.get('cache-control')).toMatch(/private|no-store/)
  })

  test('users are those that middleware knows, too, of each router where it stands', async () => {
    const app = new Hono<{ Variables: { user: unknown } }>()
    app.use(async (context, next) => {
      const name = context.req.header('x-user')
      if (name !== undefined) context.set('user', { name, rights: rights[name] })
      await next()
    })
    app.route('/api', new Router(members).app)
    app.route('/ops', factory(app).app)
    const server = await start({ factory: false }, app)
    const names = async (headers: Record<string, string>) =>
      Object.keys(await (await fetch(`${server.url}ops/help`, { headers })).json())
    expect(await names({})).toEqual(['Note', 'hello'])
    expect(await names({ 'x-user': 'root' })).toContain('reset')
  })
})

test('openapi.json says how users are known, and what wants one', async () => {
  const secret = 'a secret of at least thirty-two bytes'
  const ways = [session(), identify, bearer({ verify: () => undefined })]
  const server = await open({}, { identify: ways, secret })
  const document = await (await ask(server, 'openapi.json', as('root'))).json()
  expect(await new Validator().validate(document)).toMatchObject({ valid: true })
  expect(document.components.securitySchemes).toMatchObject({
    basic: { type: 'http', scheme: 'basic' },
    bearer: { type: 'http', scheme: 'bearer' },
    session: { type: 'apiKey', in: 'cookie', name: 'session' },
  })
  expect(document.paths['/reset/'].post.security.flatMap(Object.keys).sort()).toEqual([
    'basic',
    'bearer',
    'session',
  ])
  expect(document.paths['/hello/'].post.security).toBeUndefined()
})

test('help says who may call what not everybody may', async () => {
  const help = await (await ask(await open({ allow: ['admin'] }), 'help', as('root'))).json()
  expect([help.hello.allow, help.reset.allow, help.Vault.methods.open.allow]).toEqual([
    undefined,
    ['admin'],
    ['owner'],
  ])
  expect(help.office).toBeUndefined()
  expect(help['office.safe'].allow).toEqual(['whoever has logged in', 'owner or admin'])
  expect(help.Note.methods.mine.allow).toEqual(['whom a function admits'])
})

describe('a rule of the application for the factory', () => {
  const parts = ['', 'help', 'status', 'metrics', 'metrics/', 'openapi.json', 'health', 'ready']
  const statuses = (server: Server, headers: Record<string, string>) =>
    Promise.all(parts.map(async part => (await ask(server, part, headers)).status))

  test.each([
    ['', [401, 401, 401, 401, 401, 401, 200, 200]],
    ['ann', [403, 403, 403, 403, 403, 403, 200, 200]],
    ['root', [200, 200, 200, 200, 200, 200, 200, 200]],
  ])('keeps %j to what it says, on every address and through proxies', async (name, expected) => {
    const local = await open({ allow: ['admin'] })
    expect(await statuses(local, as(name))).toEqual(expected)
    expect(await statuses(local, { ...as(name), via: '1.1 proxy' })).toEqual(expected)
    const router = new Router(members, { identify, secret: false })
    const wide = await start({ host: '0.0.0.0', domain: 'any', factory: { allow: ['admin'] } }, router)
    expect(await statuses(wide, as(name))).toEqual(expected)
  })

  test('asks strangers to log in, and says so of wrong passwords', async () => {
    const server = await open({ allow: ['admin'] })
    for (const headers of [{}, as('root', 'wrong')]) {
      const answer = await ask(server, 'status', headers)
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Basic realm="hyperglyph", charset="UTF-8"',
      ])
    }
  })

  test('tells those whom it lets in of everything, and others of what is open', async () => {
    const server = await open({ allow: ['admin'], open: ['help', 'metrics'] })
    expect(await named(server, as('root'))).toEqual(everything)
    expect(await named(server, {})).toEqual(['Note', 'Note.read', 'hello'])
    expect((await ask(server, 'metrics')).status).toBe(200)
    expect((await ask(server, 'status')).status).toBe(401)
  })

  test('can be a function, and everybody', async () => {
    const named = await open({
      allow: [({ user, member }) => (user as { name: string }).name === 'ann' && member === 'status'],
    })
    expect((await ask(named, 'status', as('ann'))).status).toBe(200)
    expect((await ask(named, 'help', as('ann'))).status).toBe(403)
    expect((await ask(await open({ allow: [anyone] }), 'status')).status).toBe(200)
    await expect(open({ allow: [1 as never] })).rejects.toThrow(/the option allow must be a list/)
  })

  test('goes by the rights that the router knows', async () => {
    const server = await open(
      { allow: ['admin'] },
      { rights: user => ((user as { name: string }).name === 'ann' ? ['admin'] : []) },
    )
    expect((await ask(server, 'status', as('ann'))).status).toBe(200)
    expect((await ask(server, 'status', as('root'))).status).toBe(403)
  })

  test('holds for a factory that is mounted by hand', async () => {
    const app = new Hono()
    app.route('/api', new Router(members, { identify }).app)
    app.route('/ops', factory(app, { allow: ['admin'] }).app)
    const server = await start({ factory: false }, app)
    const of = async (name: string) => (await fetch(`${server.url}ops/status`, { headers: as(name) })).status
    expect([await of(''), await of('ann'), await of('root')]).toEqual([401, 403, 200])
  })
})
