// Pages, remote functions and links as arguments: own ones arrive as the object, foreign ones as a link.

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { relativeUrl } from '../../../client/calls/relative.js'
import { get, local, RemoteError, type Transport, url } from '../../../client/index.js'
import { Form, Link } from '../../../lib/values/nodes.js'
import { args, link, Resource, Router, safe } from '../../../server/index.js'

// biome-ignore lint/suspicious/noExplicitAny: what types say is tested in test/types.
type Untyped = any

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return `the life of ${this.id}`
  }
  greet(other: User) {
    return [this.id, other instanceof User ? other.id : null]
  }
}

class Pair extends Resource {
  constructor(
    readonly left: User,
    readonly right: User,
  ) {
    super()
  }
  names() {
    return [this.left.id, this.right.id]
  }
}

let received: unknown[] = []
const anything: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'test', validate: value => ({ value }) },
}

const hello = (name = 'World') => `Hello ${name}`
const router = new Router({
  User,
  Pair,
  hello,
  take: (value: unknown) => void received.push(value),
  visit: args({ target: anything })((target: unknown) => void received.push(target)),
  call_it: (fn: () => unknown) => fn(),
  bio_of: (id: string) => link(new User(id), 'bio'),
  look: args({ target: anything })(safe((target: unknown) => [target])),
  admin: { take: (value: unknown) => void received.push(value) },
})

/** Two servers of the same kind, by host. */
const transport: Transport = local(router)
const open = async (host: string): Promise<Untyped> => get(`http://${host}/`, { transport })

let api: Untyped
let bob: Untyped
let eve: Untyped
let foreign: Untyped
beforeAll(async () => {
  api = await open('here.example')
  foreign = await (await open('there.example')).User('mallory')
  bob = await api.User('bob')
  eve = await api.User('eve')
})
beforeEach(() => {
  received = []
})

const user = (id: string) => expect.objectContaining({ id })

const own: readonly (readonly [string, () => unknown, () => unknown])[] = [
  ['a page', () => bob, () => user('bob')],
  ['a page in a list', () => [bob, 1, eve], () => [user('bob'), 1, user('eve')]],
  ['a page in a dict', () => ({ a: { b: bob } }), () => ({ a: { b: user('bob') } })],
  ['a page in a map', () => new Map([[1, bob]]), () => new Map([[1, user('bob')]])],
  ['a page that is on its way', () => api.User('joe'), () => user('joe')],
  ['a registered function', () => api.hello, () => hello],
  ['a class', () => api.User, () => User],
  ['a link made by hand', () => new Link({ url: url(bob) }), () => user('bob')],
]

test.each(own)('%s arrives as the object itself', async (_, argument, expected) => {
  await api.take(argument())
  expect(received).toEqual([expected()])
  await api.admin.take(argument())
  expect(received[1]).toEqual(expected())
})

test('a link that is relative belongs to the URL of the form', async () => {
  await api.take(new Link({ url: '../hello/' }))
  await api.admin.take(new Link({ url: '../../hello/' }))
  expect(received).toEqual([hello, hello])
})

test('a set of pages arrives as a set of objects', async () => {
  await api.take(new Set([bob, eve]))
  const [set] = received as [Set<User>]
  expect([...set].map(({ id }) => id)).toEqual(['bob', 'eve'])
})

test('what arrives is an instance, by which methods can be called', async () => {
  await api.take(bob)
  expect(received[0]).toBeInstanceOf(User)
  expect((received[0] as User).bio()).toBe('the life of bob')
})

test('a method of a page arrives as a function that is bound to the object', async () => {
  expect(await api.call_it(bob.bio)).toBe('the life of bob')
  expect(await api.call_it(await api.bio_of('joe'))).toBe('the life of joe')
})

test('a page is an argument of a method, and of a constructor, whose state then holds it', async () => {
  expect(await bob.greet(eve)).toEqual(['bob', 'eve'])
  const pair = await api.Pair(bob, eve)
  expect(await pair.names()).toEqual(['bob', 'eve'])
  expect(pair.left).toEqual({ id: 'bob' })
  expect(await pair.left.bio()).toBe('the life of bob')
  const again: Untyped = await get(url(pair), { transport })
  expect(await again.names()).toEqual(['bob', 'eve'])
})

test('a page of another server is refused where an object belongs, and the error names the argument', async () => {
  const error = await api.take({ deep: [foreign] }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({
    status: 400,
    code: 'foreign_argument',
    message:
      'POST /take/: 400 argument "value" is a link to another server, where an object of this one belongs',
  })
  expect(received).toEqual([])
})

const foreigners: readonly (readonly [string, () => unknown, unknown, string])[] = [
  ['page', () => foreign, Link, 'http://there.example/User/'],
  ['link', () => foreign.bio, Link, 'http://there.example/User/'],
  ['form', () => foreign.greet, Form, 'http://there.example/User/'],
  ['link made by hand', () => new Link({ url: 'https://third.example/x' }), Link, 'https://third.example/x'],
]

test.each(foreigners)(
  'a foreign %s arrives as a node where the argument takes links',
  async (_, argument, type, start) => {
    await api.visit(argument())
    const [node] = received as [Link]
    expect(node).toBeInstanceOf(type)
    expect(node.url?.startsWith(start)).toBe(true)
  },
)

const nowhere: readonly (readonly [string, string])[] = [
  ['a name that is not registered', '/Nobody/'],
  ['a state that is none', '/User/AAAA/'],
  ['a namespace', '/admin/'],
]

test.each(nowhere)('an own link to %s is refused', async (_, path) => {
  await expect(api.take(new Link({ url: `http://here.example${path}` }))).rejects.toMatchObject({
    status: 400,
    code: 'unknown_argument',
  })
})

const references: readonly (readonly [from: string, to: string, reference: string])[] = [
  ['http://a.example/', 'http://a.example/', './'],
  ['http://a.example/x', 'http://a.example/', './'],
  ['http://a.example/x', 'http://a.example/y', './y'],
  ['http://a.example/take/', 'http://a.example/User/S/', '../User/S/'],
  ['http://a.example/User/S/greet', 'http://a.example/User/S/', './'],
  ['http://a.example/User/S/greet', 'http://a.example/User/T/', '../T/'],
  ['http://a.example/User/S/greet', 'http://a.example/hello/', '../../hello/'],
  ['http://a.example/api/take/', 'http://a.example/api/User/S/bio', '../User/S/bio'],
  ['http://a.example/a/b/', 'http://a.example/a/bc/', '../bc/'],
  ['http://a.example/a/', 'http://a.example/a//b', './/b'],
  ['http://a.example/a/x:y', 'http://a.example/a/x:z', './x:z'],
  ['http://a.example/a', 'http://a.example/b?c=d', './b?c=d'],
  ['http://a.example/a?b=c', 'http://a.example/a?d', './a?d'],
  ['http://a.example/a', 'http://b.example/b', 'http://b.example/b'],
  ['http://a.example/a', 'https://a.example/b', 'https://a.example/b'],
  ['http://a.example/a', 'http://a.example:8080/b', 'http://a.example:8080/b'],
]

test.each(references)('from %s to %s the reference is %s', (from, to, reference) => {
  expect(relativeUrl(from, to)).toBe(reference)
  expect(new URL(reference, from).href).toBe(to)
})

test('a reference holds for a server that knows itself by another path', () => {
  const reference = relativeUrl(
    'https://public.example/prefix/take/',
    'https://public.example/prefix/User/S/',
  )
  expect(new URL(reference, 'http://inner:8000/take/').href).toBe('http://inner:8000/User/S/')
})

/** Sends all that is called at old.example to new.example, in the ways that leave a request what it is. */
const moving =
  (status: number): Transport =>
  async request => {
    const url = new URL(request.url)
    const stays = url.host !== 'old.example' || !/^\/(?:visit|take|look)\//.test(url.pathname)
    if (stays) return transport(request)
    const location = `http://new.example${url.pathname}${url.search}`
    return {
      status,
      header: name => (name === 'location' ? location : undefined),
      body: new Blob([]).stream(),
    }
  }

test.each([307, 308])(
  'what moves to another server (%i) takes its references to this one along',
  async status => {
    const old: Untyped = await get('http://old.example/', { transport: moving(status) })
    const tef = await old.User('tef')
    // Relative to the form they would be users of the new server, who are not meant.
    await old.visit([tef, 1])
    expect(received).toEqual([[expect.any(Link), 1]])
    expect(received[0]).toMatchObject([{ url: expect.stringMatching(/^http:\/\/old\.example\/User\//) }, 1])
    await expect(old.take({ deep: tef })).rejects.toMatchObject({ status: 400, code: 'foreign_argument' })
    received = []
    const there: Untyped = await get('http://new.example/', { transport: moving(status) })
    await old.take(await there.User('ann'))
    expect(received).toEqual([user('ann')])
  },
)

test.each([301, 302, 303, 307, 308])('so does a GET form whose query is passed on (%i)', async status => {
  const old: Untyped = await get('http://old.example/', { transport: moving(status) })
  const [target] = await old.look(await old.User('tef'))
  expect(url(target)).toMatch(/^http:\/\/old\.example\/User\//)
  const there: Untyped = await get('http://new.example/', { transport: moving(status) })
  const [own] = await old.look(await there.User('ann'))
  expect(url(own)).toMatch(/^http:\/\/new\.example\/User\//)
})
