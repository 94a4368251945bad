// A router below any path, in another application, and behind a proxy that strips a prefix: our client does the
// same everywhere, and nothing is configured.

import { createServer, type Server as HttpServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { afterAll, expect, test } from 'vitest'
import { get, url as urlOf } from '../../client/index.js'
import { blob } from '../../lib/values/blob.js'
import type { Page } from '../../lib/values/nodes.js'
import { Router, redirect, type Server, safe, serve } from '../../server/index.js'
import { ask } from './peer.js'

class User {
  constructor(readonly id: string) {}
  @safe bio() {
    return `the life of ${this.id}`
  }
  friend(name: string) {
    return [this, new User(name)]
  }
  @redirect again() {
    return new User(this.id)
  }
}

const router = new Router({
  User,
  hello: (name = 'World') => `Hello ${name}`,
  find: redirect((id: string) => new User(id)),
  space: { inner: { deep: redirect((id: string) => new User(id)), name_of: (user: User) => user.id } },
  name_of: (user: User) => user.id,
  call: (fn: (name: string) => unknown) => fn('back'),
  size: async (content: Blob) => (await content.arrayBuffer()).byteLength,
  search: safe((word: string) => `found ${word}`),
})

const open: (Server | HttpServer)[] = []
afterAll(async () => {
  for (const server of open.reverse()) {
    if ('listen' in server) {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    } else await server.close()
  }
})

async function started(app: { fetch(request: Request): Response | Promise<Response> }): Promise<string> {
  const server = await serve(app, { port: 0 })
  open.push(server)
  return server.url
}

/** Node's own server, in front of another one: what comes in below `prefix` goes on without it. */
async function proxied(prefix: string, to: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    const onwardUrl = to.replace(/\/$/, '') + url.slice(prefix.length)
    const onward = send(onwardUrl, { method, headers: { ...headers, host: new URL(to).host } }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  open.push(proxy)
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}/`
}

const root = await started(router)
const mounts: [where: string, url: string][] = [
  ['at the root', root],
  ['by app.route', `${await started(new Hono().route('/api', router.app))}api/`],
  ['by app.route, two levels down', `${await started(new Hono().route('/a/b', router.app))}a/b/`],
  ['by routes in routes', `${await started(new Hono().route('/a', new Hono().route('/b', router.app)))}a/b/`],
  ['by app.mount', `${await started(new Hono().mount('/api', router.fetch))}api/`],
  ['below a parameter', `${await started(new Hono().route('/:tenant/api', router.app))}acme/api/`],
  [
    'below a parameter that is escaped',
    `${await started(new Hono().route('/:tenant/api', router.app))}a%20%2Fü/api/`,
  ],
  [
    'behind middleware',
    `${await started(new Hono().use('/api/*', (_, next) => next()).route('/api', router.app))}api/`,
  ],
  ['behind a proxy that strips a prefix', await proxied('/some/prefix', root)],
  [
    'behind a proxy, mounted',
    `${await proxied('/outer', `${await started(new Hono().route('/api', router.app))}`)}api/`,
  ],
  ['behind two proxies', await proxied('/one', (await proxied('/two', root)).replace(/\/$/, ''))],
]

test.each(mounts)('our client does everything with a router %s', async (_, at) => {
  // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
  const api = (await get(at)) as any
  expect(urlOf(api)).toBe(new URL(at).href)
  expect(await api.hello('you')).toBe('Hello you')
  expect(await api.search('a b&c')).toBe('found a b&c')
  const user = await api.find('x')
  expect(urlOf(user).startsWith(new URL(at).href)).toBe(true)
  expect(await user.bio()).toBe('the life of x')
  const [self, friend] = await user.friend('y')
  expect([await self.bio(), await friend.bio()]).toEqual(['the life of x', 'the life of y'])
  expect((await (await friend.again()).again()).id).toBe('y')
  expect((await api.User('z')).id).toBe('z')
  const deep = await api.space.inner.deep('d')
  expect(await deep.bio()).toBe('the life of d')
  expect(await api.space.inner.name_of(deep)).toBe('d')
  expect(await api.name_of(deep)).toBe('d')
  expect(await api.name_of(api.find('chained'))).toBe('chained')
  expect(await api.call(api.hello)).toBe('Hello back')
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const stored = (await get(urlOf(friend))) as any
  expect(await stored.bio()).toBe('the life of y')
})

test.each(mounts)('large bodies arrive whole at a router %s', async (_, at) => {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const api = (await get(at)) as any
  const bytes = new Uint8Array(3_000_000).fill(7)
  expect(await api.size(blob(bytes))).toBe(bytes.length)
  const stream = (async function* () {
    for (let sent = 0; sent < 30; sent++) yield bytes.subarray(0, 100_000)
  })()
  expect(await api.size(blob(stream))).toBe(bytes.length)
})

test('middleware that reads the body first leaves it to the router', async () => {
  const { bodyLimit } = await import('hono/body-limit')
  const limited = new Hono().use(bodyLimit({ maxSize: 1_000_000 })).route('/api', router.app)
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const api = (await get(`${await started(limited)}api/`)) as any
  const chunks = (count: number) =>
    (async function* () {
      for (let sent = 0; sent < count; sent++) yield new Uint8Array(100_000)
    })()
  expect(await api.hello('limited')).toBe('Hello limited')
  expect(await api.size(blob(new Uint8Array(1000)))).toBe(1000)
  expect(await api.size(blob(chunks(3)))).toBe(300_000)
})

test('the root of a mount answers without its slash where that can be seen', async () => {
  for (const mounted of ['api', 'a/api']) {
    const app = new Hono().route(`/${mounted}`, router.app)
    const { status, value } = await ask(app, `/${mounted}`)
    expect(status).toBe(200)
    expect((value as Page).url).toBe(`http://test/${mounted}/`)
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const api = (await get((await started(app)) + mounted)) as any
    expect(await api.hello()).toBe('Hello World')
    expect((await api.find('x')).id).toBe('x')
    expect(await api.space.inner.deep('d').bio()).toBe('the life of d')
  }
})

test('a mount answers for nothing beside it', async () => {
  const app = new Hono().route('/api', router.app)
  for (const path of ['/apis/hello/', '/hello/', '/api2', '/']) {
    expect((await ask(app, path, { args: {} })).status).toBe(404)
  }
})

test('two routers in one application keep apart', async () => {
  const other = new Router({
    hello: () => 'other',
    User: class User {
      constructor(readonly id: string) {}
    },
    name_of: (user: object) => user.constructor.name,
  })
  const at = await started(new Hono().route('/one', router.app).route('/two', other.app))
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const [one, two] = (await Promise.all([get(`${at}one/`), get(`${at}two/`)])) as any[]
  expect([await one.hello(), await two.hello()]).toEqual(['Hello World', 'other'])
  await expect(two.name_of(await one.find('x'))).rejects.toThrow('is a link to another server')
})
