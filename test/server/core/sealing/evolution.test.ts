// Sealed URLs that are about while servers change: keys rotate, sealing is turned on and off, classes are renamed and
// moved, and objects live on other servers.

import { expect, test } from 'vitest'
import { get, local } from '../../../../client/index.js'
import { Link, type Page } from '../../../../lib/values/nodes.js'
import { Router, type RouterOptions, redirect, safe } from '../../../../server/index.js'
import { ask, construct } from '../../peer.js'
import { first, open, server, User, userOn } from './sealed-user.js'

const second = 'the second secret, which is newer'

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
