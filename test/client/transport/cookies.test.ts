// Cookies of a program: kept as servers set them, sent back where they belong, and nowhere else.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import {
  CookieJar,
  fetchTransport,
  get,
  local,
  type TransportRequest,
  withOptions,
} from '../../../client/index.js'
import { defaultTransport } from '../../../client/transport/undici.js'
import { allow, type Context, Router, safe, serve, session } from '../../../server/index.js'

const secret = 'a secret of at least thirty-two bytes'
const make = () =>
  new Router(
    {
      login(this: Context, name: string) {
        this.session.set('user', name)
      },
      logout(this: Context) {
        this.session.destroy()
      },
      who: safe({ maxAge: 60 })(function (this: Context) {
        return this.user ?? null
      }),
      diary: allow()(() => 'dear diary'),
    },
    { identify: session(), secret },
  )

test('a login over a socket lasts from call to call, for all that share the jar, until the logout', async () => {
  const server = await serve(make(), { port: 0 })
  const cookies = new CookieJar()
  const api = await get<ReturnType<typeof make>>(server.url, { cookies })
  const other = await get<ReturnType<typeof make>>(server.url, { cookies: true })
  const without = await get<ReturnType<typeof make>>(server.url)
  expect(await api.who()).toBeNull()
  for (const each of [api, without]) await each.login('tef')
  expect([await api.who(), await other.who(), await without.who()]).toEqual(['tef', null, null])
  const again = await get<ReturnType<typeof make>>(server.url, { cookies })
  expect(await again.diary()).toBe('dear diary')
  await again.logout()
  expect(await api.who()).toBeNull()
  await api.login('eve')
  cookies.clear()
  expect(await api.who()).toBeNull()
  await server.close(0)
})

test('withOptions gives a page another jar, or none', async () => {
  const router = make()
  const api = await get<typeof router>('http://local/', { cookies: true, transport: local(router) })
  await api.login('tef')
  const others = [{}, { timeout: 9000 }, { cookies: true }, { cookies: new CookieJar() }, { cookies: false }]
  const known = await Promise.all(others.map(options => withOptions(api, options).who()))
  expect(known).toEqual(['tef', 'tef', null, null, null])
})

test('the prefixes of https are kept too, without a socket', async () => {
  const router = make()
  const api = await get<typeof router>('https://local/', { cookies: true, transport: local(router) })
  await api.login('tef')
  expect(await api.who()).toBe('tef')
})

test('several cookies in one answer are several, though their dates have commas', async () => {
  const sent: (string | undefined)[] = []
  const server = createServer((request, answer) => {
    sent.push(request.headers.cookie)
    const lines = ['a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Path=/', 'b=2', 'c=3=4; Max-Age=60']
    answer.writeHead(200, { 'set-cookie': lines, 'content-type': 'application/json' }).end('null')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const cookies = new CookieJar()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  for (let times = 0; times < 2; times++) await get(url, { cookies, headers: { cookie: 'own=0' } })
  server.close()
  server.closeAllConnections()
  expect(sent).toEqual(['own=0', 'own=0; a=1; b=2; c=3=4'])
})

/** What a jar sends to a URL once another has set some cookies. */
async function sentTo(url: string, set: readonly string[], from: string): Promise<string | undefined> {
  let sent: string | undefined
  const transport = new CookieJar().over(async (request: TransportRequest) => {
    sent = request.headers.cookie
    const cookies = request.url === from ? set : []
    return { status: 200, header: () => undefined, cookies, body: nothing() }
  })
  const request = { method: 'GET', headers: {}, body: undefined, signal: undefined }
  await transport({ ...request, url: from })
  sent = undefined
  await transport({ ...request, url })
  return sent
}

const here = 'https://a.example/x/y'
test.each<[cookies: string | readonly string[], url: string, sent: string | undefined]>([
  ['n=1', here, 'n=1'],
  ['n=1', 'https://a.example/x/z', 'n=1'],
  ['n=1', 'https://a.example/x', 'n=1'],
  ['n=1', 'https://a.example/xx', undefined],
  ['n=1; Path=/', 'https://a.example/', 'n=1'],
  ['n=1; Path=/', 'http://a.example/', undefined],
  ['n=1; Path=/', 'https://a.example:444/', undefined],
  ['n=1; Path=/', 'https://b.example/', undefined],
  ['n=1; Path=/; Domain=example', 'https://b.example/', undefined],
  ['n=1; Path=/; Domain=example', 'https://a.example/', 'n=1'],
  ['n=1; Path=/; Domain=b.example', 'https://a.example/', undefined],
  ['n=1; Path=/; Max-Age=0', here, undefined],
  ['n=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', here, 'n=1'],
  ['n=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', here, undefined],
  ['__Host-n=1; Path=/; Secure', here, '__Host-n=1'],
  ['__Host-n=1; Path=/x; Secure', here, undefined],
  ['__Secure-n=1', here, undefined],
  ['n=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT', here, undefined],
  ['n=1; Expires=Thursday, 01-Jan-70 00:00:00 GMT', here, undefined],
  ['n=1; Expires=Thu Jan  1 00:00:00 1970', here, undefined],
  ['n=1; Expires=0', here, 'n=1'],
  ['n=1; Expires=2001', here, 'n=1'],
  ['n=1; Expires=Fri, 31 Feb 2000 00:00:00 GMT', here, 'n=1'],
  [['n=1', 'n=2'], here, 'n=2'],
  [['n=1; Path=/', 'n=2'], here, 'n=2; n=1'],
  [['n=1', 'n=; Max-Age=0'], here, undefined],
  ['n=1,2', here, 'n=1,2'],
  ['n=x=1,m=2', here, 'n=x=1,m=2'],
  ['n=x, m=y; Path=/', here, 'n=x, m=y'],
  ['=1', here, undefined],
  ['n', here, undefined],
  [`n=${'x'.repeat(4097)}`, here, undefined],
  ['n=a\r\nb: c', here, undefined],
])('%j, set at /x/y, is sent to %s as %j', async (cookies, url, sent) => {
  expect(await sentTo(url, [cookies].flat(), here)).toBe(sent)
})

test.each([
  ['undici', undefined],
  ['fetch', fetchTransport()],
])('over %s a comma divides no cookie', async (_, transport = defaultTransport) => {
  const sent: (string | undefined)[] = []
  const server = createServer((request, answer) => {
    sent.push(request.headers.cookie)
    answer.writeHead(200, {
      'set-cookie': ['a=size=1,color=2', 'b=q, z=y'],
      'content-type': 'application/json',
    })
    answer.end('null')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const options = { cookies: new CookieJar(), transport }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  for (let times = 0; times < 2; times++) await get(url, options)
  server.close()
  server.closeAllConnections()
  expect(sent).toEqual([undefined, 'a=size=1,color=2; b=q, z=y'])
})

test('a transport that knows only one header has one cookie in it', async () => {
  let sent: string | undefined
  const transport = new CookieJar().over(async (request: TransportRequest) => {
    sent = request.headers.cookie
    return { status: 200, header: name => (name === 'set-cookie' ? 'a=1, b=2' : undefined), body: nothing() }
  })
  const request = { method: 'GET', url: here, headers: {}, body: undefined, signal: undefined }
  await transport(request)
  await transport(request)
  expect(sent).toBe('a=1, b=2')
})

test('by http no cookie is taken that is Secure', async () => {
  const from = 'http://a.example/'
  expect(await sentTo(from, ['a=1; Secure', 'b=2'], from)).toBe('b=2')
})

test('a server fills no memory: the oldest go', async () => {
  const set = Array.from({ length: 1000 }, (_, number) => `n${number}=1`)
  const sent = await sentTo(here, set, here)
  expect(sent?.split('; ')).toEqual(set.slice(-100))
})

test('nor do many servers, that a chain of redirects may lead to, or long paths', async () => {
  const sent: (string | undefined)[] = []
  const transport = new CookieJar().over(async ({ url, headers }) => {
    sent.push(headers.cookie)
    const lines = [`host=${new URL(url).host}`, `long=1; Path=/${'x'.repeat(1024)}`]
    return { status: 200, header: () => undefined, cookies: lines, body: nothing() }
  })
  const ask = (origin: string) =>
    transport({ method: 'GET', url: origin, headers: {}, body: undefined, signal: undefined })
  for (let number = 0; number <= 1000; number++) await ask(`http://h${number}.example/`)
  sent.length = 0
  await ask('http://h1.example/')
  await ask('http://h0.example/')
  await ask(`http://h1.example/${'x'.repeat(1024)}`)
  expect(sent).toEqual(['host=h1.example', undefined, undefined])
})

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An answer without a body.
}
