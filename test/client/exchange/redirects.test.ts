// Redirects across three servers: which are followed, as what, and what stays at home.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nextUrl } from '../../../client/exchange/redirects.js'
import { blob, fetchTransport, get, NetworkError, withOptions } from '../../../client/index.js'
import { isPrivate } from '../../../client/transport/private-address.js'
import { cbor } from '../../../lib/codecs.js'
import { Form, Link, Page } from '../../../lib/values/nodes.js'
import { openSite, redirectTo, type Site, value } from '../../fixtures/site.js'

// biome-ignore lint/suspicious/noExplicitAny: pages written by hand have no types.
type Untyped = any

let a: Site
let b: Site
let c: Site
beforeAll(async () => {
  ;[a, b, c] = await Promise.all([openSite(), openSite(), openSite()])
})
afterAll(() => Promise.all([a, b, c].map(site => site.close())))
beforeEach(() => {
  for (const site of [a, b, c]) {
    site.seen.splice(0)
    for (const path of Object.keys(site.routes)) delete site.routes[path]
  }
})

const statuses = [301, 302, 303, 307, 308]

test.each(statuses)('a GET follows %i to another server', async status => {
  a.routes['/'] = redirectTo(`${b.url}there`, status)
  b.routes['/there'] = value('arrived')
  expect(await get(a.url)).toBe('arrived')
  expect(b.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /there'])
})

const methods: readonly (readonly [sent: string, status: number, followed: string])[] = [
  ['POST', 301, 'GET'],
  ['POST', 302, 'GET'],
  ['POST', 303, 'GET'],
  ['POST', 307, 'POST'],
  ['POST', 308, 'POST'],
  ['PUT', 301, 'PUT'],
  ['PUT', 302, 'PUT'],
  ['PUT', 303, 'GET'],
  ['PUT', 307, 'PUT'],
  ['DELETE', 303, 'GET'],
  ['DELETE', 308, 'DELETE'],
]
const bodies: Record<string, unknown> = { GET: undefined, POST: { x: 1 }, PUT: { x: 1 }, DELETE: { x: 1 } }

test.each(methods)(
  'a %s that meets %i goes on as %s, with the body that belongs to it',
  async (method, status, followed) => {
    const form = new Form({ method, url: 'act', values: ['x'], envelope: 'form' })
    a.routes['/'] = value(new Page({ url: '' }, { act: form }))
    a.routes['/act'] = redirectTo(`${b.url}acted`, status)
    b.routes['/acted'] = value('done')
    const page: Untyped = await get(a.url)
    expect(await page.act(1)).toBe('done')
    const [seen] = b.seen
    expect(seen?.method).toBe(followed)
    expect(seen?.headers['content-type']).toBe(followed === 'GET' ? undefined : cbor.type)
    const body = seen?.body.length ? cbor.decode(seen.body) : undefined
    expect(body).toEqual(bodies[followed])
  },
)

test('a chain over three servers ends in a page whose references belong to the last', async () => {
  a.routes['/'] = redirectTo(`${b.url}x/y`, 303)
  b.routes['/x/y'] = redirectTo('../z', 301)
  b.routes['/z'] = redirectTo(`${c.url}deep/page/`, 307)
  c.routes['/deep/page/'] = value(new Page({ url: './' }, { next: new Link({ url: '../next' }) }))
  c.routes['/deep/next'] = value('the next one')
  const page: Untyped = await get(a.url)
  expect(await page.next()).toBe('the next one')
})

test('ten redirects are followed, not eleven', async () => {
  for (let n = 0; n < 12; n++) a.routes[`/${n}`] = redirectTo(`/${n + 1}`)
  a.routes['/12'] = value('arrived')
  expect(await get(`${a.url}2`)).toBe('arrived')
  await expect(get(`${a.url}1`)).rejects.toThrow('GET /11: more than 10 redirects (answered with 302)')
})

test('a redirect in a circle ends', async () => {
  a.routes['/'] = redirectTo(b.url)
  b.routes['/'] = redirectTo(a.url)
  await expect(get(a.url)).rejects.toThrow(NetworkError)
  expect(a.seen.length + b.seen.length).toBe(11)
})

const headers = { Authorization: 'Bearer secret', 'X-Tenant': '7' }
const credentialsAt = (site: Site) =>
  site.seen.map(({ headers }) => [headers.authorization, headers['x-tenant']])
const given = ['Bearer secret', '7']
const none = [undefined, undefined]

test('credentials stay at their origin when a redirect leaves it, and are back when one returns', async () => {
  a.routes['/'] = redirectTo(b.url, 307)
  b.routes['/'] = redirectTo(`${a.url}home`, 307)
  a.routes['/home'] = value('home')
  expect(await get(a.url, { headers })).toBe('home')
  expect([credentialsAt(a), credentialsAt(b)]).toEqual([[given, given], [none]])
})

test('credentials go along with no link, form or page to another origin', async () => {
  const values = { values: [] }
  a.routes['/'] = value(
    new Page(
      { url: '' },
      {
        link: new Link({ url: `${b.url}x` }),
        form: new Form({ url: `${b.url}x`, ...values }),
        page: new Page({ url: `${c.url}x/` }, { own: new Form({ url: 'own', ...values }) }),
        own: new Form({ url: 'x', ...values }),
      },
    ),
  )
  for (const [site, path] of [
    [a, '/x'],
    [b, '/x'],
    [c, '/x/own'],
  ] as const)
    site.routes[path] = value(null)
  const page: Untyped = await get(a.url, { headers })
  await page.link()
  await page.form()
  await page.page.own()
  await page.own()
  expect([a, b, c].map(credentialsAt)).toEqual([[given, given], [none, none], [none]])
})

test('another origin gets credentials of its own', async () => {
  a.routes['/'] = value(
    new Page({ url: '' }, { there: new Link({ url: b.url }), here: new Link({ url: 'x' }) }),
  )
  a.routes['/x'] = value(null)
  b.routes['/'] = value(
    new Page({ url: '' }, { x: new Link({ url: 'x' }), back: new Link({ url: `${a.url}x` }) }),
  )
  b.routes['/x'] = value(null)
  const page: Untyped = await get(a.url, { headers })
  const there = withOptions(await page.there(), { headers: { authorization: 'for b' } })
  await there.x()
  await there.back()
  expect(credentialsAt(b)).toEqual([none, ['for b', undefined]])
  expect(credentialsAt(a)).toEqual([given, given])
})

test('a body that is streamed cannot be sent again, and the error says so', async () => {
  const form = new Form({ url: 'act', values: ['file'] })
  a.routes['/'] = value(new Page({ url: '' }, { act: form }))
  a.routes['/act'] = redirectTo(b.url, 307)
  const page: Untyped = await get(a.url)
  const file = blob(new Blob(['x'.repeat(10)]).stream())
  await expect(page.act(file)).rejects.toThrow('a redirect of a streamed body, which can be sent once only')
  expect(b.seen).toEqual([])
})

test.each([
  ['undici', undefined],
  ['fetch', fetchTransport()],
])('a Location in raw UTF-8 is encoded once: %s', async (_, transport) => {
  const raw = Buffer.from('/\u00e9').toString('latin1')
  a.routes['/'] = response => {
    response.socket?.end(`HTTP/1.1 302 Found\r\nLocation: ${raw}\r\nContent-Length: 0\r\n\r\n`, 'latin1')
  }
  a.routes['/%C3%A9'] = value('there')
  expect(await get(a.url, { ...(transport && { transport }) })).toBe('there')
  a.routes['/'] = response => {
    response.socket?.end(`HTTP/1.1 201 Created\r\nLocation: ${raw}\r\nContent-Length: 0\r\n\r\n`, 'latin1')
  }
  const created: Untyped = await get(a.url, { ...(transport && { transport }) })
  expect(await created()).toBe('there')
})

test('a redirect without a Location is an error', async () => {
  a.routes['/'] = response => response.writeHead(302).end()
  await expect(get(a.url)).rejects.toThrow('GET /: a redirect without a Location (answered with 302)')
})

const steps: readonly (readonly [from: string, location: string, result: string])[] = [
  ['http://a.example/x/y', 'z', 'http://a.example/x/z'],
  ['http://a.example/x/y', '//b.example/z', 'http://b.example/z'],
  ['http://a.example/x', 'https://a.example/x', 'https://a.example/x'],
  ['https://a.example/', 'https://b.example/', 'https://b.example/'],
  ['http://10.0.0.1/', 'http://127.0.0.1/', 'http://127.0.0.1/'],
  ['http://localhost/', 'http://192.168.1.1/', 'http://192.168.1.1/'],
  ['http://127.0.0.1/', 'http://a.example/', 'http://a.example/'],
  ['https://a.example/', 'http://a.example/', 'a redirect from https to http'],
  ['https://a.example/', 'http://b.example/', 'a redirect from https to http'],
  ['http://a.example/', 'http://u:p@b.example/', 'a redirect to a URL with a user in it'],
  ['http://a.example/', '/\xc3\xa9?x=\xe2\x82\xac', 'http://a.example/%C3%A9?x=%E2%82%AC'],
  ['http://a.example/', '/%C3%A9', 'http://a.example/%C3%A9'],
  ['http://a.example/', '/\xe9', 'http://a.example/%C3%A9'],
  ['http://a.example/', '/\u20ac\xc3\xa9', 'http://a.example/%E2%82%AC%C3%83%C2%A9'],
  ['http://a.example/', 'ftp://a.example/', 'a redirect to ftp:'],
  ['http://a.example/', 'file:///etc/passwd', 'a redirect to file:'],
  ['http://a.example/', 'javascript:alert(1)', 'a redirect to javascript:'],
  ['http://a.example/', 'http://[', 'a redirect to what is no URL'],
  ['http://a.example/', 'http://127.0.0.1:8080/', 'a redirect from a public to a private address'],
  ['http://a.example/', 'http://2130706433/', 'a redirect from a public to a private address'],
  ['http://8.8.8.8/', 'http://localhost./', 'a redirect from a public to a private address'],
  [
    'https://[2606:4700::1111]/',
    'https://[::ffff:10.0.0.1]/',
    'a redirect from a public to a private address',
  ],
]

test.each(steps)('from %s to %s: %s', (from, location, result) => {
  const outcome = () => {
    try {
      return nextUrl('GET', from, 302, location)
    } catch (error) {
      return (error as Error).message.replace(/^GET \S+: (.*) \(.*\)$/, '$1')
    }
  }
  expect(outcome()).toBe(result)
})

const addresses: readonly (readonly [host: string, isPrivate: boolean])[] = [
  ['localhost', true],
  ['LOCALHOST', true],
  ['localhost.', true],
  ['a.localhost', true],
  ['localhost.example', false],
  ['127.0.0.1', true],
  ['127.255.255.255', true],
  ['2130706433', true],
  ['0x7f000001', true],
  ['0x7f.1', true],
  ['0177.0.0.1', true],
  ['127.1', true],
  ['127.0.0.1.', true],
  ['１２７.0.0.1', true],
  ['0.0.0.0', true],
  ['0', true],
  ['10.0.0.0', true],
  ['10.255.255.255', true],
  ['9.255.255.255', false],
  ['11.0.0.0', false],
  ['172.15.255.255', false],
  ['172.16.0.0', true],
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['192.168.0.1', true],
  ['192.167.0.1', false],
  ['192.169.0.1', false],
  ['169.254.169.254', true],
  ['0xa9fea9fe', true],
  ['2852039166', true],
  ['169.253.0.1', false],
  ['100.63.255.255', false],
  ['100.64.0.0', true],
  ['100.127.255.255', true],
  ['100.128.0.0', false],
  ['8.8.8.8', false],
  ['134744072', false],
  ['example.com', false],
  ['10.example.com', false],
  ['xn--bcher-kva.example', false],
  ['[::1]', true],
  ['[0:0:0:0:0:0:0:1]', true],
  ['[::]', true],
  ['[::2]', true],
  ['[2606:4700::1111]', false],
  ['[::ffff:127.0.0.1]', true],
  ['[::ffff:7f00:1]', true],
  ['[0:0:0:0:0:ffff:0a00:0001]', true],
  ['[::ffff:8.8.8.8]', false],
  ['[::127.0.0.1]', true],
  ['[::8.8.8.8]', false],
  ['[64:ff9b::10.0.0.1]', true],
  ['[64:ff9b::8.8.8.8]', false],
  ['[2002:7f00:1::]', true],
  ['[2002:808:808::]', false],
  ['[fc00::1]', true],
  ['[fdff:ffff::]', true],
  ['[fbff::]', false],
  ['[fe00::]', false],
  ['[fe80::1]', true],
  ['[febf::1]', true],
  ['[fec0::1]', true],
  ['[ff02::1]', true],
]

test.each(addresses)('%s is private: %s', (host, expected) => {
  expect(isPrivate(new URL(`http://${host}/`).hostname)).toBe(expected)
})
