// Pages, links and forms as arguments: what is this server's arrives as the object itself, what is not is refused.

import { Hono } from 'hono'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { get, local } from '../../../../client/index.js'
import { codecs } from '../../../../lib/codecs.js'
import { describeUrl } from '../../../../lib/describe-url.js'
import type { Fault } from '../../../../lib/values/fault.js'
import { Form, Link, Page } from '../../../../lib/values/nodes.js'
import { args, link, Resource, Router, type RouterOptions } from '../../../../server/index.js'
import { type Answer, ask, construct, outline } from '../../peer.js'

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  bio(length = 3) {
    return `${this.id}:${length}`
  }
  host() {
    return new URL(this.context.request.url).host
  }
}

const hello = (name = 'World') => `Hello ${name}`

type Bio = (length?: number) => string
const members = {
  User,
  hello,
  space: { inner: hello },
  kind: (value: unknown) => {
    if (value === hello) return 'hello'
    if (value === User) return 'User'
    return value instanceof User ? `user ${value.id}` : typeof value
  },
  call: (fn: Bio) => fn(7),
  host: (user: User) => user.host(),
  make: (type: new (id: string) => User) => new type('made'),
  back: (value: unknown) => value,
  all: (values: { list: User[]; map: Map<string, User>; set: Set<User> }) => [
    ...values.list.map(user => user.id),
    ...[...values.map.values()].map(user => user.id),
    ...[...values.set].map(user => user.id),
  ],
  bio: (user: User) => link(user, 'bio'),
  takes_link: args({ target: Link })((target: Link) => [target.url, target.method]),
  takes_form: args({ target: Form })((target: Form) => target.url),
  takes_page: args({ target: Page })((target: Page) => target.url),
  takes_any: args({ target: z.unknown() })((target: unknown) => target instanceof Link && target.url),
  takes_none: args({ target: z.string() })((target: string) => target),
}
const make = (options?: RouterOptions) => new Router(members as never, options)
const router = make()

const message = ({ value }: Answer) => (value as Fault).message
const give = (name: string, value: unknown, on = router, type = 'application/vnd.hyperglyph+cbor') =>
  ask(on, `/${name}/`, { args: { [parameter(name)]: value }, type })
const parameter = (name: string) =>
  name.startsWith('takes')
    ? 'target'
    : ({ call: 'fn', host: 'user', make: 'type', all: 'values', bio: 'user' }[name] ?? 'value')
const state = (await construct(router, 'User', { id: 'x' })).slice(1)

test.each<[name: string, node: unknown, result: unknown]>([
  ['kind', new Link({ url: `../${state}` }), 'user x'],
  ['kind', new Page({ url: `../${state}` }, {}), 'user x'],
  ['kind', new Link({ url: `http://test/${state}`, method: 'GET' }), 'user x'],
  ['kind', new Link({ url: `/${state}` }), 'user x'],
  ['kind', new Form({ url: '../hello/', values: [] }), 'hello'],
  ['kind', new Form({ url: '../hello', values: [] }), 'hello'],
  ['kind', new Link({ url: new TextEncoder().encode('../hello/') }), 'hello'],
  ['kind', new Form({ url: '../User/' }), 'User'],
  ['kind', new Form({ url: `../${state}bio` }), 'function'],
  ['call', new Form({ url: `../${state}bio` }), 'x:7'],
  ['call', new Link({ url: '../hello/?a=1#b' }), 'Hello 7'],
  ['host', new Link({ url: `../${state}` }), 'test'],
])('what leads to an object of this server arrives as the object: %s %o', async (name, node, result) => {
  for (const type of codecs.keys()) expect((await give(name, node, router, type)).value).toEqual(result)
})

test('objects arrive anywhere in the arguments', async () => {
  const user = (id: string) => construct(router, 'User', { id })
  const [a, b, c] = [await user('a'), await user('b'), await user('c')]
  const at = (path: string) => new Link({ url: `..${path}` })
  const values = { list: [at(a)], map: new Map([['k', at(b)]]), set: new Set([at(c)]) }
  for (const type of codecs.keys())
    expect((await give('all', values, router, type)).value).toEqual(['a', 'b', 'c'])
})

test('what arrived as an object goes back as one', async () => {
  expect(outline((await give('back', new Link({ url: `../${state}` }))).value)).toMatchObject({ id: 'x' })
  expect(outline((await give('back', new Form({ url: '../hello/' }))).value)).toBe('POST (name = "World")')
  expect(outline((await give('back', new Form({ url: '../User/' }))).value)).toBe('POST (id)')
  const method = (await give('back', new Form({ url: `../${state}bio` }))).value as Form
  expect([outline(method), method.url]).toEqual(['POST (length = 3)', `http://test/${state}bio`])
  expect(outline((await give('make', new Form({ url: '../User/' }))).value)).toMatchObject({ id: 'made' })
})

test('our client hands over pages, functions, classes and methods', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
  const api = (await get('http://local/', { transport: local(router) })) as any
  const user = await api.User('u')
  expect(await api.kind(user)).toBe('user u')
  expect(await api.kind(api.hello)).toBe('hello')
  expect(await api.kind(api.User)).toBe('User')
  expect(await api.call(user.bio)).toBe('u:7')
  expect(await (await api.bio(user))(9)).toBe('u:9')
  expect(await (await api.back(user.bio))(5)).toBe('u:5')
  expect(await api.all({ list: [user], map: new Map(), set: new Set() })).toEqual(['u'])
})

test.each<[what: string, url: string]>([
  ['a name that is not there', '../missing/'],
  ['the root', '../'],
  ['a namespace', '../space/'],
  ['state that is none', '../User/xx/'],
  ['state of nothing', '../User/oA/'],
  ['a member that is not there', `../${state}missing`],
  ['a malformed escape', '../%E0/'],
])('an own URL that leads to no object is refused: %s', async (_, url) => {
  for (const target of [url, new URL(url, 'http://test/back/').href]) {
    const answer = await give('back', new Link({ url: target }))
    expect(answer.status).toBe(400)
    expect(answer.value).toMatchObject({ code: 'unknown_argument' })
    expect(message(answer)).toBe(`no object of this server is at ${describeUrl(target)}`)
  }
})

const elsewhere = 'http://other.example/User/x/'

test.each([
  elsewhere,
  'https://test.example/',
  'http://test:81/hello/',
  'mailto:a@b.example',
  '//other.example/hello/',
  'http:///',
  `http://test/${'a/'.repeat(5000)}`,
])('a link to another server is refused where an object belongs: %s', async url => {
  const answer = await give('back', { deep: [new Map([['key', new Link({ url })]])] })
  expect(answer.status).toBe(400)
  expect(answer.value).toMatchObject({ code: 'foreign_argument', details: { foreign: ['value'] } })
  expect(message(answer)).toMatch(/argument "value" is a link to another server/)
})

test('an argument with a schema takes what its schema lets in', async () => {
  expect((await give('takes_link', new Link({ url: elsewhere }))).value).toEqual([elsewhere, 'GET'])
  expect((await give('takes_form', new Form({ url: elsewhere }))).value).toBe(elsewhere)
  expect((await give('takes_page', new Page({ url: elsewhere }))).value).toBe(elsewhere)
  expect((await give('takes_any', new Link({ url: elsewhere }))).value).toBe(elsewhere)
})

test('beside a link to another server, an object may hold links of its own, and itself', async () => {
  class Shelf {
    readonly self = this
    readonly source = new Link({ url: elsewhere })
    constructor(readonly at: number) {}
  }
  const shelves = new Router({
    Shelf,
    refer: args({ target: Link, shelf: z.instanceof(Shelf) })((target: Link, shelf: Shelf) => [
      target.url,
      shelf.at,
    ]),
    put: (shelf: Shelf, pages: unknown) => [shelf.at, pages],
  })
  const own = new Link({ url: `../${(await construct(shelves, 'Shelf', { at: 1 })).slice(1)}` })
  const foreign = await ask(shelves, '/put/', { args: { shelf: own, pages: new Link({ url: elsewhere }) } })
  expect(foreign.value).toMatchObject({ code: 'foreign_argument', details: { foreign: ['pages'] } })
  const given = await ask(shelves, '/refer/', { args: { shelf: own, target: new Link({ url: elsewhere }) } })
  expect(given.value).toEqual([elsewhere, 1])
})

test.each<[name: string, value: unknown]>([
  ['takes_link', new Form({ url: elsewhere })],
  ['takes_link', new Link({ url: `../${state}` })],
  ['takes_link', elsewhere],
  ['takes_form', new Link({ url: elsewhere })],
  ['takes_page', {}],
  ['takes_none', new Link({ url: elsewhere })],
])('what a schema does not let in is refused with 422: %s %o', async (name, value) => {
  const answer = await give(name, value)
  expect(answer.status).toBe(422)
  expect(message(answer)).toMatch(/^invalid argument "target"/)
})

test('absolute URLs of configured origins are own, with and without a path of their own', async () => {
  const origins = ['https://api.example', 'http://legacy.example/v1']
  const configured = make({ origins })
  for (const base of ['https://api.example/', 'http://legacy.example/v1/', 'http://test/']) {
    const answer = await give('kind', new Link({ url: `${base}${state}?query#fragment` }), configured)
    expect(answer.value).toBe('user x')
  }
  for (const base of ['https://api.example.evil/', 'http://legacy.example/v2/', 'http://api.example/']) {
    expect((await give('kind', new Link({ url: base + state }), configured)).status).toBe(400)
  }
})

test('an absolute URL below a mount is own, and one beside it is not', async () => {
  const app = new Hono().route('/api', router.app)
  const question = (url: string) => ({ args: { value: new Link({ url }) } })
  const own = [`http://test/api/${state}`, `/api/${state}`, `../${state}`]
  for (const url of own) expect((await ask(app, '/api/kind/', question(url))).value).toBe('user x')
  for (const url of ['http://test/hello/', '/hello/', '../../other/hello/', '../../../apis/hello/']) {
    const { value } = await ask(app, '/api/kind/', question(url))
    expect(value).toMatchObject({ code: 'foreign_argument' })
  }
})

test('objects in arguments have the context, also while they are constructed', async () => {
  class Seen extends Resource {
    constructor(readonly id: string) {
      super()
      seen.push(this.context.request.method)
    }
  }
  const seen: string[] = []
  const watching = new Router({ Seen, take: (one: Seen) => one.context.request.method })
  const path = await construct(watching, 'Seen', { id: 'x' })
  const { value } = await ask(watching, '/take/', { args: { one: new Link({ url: `..${path}` }) } })
  expect([value, seen]).toEqual(['POST', ['POST', 'POST']])
})
