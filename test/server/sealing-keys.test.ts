// The secrets behind sealed URLs: which are taken, that they are never shown, and how they change on servers whose
// URLs are about: keys rotate, sealing is turned on and off, classes move.

import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { get, local } from '../../client/index.js'
import { Link, type Page } from '../../lib/nodes.js'
import {
  created,
  type Fetcher,
  link,
  Router,
  type RouterOptions,
  redirect,
  safe,
  serve,
} from '../../server/index.js'
import { describeValue, scalars } from '../values.js'
import { ask, construct, logbook } from './peer.js'

const [first, second] = ['the first secret, of 32 bytes or so', 'the second secret, which is newer']

class User {
  constructor(readonly id: string) {}
  @safe bio() {
    return this.id
  }
}
const server = (options: RouterOptions) => new Router({ User }, options)
const open = async (on: Router, path: string) => (await ask(on, `${path}bio`)).status
const userOn = (on: Router) => construct(on, 'User', { id: 'bob' })

test.each<[what: string, options: object, problem: string]>([
  ['too short', { secret: 'hush'.repeat(7) }, 'the secret has 28 bytes, and must have at least 32'],
  ['empty', { secret: '' }, 'the secret has 0 bytes'],
  ['bytes that are too few', { secret: randomBytes(31) }, 'the secret has 31 bytes'],
  ['a key that is too short', { secret: createSecretKey(randomBytes(16)) }, 'the secret has 16 bytes'],
  ['one of several that is too short', { secret: [first, 'hush'] }, 'the secret has 4 bytes'],
  ['a variable that is not set', { secret: undefined }, 'the secret is undefined'],
  ['one of several that is not set', { secret: [first, undefined] }, 'the secret is undefined'],
  ['true', { secret: true }, 'a secret is text, bytes or a secret KeyObject'],
  ['a private key', { secret: generateKeyPairSync('ed25519').privateKey }, 'a secret is text, bytes'],
  ['an empty list', { secret: [] }, 'secret is an empty list'],
  ['a mode without a secret', { seal: 'sign' }, 'there is no secret'],
  ['a mode without a secret, said', { seal: 'encrypt', secret: false }, 'there is no secret'],
  ['another mode', { secret: first, seal: 'hash' }, 'seal is "sign" or "encrypt", not "hash"'],
])('a secret that is %s is refused at once, and not shown', (_, options, problem) => {
  const thrown = () => server(options as RouterOptions)
  expect(thrown).toThrow(TypeError)
  expect(thrown).toThrow(problem)
  expect(thrown).not.toThrow('hush')
})

test('a secret of 32 bytes is long enough', async () => {
  const on = server({ secret: 'x'.repeat(32) })
  expect(await open(on, await userOn(on))).toBe(200)
})

test('no secret is printed with a router, its parts, or what it logs and answers', async () => {
  const { log, lines } = logbook()
  const bytes = Buffer.from('a secret that is made of bytes here')
  const on = server({ secret: [first, bytes], log, seal: 'encrypt' })
  on.add('fail', () => {
    throw new Error('an accident')
  })
  const answers = [await ask(on, '/'), await ask(on, '/fail/', { args: {} }), await ask(on, '/User/x/')]
  const shown = [
    inspect(on, { depth: 20, showHidden: true, getters: true }),
    inspect(on.app, { depth: 20, showHidden: true }),
    JSON.stringify(on),
    ...lines,
    ...answers.map(({ text }) => text),
  ].join('\n')
  expect(lines.join()).toContain('an accident')
  for (const secret of [first, bytes.toString(), bytes.toString('hex'), bytes.toString('base64')]) {
    expect(shown).not.toContain(secret)
  }
  expect(shown).not.toMatch(/61 20 73 65 63 72 65 74/)
})

test('a log has no state of a URL, whatever is wrong with it', async () => {
  const { log, lines } = logbook()
  class Failing extends User {
    @safe override bio(): string {
      throw new Error('an accident')
    }
  }
  const on = new Router({ Failing }, { secret: first, log })
  const path = await construct(on, 'Failing', { id: 'bob' })
  await ask(on, `${path}bio`)
  await ask(on, path.replace(/..\/$/, '/'))
  expect(lines.length).toBe(1)
  expect(lines.join()).not.toContain(path.split('/')[2])
})

test('the first of several secrets seals, and each of them opens', async () => {
  const [before, during, after] = [first, [second, first], second].map(secret => server({ secret }))
  const old = await userOn(before as Router)
  const page = await ask(during as Router, old)
  const fresh = new URL((page.value as Page).url as string).pathname
  expect(fresh).toBe(await userOn(after as Router))
  const opened = await Promise.all(
    [before, during, after].map(on => Promise.all([old, fresh].map(path => open(on as Router, path)))),
  )
  expect(opened).toEqual([
    [200, 403],
    [200, 200],
    [403, 200],
  ])
})

test('servers take up a new secret one after the other, without a call that fails', async () => {
  const stages = [[first], [first, second], [second, first], [second]]
  for (const [at, secret] of stages.slice(1).entries()) {
    const both = [stages[at] as string[], secret].map(each => server({ secret: each }))
    for (const one of both) for (const other of both) expect(await open(other, await userOn(one))).toBe(200)
  }
})

test('either mode opens what the other has sealed', async () => {
  for (const [one, other] of [
    ['sign', 'encrypt'],
    ['encrypt', 'sign'],
  ] as const) {
    const path = await userOn(server({ secret: first, seal: one }))
    const on = server({ secret: first, seal: other })
    expect(await open(on, path)).toBe(200)
    expect(await userOn(on)).not.toBe(path)
  }
})

test('sealing is turned on as a secret is: unsealed URLs open for as long as they are said to', async () => {
  const stages: RouterOptions['secret'][] = [false, [false, first], [first, false], first]
  const servers = stages.map(secret => server({ secret: secret as string }))
  const paths = await Promise.all(servers.map(userOn))
  expect(paths[1]).toBe(paths[0])
  expect(paths[2]).toBe(paths[3])
  const opened = await Promise.all(
    servers.map(on => Promise.all([paths[0], paths[3]].map(path => open(on, path as string)))),
  )
  expect(opened).toEqual([
    [200, 404],
    [200, 200],
    [200, 200],
    [403, 200],
  ])
})

test('a class that is renamed or moved opens its old URLs, and gives new ones', async () => {
  for (const seal of ['sign', 'encrypt'] as const) {
    const options = { secret: first, seal }
    const old = [
      await userOn(server(options)),
      (await construct(new Router({ people: { User } }, options), 'people/User', { id: 'bob' })) as string,
    ]
    const stranger = await construct(new Router({ Stranger: User }, options), 'Stranger', { id: 'bob' })
    const moved = new Router({}, options)
    moved.add('Person', User, { was: ['User', '/people/User'] })
    for (const path of old) {
      const page = await ask(moved, path)
      expect([page.status, (page.value as Page).url]).toEqual([
        200,
        `http://test${await construct(moved, 'Person', { id: 'bob' })}`,
      ])
    }
    // A former name is no other purpose's: what was sealed for one opens by it alone.
    for (const [path, from, to] of [
      [old[0], 'User', 'Person'],
      [stranger, 'Stranger', 'User'],
    ] as [string, string, string][]) {
      expect(await open(moved, path.replace(from, to))).toBe(403)
    }
  }
})

test('a namespace that is renamed keeps the URLs of its classes', async () => {
  const path = await construct(new Router({ people: { User } }, { secret: first }), 'people/User', {
    id: 'bob',
  })
  const moved = new Router({}, { secret: first })
  moved.add('persons', { User }, { was: ['people'] })
  expect(await open(moved, path)).toBe(200)
})

test('a defaulted parameter that is added keeps sealed URLs alive, and changes none', async () => {
  for (const seal of ['sign', 'encrypt'] as const) {
    const before = await userOn(server({ secret: first, seal }))
    class Later {
      constructor(
        readonly id: string,
        readonly shard = 4,
      ) {}
      @safe bio() {
        return this.shard
      }
    }
    const after = new Router({ User: Later }, { secret: first, seal })
    expect((await ask(after, `${before}bio`)).value).toBe(4)
    expect(await construct(after, 'User', { id: 'bob', shard: 4 })).toBe(before)
  }
})

test('servers that place objects on each other share their secret, and a client follows', async () => {
  const make = (secret: string) =>
    new Router(
      { User, find: redirect((name: string) => new User(name)), name_of: (user: User) => user.id },
      { secret, locate: () => 'http://b.example/', origins: ['http://b.example/'] },
    )
  const near = new Router(
    { User, find: redirect((name: string) => new User(name)), name_of: (user: User) => user.id },
    { secret: first, locate: () => 'http://b.example/' },
  )
  const asked = (far: Router) => ({
    fetch: (request: Request) => (new URL(request.url).host === 'b.example' ? far : near).fetch(request),
  })
  for (const [secret, bio] of [
    [first, 'bob'],
    [second, '403'],
  ] as const) {
    const api = await get<typeof near>('http://a.example/', { transport: local(asked(make(secret))) })
    const result = await api
      .find('bob')
      .then(user => user.bio())
      .catch(error => String(error.status))
    expect(result).toBe(bio)
  }
  const url = `http://b.example${await construct(make(first), 'User', { id: 'bob' })}`
  expect((await ask(near, '/name_of/', { args: { user: new Link({ url }) } })).value).toBe('bob')
  // What another server has sealed with a secret of its own is a link like any other, and no tampering.
  const foreign = url.replace(/..\/$/, '/')
  expect((await ask(near, '/name_of/', { args: { user: new Link({ url: foreign }) } })).status).toBe(400)
})

test('what is sealed is for its caller to keep, and public only where that is said', async () => {
  class Photo extends User {
    @safe({ public: true, maxAge: 60 }) small() {
      return this.id
    }
  }
  const on = new Router({ Photo }, { secret: first })
  const path = await construct(on, 'Photo', { id: 'bob' })
  const kept = async (at: string) => (await ask(on, path + at)).headers.get('cache-control')
  expect([await kept(''), await kept('bio'), await kept('small')]).toEqual([
    'private, no-cache',
    'private, no-cache',
    'public, max-age=60',
  ])
})

test('functions and namespaces have no state, and their URLs no seal', async () => {
  const on = new Router({ hello: safe(() => 'hello'), admin: { reset: () => 'done' } }, { secret: first })
  const api = await get<typeof on>('http://local/', { transport: local(on) })
  expect([await api.hello(), await api.admin.reset()]).toEqual(['hello', 'done'])
  expect((await ask(on, '/admin/reset/', { args: {} })).status).toBe(200)
})

test.each(['sign', 'encrypt'] as const)(
  'any value in a state comes back from a sealed URL: %s',
  async seal => {
    class Item {
      constructor(readonly value: unknown) {}
    }
    const on = new Router(
      { make: (value: unknown) => created(new Item(value)), Item },
      { secret: first, seal },
    )
    const held = fc.oneof(scalars, fc.array(scalars, { maxLength: 4 }))
    await fc.assert(
      fc.asyncProperty(held, async value => {
        const made = await ask(on, '/make/', { args: { value } })
        fc.pre(made.status === 201)
        const path = new URL(made.location as string, 'http://test/make/').pathname
        const page = (await ask(on, path)).value as Page
        expect(page.url).toBe(`http://test${path}`)
        expect(await describeValue((page.content as { value: unknown }).value)).toBe(
          await describeValue(value),
        )
      }),
      { numRuns: 60 },
    )
  },
)

const hosts = ['0.0.0.0', '::', '', 'some-machine.example', '192.0.2.1']

test.each(hosts)('serve on %o wants it said whether URLs are sealed', async host => {
  const unsaid = new Router({ User })
  const below = new Hono().route('/api', new Hono().route('/v1', unsaid.app))
  for (const app of [unsaid, unsaid.app, below] as Fetcher[]) {
    await expect(serve(app, { port: 0, host })).rejects.toThrow(
      /give the Router a secret .* or say secret: false$/,
    )
  }
})

test.each<[what: string, make: () => Fetcher]>([
  ['a router with a secret', () => server({ secret: first })],
  ['a router that has none, and says so', () => server({ secret: false })],
  ['an application with such a router', () => new Hono().route('/api', server({ secret: false }).app)],
  ['an application without a router', () => new Hono().get('/', context => context.text('hello'))],
])('%s is served on any address', async (_, make) => {
  const running = await serve(make(), { port: 0, host: '0.0.0.0' })
  await running.close()
})

test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '::ffff:127.0.0.1'])(
  'serve on %s wants no secret',
  async host => {
    const running = await serve(new Router({ User }), { port: 0, host })
    await running.close()
  },
)

test('a router that an application hides from serve refuses what comes from other machines', async () => {
  const { log, lines } = logbook()
  const hidden = new Router({ hello: safe(() => 'hello') }, { log })
  const apps: Fetcher[] = [
    new Hono().mount('/', hidden.fetch as never),
    { fetch: (request, bindings) => hidden.fetch(request, bindings) },
  ]
  for (const app of apps) {
    for (const [host, status] of [
      ['0.0.0.0', 500],
      ['127.0.0.1', 200],
    ] as const) {
      const running = await serve(app, { port: 0, host })
      const answer = await fetch(`http://127.0.0.1:${running.port}/hello/`)
      await answer.text()
      expect(answer.status).toBe(status)
      await running.close()
    }
  }
  expect(lines).toHaveLength(2)
  expect(lines[0]).toContain('give the Router a secret')
})

test('a link expires only where there is a secret', async () => {
  const { log, lines } = logbook()
  const expires = new Date(Date.now() + 60_000)
  const on = new Router({ User, share: () => link(new User('bob'), { expires }) }, { log })
  expect((await ask(on, '/share/', { args: {} })).status).toBe(500)
  expect(lines.join()).toContain('its URL can expire only where the router has a secret')
})
