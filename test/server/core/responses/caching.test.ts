// What caches are told: Cache-Control, entity tags, and answers without a body for those who have it.

import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { expect, test } from 'vitest'
import { codecs } from '../../../../lib/codecs.js'
import { blob } from '../../../../lib/values/blob.js'
import { Fault } from '../../../../lib/values/fault.js'
import { created, inline, Resource, Router, redirect, safe } from '../../../../server/index.js'

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return `bio of ${this.id}`
  }
  @safe({ maxAge: 30 }) @inline stats() {
    return [1, 2, 3]
  }
}

let text = 'first'
const router = new Router(
  {
    User,
    now: safe(() => text),
    recent: safe({ maxAge: 60 })(() => text),
    front: safe({ maxAge: 60, public: true })(() => new User('front')),
    shared: safe({ public: true })(() => text),
    nothing: safe({ maxAge: 60 })(() => null),
    search: safe((word = 'a') => `found ${word}`),
    refused: safe({ maxAge: 60 })(() => {
      throw new Fault('no', { status: 404 })
    }),
    bob: safe(redirect(() => new User('bob'))),
    bytes: safe(() => blob(new Uint8Array(100), 'image/png')),
    typed: safe((type = 'text/plain') => blob('same', type)),
    large: safe(() => blob(new Uint8Array(5 * 2 ** 20))),
    streamed: safe(() =>
      blob(
        (async function* () {
          yield new Uint8Array(10)
        })(),
      ),
    ),
    make: () => created(new User('new')),
    write: () => text,
  },
  { log: { error: () => undefined, warn: () => undefined, info: () => undefined } },
)

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  router.fetch(
    new Request(
      `http://server.example${path}`,
      method === 'POST' ? { method, body: '', headers: { ...form, ...headers } } : { method, headers },
    ),
  )

const bobs = '/User/oWJpZGNib2I/'

test.each([
  ['the page of a namespace', 'GET', '/', 200, 'private, no-cache'],
  ['the page of an instance', 'GET', bobs, 200, 'private, no-cache'],
  ['a safe result', 'GET', '/now/', 200, 'private, no-cache'],
  ['a safe result of an instance', 'GET', `${bobs}bio`, 200, 'private, no-cache'],
  ['a safe result without a body', 'HEAD', '/now/', 200, 'private, no-cache'],
  ['a result with an age', 'GET', '/recent/', 200, 'private, max-age=60'],
  ['an inline result, asked for alone', 'GET', `${bobs}stats`, 200, 'private, max-age=30'],
  ['a result for everyone, with an age', 'GET', '/front/', 200, 'public, max-age=60'],
  ['a result for everyone, without', 'GET', '/shared/', 200, 'public, no-cache'],
  ['nil', 'GET', '/nothing/', 204, 'private, max-age=60'],
  ['a safe result that was POSTed for', 'POST', '/recent/', 200, 'no-store'],
  ['an error', 'GET', '/refused/', 404, 'no-store'],
  ['a redirect', 'GET', '/bob/', 303, null],
  ['an unsafe result', 'POST', '/write/', 200, null],
])('%s (%s %s) is answered with %i, marked %s', async (_, method, path, status, expected) => {
  const response = await ask(path, {}, method)
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe(expected)
})

test.each(['/', bobs, '/now/', '/recent/'])('%s is private to callers with credentials', async path => {
  for (const headers of [{ authorization: 'Bearer x' }, { cookie: 'session=x' }]) {
    expect((await ask(path, headers)).headers.get('cache-control')).toMatch(/^private/)
  }
})

test('a page depends on the same headers for all callers, with credentials or without', async () => {
  for (const headers of [{}, { authorization: 'Bearer x' }, { cookie: 'session=x' }]) {
    expect((await ask('/front/', headers)).headers.get('vary')).toBe('Accept, Accept-Encoding')
  }
})

test('each representation of a result has an entity tag of its own, the same as long as it is', async () => {
  const tags = new Set<string | null>()
  for (const type of codecs.keys()) {
    const first = (await ask(bobs, { accept: type })).headers.get('etag')
    const second = (await ask(bobs, { accept: type })).headers.get('etag')
    expect(first).toMatch(/^"[\x21\x23-\x7e]+"$/)
    expect(second).toBe(first)
    tags.add(first)
  }
  expect(tags.size).toBe(codecs.size)
})

test('a result that changes has another entity tag', async () => {
  text = 'first'
  const before = (await ask('/now/')).headers.get('etag')
  text = 'second'
  const changed = await ask('/now/', { 'if-none-match': before ?? '' })
  expect(changed.status).toBe(200)
  expect(changed.headers.get('etag')).not.toBe(before)
  expect(await changed.json()).toBe('second')
})

test('bytes that are sent as they are have an entity tag, another for each content type', async () => {
  const etag = (await ask('/bytes/')).headers.get('etag')
  expect(etag).toMatch(/^"[\w-]+"$/)
  expect((await ask('/bytes/', { 'if-none-match': etag ?? '' })).status).toBe(304)
  const plain = (await ask('/typed/')).headers.get('etag')
  const html = (await ask('/typed/?type=text%2Fhtml')).headers.get('etag')
  expect(html).not.toBe(plain)
})

test.each([
  ['GET', '/streamed/'],
  ['GET', '/large/'],
  ['GET', '/nothing/'],
  ['GET', '/refused/'],
  ['POST', '/write/'],
  ['POST', '/make/'],
  ['POST', '/now/'],
])('%s %s has no entity tag, and no condition holds it back', async (method, path) => {
  const response = await ask(path, { 'if-none-match': '*' }, method)
  expect(response.headers.has('etag')).toBe(false)
  expect(response.status).not.toBe(304)
  await response.body?.cancel()
})

test('a client that has the answer gets 304, with what its cache must know, and no body', async () => {
  const whole = await ask('/front/')
  const response = await ask('/front/', { 'if-none-match': whole.headers.get('etag') ?? '' })
  expect(response.status).toBe(304)
  expect(await response.text()).toBe('')
  expect(Object.fromEntries(response.headers)).toEqual({
    'cache-control': 'public, max-age=60',
    etag: whole.headers.get('etag'),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    vary: 'Accept, Accept-Encoding',
  })
})

const conditions: [condition: (etag: string) => string, status: number][] = [
  [etag => etag, 304],
  [etag => `W/${etag}`, 304],
  [etag => `"other", ${etag}`, 304],
  [etag => `W/"a,b",W/${etag} , "c"`, 304],
  [() => '*', 304],
  [() => ' * ', 304],
  [() => '"other"', 200],
  [() => 'W/"other"', 200],
  [() => '"*"', 200],
  [() => '', 200],
  [etag => etag.replaceAll('"', ''), 200],
  [etag => etag.slice(0, -1), 200],
]

test.each(conditions)('If-None-Match as of %s is answered with %i', async (condition, status) => {
  for (const method of ['GET', 'HEAD']) {
    const etag = (await ask('/search/?word=b')).headers.get('etag') as string
    const response = await ask('/search/?word=b', { 'if-none-match': condition(etag) }, method)
    expect(response.status).toBe(status)
  }
})

test('If-Modified-Since is ignored: there are no times of modification', async () => {
  const response = await ask('/now/', { 'if-modified-since': new Date().toUTCString() })
  expect(response.status).toBe(200)
})

test('a POST that says it is a GET is a POST to caches', async () => {
  const etag = (await ask('/now/')).headers.get('etag') as string
  const response = await ask('/now/', { method: 'GET', 'if-none-match': etag }, 'POST')
  expect(response.status).toBe(200)
})

test('an entity tag that compression made weak is recognised', async () => {
  const app = new Hono()
  app.use(compress({ threshold: 1 }))
  app.route('/', router.app)
  const headers = { 'accept-encoding': 'gzip' }
  const zipped = await app.request(bobs, { headers })
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  const etag = zipped.headers.get('etag') as string
  expect(etag).toMatch(/^W\/"/)
  const again = await app.request(bobs, { headers: { ...headers, 'if-none-match': etag } })
  expect(again.status).toBe(304)
})
