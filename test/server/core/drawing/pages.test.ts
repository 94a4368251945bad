// What pages show of objects, and what stands on the wire for functions, classes, methods and promises.

import { expect, test } from 'vitest'
import { cbor, codecs } from '../../../../lib/codecs.js'
import { type Form, type Link, Page } from '../../../../lib/values/nodes.js'
import {
  form,
  hidden,
  inline,
  link,
  Resource,
  Router,
  redirect,
  safe,
  verb,
} from '../../../../server/index.js'
import { ask, construct, outline } from '../../peer.js'

class Base extends Resource {
  inherited() {
    return 1
  }
  get origin() {
    return 'base'
  }
  @hidden secret() {
    return 'base'
  }
  @hidden get hush() {
    return 'base'
  }
  overridden() {
    return 'base'
  }
  overridden_safe() {
    return 'base'
  }
}

class Thing extends Base {
  nothing: unknown = undefined
  _private = 'p'
  #hard = 'h'
  @hidden field = 'f'
  shadowed = 'own'
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return this.#hard
  }
  @safe page(number = 1, size: number = Math.PI) {
    return [number, size]
  }
  @inline summary() {
    return `about ${this.id}`
  }
  @inline async later(): Promise<unknown> {
    return { other: Promise.resolve(new Other(2)) }
  }
  message(subject: string, body = '', tags: readonly string[] = ['new'], at = new Date()) {
    return [subject, body, tags, at]
  }
  get length() {
    return Promise.resolve(this.id.length)
  }
  get void() {
    return undefined
  }
  get _inner() {
    return 'i'
  }
  override secret() {
    return 'overridden'
  }
  override get hush() {
    return 'overridden'
  }
  _helper() {
    return 1
  }
  override overridden() {
    return 'own'
  }
  @safe override overridden_safe() {
    return 'own'
  }
  @verb('PUT') put(content: unknown) {
    return content
  }
  @verb('DELETE') remove() {
    return null
  }
}
Object.defineProperty(Thing.prototype, 'shadowed', { value: () => 'method', configurable: true })

class Other {
  constructor(readonly number: number) {}
  same() {
    return new Other(this.number)
  }
}

const hello = (name = 'World') => `Hello ${name}`
const router = new Router({
  Thing,
  Other,
  hello,
  admin: { ping: safe(() => 'pong'), deep: { Empty: class Empty {} } },
  functions: () => [hello, Thing, { nested: hello }],
  method: () => link(new Thing('x'), 'message'),
  linked: () => link(new Thing('x')),
  conditional: () => form(new Thing('x'), 'put', { headers: { 'If-Match': '"1"' }, envelope: 'form' }),
  instances: () => ({
    list: [new Other(1), Promise.resolve(new Other(2))],
    map: new Map<unknown, unknown>([
      ['k', new Other(3)],
      [new Date(0), [new Other(4)]],
    ]),
    set: new Set([new Other(5)]),
    deep: Promise.resolve([Promise.resolve({ last: Promise.resolve(null) })]),
  }),
  find: redirect(async (id: string) => new Thing(id)),
})

const data = {
  id: 'x',
  shadowed: 'own',
  nothing: null,
  length: 1,
  void: null,
  origin: 'base',
}
const members = {
  bio: 'GET link',
  page: 'GET (number = 1, size = null)',
  summary: { inline: 'about x' },
  later: { inline: { other: { number: 2, same: 'POST ()' } } },
  message: 'POST (subject, body = "", tags = ["new"], at = null)',
  inherited: 'POST ()',
  overridden: 'POST ()',
  overridden_safe: 'GET link',
  put: 'PUT (content)',
  remove: 'DELETE ()',
}

test.each([...codecs.keys()])(
  'a page in %s shows data and methods, and nothing that is hidden',
  async accept => {
    const path = await construct(router, 'Thing', { id: 'x' })
    const { status, value } = await ask(router, path, { accept })
    expect(status).toBe(200)
    expect(value).toBeInstanceOf(Page)
    expect((value as Page).title).toBe('Thing')
    expect(outline(value)).toEqual({ ...data, ...members })
  },
)

test.each([...codecs.keys()])('links and forms in %s lead to the methods, and say how', async accept => {
  const path = await construct(router, 'Thing', { id: 'x' })
  const page = (await ask(router, path, { accept })).value as Page
  const content = page.content as Record<string, Link | Form>
  expect(page.url).toBe(`http://test${path}`)
  for (const name of Object.keys(members)) expect(content[name]?.url).toBe(`http://test${path}${name}`)
  expect(content.put?.attributes).toMatchObject({ method: 'PUT', envelope: 'form' })
  expect(content.remove?.attributes).toMatchObject({ method: 'DELETE', values: [] })
  expect(content.message?.attributes).not.toHaveProperty('envelope')
  expect(content.page?.attributes).not.toHaveProperty('envelope')
  const bio = await ask(router, content.bio?.url as string, { accept })
  expect(bio.value).toBe('h')
})

test.each([...codecs.keys()])(
  'the root in %s is a page of functions, classes and namespaces',
  async accept => {
    const { value } = await ask(router, '/', { accept })
    expect(outline(value)).toMatchObject({
      Thing: 'POST (id)',
      hello: 'POST (name = "World")',
      admin: { ping: 'GET link', deep: { Empty: 'POST ()' } },
      find: 'POST (id)',
    })
    const { admin } = (value as Page).content as { admin: Page }
    expect(admin.url).toBe('http://test/admin/')
    expect((admin.content as { ping: Link }).ping.url).toBe('http://test/admin/ping/')
    expect(outline((await ask(router, '/admin/', { accept })).value)).toEqual(outline(admin))
    expect((await ask(router, '/admin/ping/', { accept })).value).toBe('pong')
  },
)

test('namespaces show their functions in the order in which they were registered', async () => {
  const { value } = await ask(router, '/')
  expect(Object.keys((value as Page).content as object).slice(0, 4)).toEqual([
    'Thing',
    'Other',
    'hello',
    'admin',
  ])
})

test.each([...codecs.keys()])(
  'functions, classes and methods that are returned in %s can be called',
  async accept => {
    const { value } = await ask(router, '/functions/', { args: {}, accept })
    expect(outline(value)).toEqual([
      'POST (name = "World")',
      'POST (id)',
      { nested: 'POST (name = "World")' },
    ])
    const [first] = value as [Form]
    expect((await ask(router, first.url as string, { args: { name: 'you' } })).value).toBe('Hello you')
    const method = (await ask(router, '/method/', { args: {}, accept })).value as Form
    expect(outline(method)).toBe('POST (subject, body = "", tags = ["new"], at = null)')
    const sent = await ask(router, method.url as string, { args: { subject: 'S', body: 'B' } })
    expect((sent.value as unknown[]).slice(0, 3)).toEqual(['S', 'B', ['new']])
  },
)

test.each([...codecs.keys()])('a link to an object in %s leads to its page', async accept => {
  const linked = (await ask(router, '/linked/', { args: {}, accept })).value as Link
  expect(outline(linked)).toBe('GET link')
  expect(outline((await ask(router, linked.url as string, { accept })).value)).toMatchObject(data)
})

test.each([...codecs.keys()])(
  'a form in %s carries the headers and the envelope that it was given',
  async accept => {
    const node = (await ask(router, '/conditional/', { args: {}, accept })).value as Form
    expect(node).toMatchObject({
      method: 'PUT',
      attributes: { envelope: 'form', headers: { 'If-Match': '"1"' } },
    })
  },
)

test.each([...codecs.keys()])(
  'instances and promises anywhere in a result arrive in %s as pages and values',
  async accept => {
    const { value } = await ask(router, '/instances/', { args: {}, accept })
    const result = outline(value) as { list: unknown; map: Map<unknown, unknown>; deep: unknown }
    expect(result.list).toEqual([
      { number: 1, same: 'POST ()' },
      { number: 2, same: 'POST ()' },
    ])
    expect([...result.map.values()]).toEqual([
      { number: 3, same: 'POST ()' },
      [{ number: 4, same: 'POST ()' }],
    ])
    expect(result.deep).toEqual([{ last: null }])
    const [page] = (value as { list: Page[] }).list
    const { same } = (page as Page).content as { same: Form }
    expect(outline((await ask(router, same.url as string, { args: {} })).value)).toMatchObject({ number: 1 })
  },
)

test('a redirect leads to the page of what was returned', async () => {
  const { status, location, bytes } = await ask(router, '/find/', { args: { id: 'x' } })
  expect([status, bytes.length]).toEqual([303, 0])
  const page = await ask(router, new URL(location as string, 'http://test/find/').pathname)
  expect(outline(page.value)).toMatchObject(data)
})

test('instances with other properties of their own have pages of their own', async () => {
  class Bag {
    constructor(readonly keys: readonly string[]) {
      for (const key of keys) Object.defineProperty(this, key, { value: key, enumerable: true })
    }
    @safe list() {
      return 1
    }
  }
  const bags = new Router({ all: () => [['a'], ['b', 'a'], ['list'], []].map(keys => new Bag(keys)), Bag })
  const { value } = await ask(bags, '/all/', { args: {}, accept: cbor.type })
  expect(outline(value)).toEqual([
    { keys: ['a'], a: 'a', list: 'GET link' },
    { keys: ['b', 'a'], b: 'b', a: 'a', list: 'GET link' },
    { keys: ['list'], list: 'list' },
    { keys: [], list: 'GET link' },
  ])
})
