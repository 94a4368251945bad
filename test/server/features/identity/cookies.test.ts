// Cookies: sealed for their name, for no script and no other site, and for nobody else by way of a cache.

import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { cbor } from '../../../../lib/codecs.js'
import { CookieSeals } from '../../../../server/core/sealing/cookie-seals.js'
import { type Context, Router, safe } from '../../../../server/index.js'
import { ask } from '../../peer.js'
import { Browser, make, secret } from './browser.js'

test('cookies are for the name that they were set under', async () => {
  const browser = new Browser(make())
  await browser.call('remember', { name: 'theme', value: 'dark, тёмная; "x"' })
  expect(await browser.call('recall', { name: 'theme' })).toBe('dark, тёмная; "x"')
  browser.jar.set('role', browser.jar.get('theme') as string)
  expect(await browser.call('recall', { name: 'role' })).toBe(null)
  await browser.call('forget', { name: 'theme' })
  expect(browser.jar.has('theme')).toBe(false)
})

test('equal contents under one name are equal texts, others have nothing in common', () => {
  const seals = new CookieSeals('a secret of at least 32 characters')
  const seal = (name: string, text: string) => seals.seal(name, new TextEncoder().encode(text), 'encrypt')
  const one = seal('a', 'content that is long enough to compare')
  expect(seal('a', 'content that is long enough to compare')).toBe(one)
  for (const other of [
    seal('a', 'content that is long enough to compars'),
    seal('b', 'content that is long enough to compare'),
  ]) {
    expect(other).toHaveLength(one.length)
    const [left, right] = [one, other].map(text => Buffer.from(text, 'base64url').subarray(1))
    const same = Array.from(left as Buffer).filter((byte, at) => byte === (right as Buffer)[at]).length
    expect(same).toBeLessThan(8)
  }
})

test('an encrypted cookie shows nothing', async () => {
  const browser = new Browser(make())
  await browser.call('remember', { name: 'plain', value: 'sesame' })
  await browser.call('remember', { name: 'closed', value: 'sesame', encrypt: true })
  const read = (name: string) => Buffer.from(browser.jar.get(name) as string, 'base64url').toString('latin1')
  expect([read('plain').includes('sesame'), read('closed').includes('sesame')]).toEqual([true, false])
  expect(await browser.call('recall', { name: 'closed' })).toBe('sesame')
})

test('no byte of a cookie can be changed', async () => {
  const browser = new Browser(make())
  await browser.call('remember', { name: 'a', value: 'value' })
  const sealed = Buffer.from(browser.jar.get('a') as string, 'base64url')
  for (let at = 0; at < sealed.length; at++) {
    const forged = Buffer.from(sealed)
    forged[at] = (forged[at] as number) ^ 1
    browser.jar.set('a', forged.toString('base64url'))
    expect(await browser.call('recall', { name: 'a' })).toBe(null)
  }
})

test.each([
  '',
  'x',
  '=',
  'a.b',
  Buffer.from(cbor.encode(['id', 0, 9e15, { user: { name: 'admin', rights: ['admin'] } }])).toString(
    'base64url',
  ),
])('the cookie %j is no session', async value => {
  const browser = new Browser(make())
  browser.jar.set('session', value)
  expect(await browser.call('who')).toBe(null)
})

test.each([
  ['http://test', {}, '', /^session=[^;]+; Max-Age=1800; Path=\/; HttpOnly; SameSite=Lax$/],
  ['https://test', {}, '', /^__Host-session=[^;]+; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax$/],
  ['http://test', { origins: ['https://api.example/'] }, '', /^__Host-session=.*; Secure/],
  [
    'https://test',
    {},
    '/api',
    /^__Secure-session=[^;]+; Max-Age=1800; Path=\/api; HttpOnly; Secure; SameSite=Lax$/,
  ],
])(
  'at %s with %o, mounted at "%s", the cookie is for no script and no other site',
  async (base, options, mount, expected) => {
    const app = mount === '' ? make(options) : new Hono().route(mount, make(options).app)
    const request = (path: string, init: RequestInit = {}) =>
      app.fetch(
        new Request(`${base}${mount}${path}`, {
          ...init,
          headers: { 'content-type': cbor.type, ...init.headers },
        }),
      )
    const body = cbor.encode({ name: 'tef' }) as Uint8Array<ArrayBuffer>
    const [line = ''] = (await request('/login/', { method: 'POST', body })).headers.getSetCookie()
    expect(line).toMatch(expected)
    const headers = { cookie: line.split(';', 1)[0] as string }
    expect(await (await request('/who/', { headers })).text()).toContain('tef')
  },
)

const cookieIn = (line: string) => line.split(';', 1)[0] as string

test.each([
  ['', '__Host-', '__Secure-'],
  ['', '__Host-', ''],
  ['/api', '__Secure-', '__Host-'],
  ['/api', '__Secure-', ''],
])(
  'by https, mounted at %j, no cookie stands in for one with the prefix %j: %j',
  async (mount, own, other) => {
    const app = mount === '' ? make() : new Hono().route(mount, make().app)
    const post = async (path: string, args: object, cookie = '') => {
      const headers = { 'content-type': cbor.type, cookie }
      const body = cbor.encode(args) as Uint8Array<ArrayBuffer>
      return app.fetch(new Request(`https://test${mount}${path}`, { method: 'POST', headers, body }))
    }
    for (const [set, args, look, arguments_] of [
      ['/login/', { name: 'mallory' }, '/who/', {}],
      ['/remember/', { name: 'a', value: 'mallory' }, '/recall/', { name: 'a' }],
    ] as const) {
      const cookie = cookieIn((await post(set, args)).headers.getSetCookie()[0] as string)
      expect(cookie.startsWith(own)).toBe(true)
      expect(await (await post(look, arguments_, cookie)).text()).toContain('mallory')
      expect((await post(look, arguments_, cookie.replace(own, other))).status).toBe(204)
    }
  },
)

test('a cookie with a path of its own is found by that path', async () => {
  const { app } = new Router(
    {
      set(this: Context) {
        this.cookies.set('a', 'below', { path: '/below' })
      },
      found(this: Context) {
        return [this.cookies.get('a') ?? null, this.cookies.get('a', { path: '/below' }) ?? null]
      },
    },
    { secret },
  )
  const post = (path: string, cookie = '') =>
    app.fetch(new Request(`https://test${path}`, { method: 'POST', headers: { cookie } }))
  const [line = ''] = (await post('/set/')).headers.getSetCookie()
  expect(line).toMatch(/^__Secure-a=.*Path=\/below/)
  expect(await (await post('/found/', cookieIn(line))).json()).toEqual([null, 'below'])
})

test('an answer with a cookie is given to nobody else by caches', async () => {
  const front = safe({ public: true, maxAge: 60 })(function (this: Context) {
    this.cookies.set('seen', 'yes')
    return 1
  })
  const { headers } = await ask(new Router({ front }, { secret }), '/front/')
  expect(headers.get('cache-control')).toBe('no-store')
})
