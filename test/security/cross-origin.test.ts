// Pages of other sites: what a browser may be made to call, by its own headers and under which names.

import { connect } from 'node:net'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { get } from '../../client/index.js'
import { cbor, codecs } from '../../lib/codecs.js'
import type { Fault } from '../../lib/values/fault.js'
import {
  Router,
  type RouterOptions,
  type ServeOptions,
  type Server,
  safe,
  serve,
  verb,
} from '../../server/index.js'
import { ask, logbook } from '../server/peer.js'

let ran = 0
beforeEach(() => {
  ran = 0
})

class Account {
  constructor(readonly id = 'x') {}
  close() {
    return ++ran
  }
}

const makeRouter = (options: RouterOptions = {}) =>
  new Router(
    {
      Account,
      act: (amount = '') => `${amount}${++ran}`,
      look: safe(() => 'seen'),
      put: verb('PUT', { envelope: 'form' })((value = '') => `${value}${++ran}`),
    },
    { pipeline: true, ...options },
  )

const crossOrigin = { code: 'cross_origin', status: 403 }
const form = 'application/x-www-form-urlencoded'

/** What a browser says of itself, by who makes the request. */
const refused: readonly (readonly [who: string, headers: Record<string, string>])[] = [
  ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['a page of another site that hides its origin', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ['a page of another site without an origin', { 'sec-fetch-site': 'cross-site' }],
  ['a page of a neighbour', { 'sec-fetch-site': 'same-site', origin: 'http://evil.test' }],
  ['a site that says something new', { 'sec-fetch-site': 'new-site', origin: 'http://test' }],
  ['a page of another site in an old browser', { origin: 'https://evil.example' }],
  ['a sandboxed frame in an old browser', { origin: 'null' }],
  ['a page of the same name at another port', { origin: 'http://test:8080' }],
  ['a page whose name starts with ours', { origin: 'http://test.evil.example' }],
  ['a page with an empty origin', { origin: '' }],
  ['a page of another site that says otherwise in its URL', { origin: 'http://evil.example/http://test' }],
]

const requests: readonly (readonly [what: string, path: string, type: string, body: string | Uint8Array])[] =
  [
    ['a form', '/act/', form, 'amount=1'],
    ['a form with nothing in it', '/act/', form, ''],
    ['a form as plain text', '/act/', 'text/plain', '{"amount":"1"}'],
    ['a form with files', '/act/', 'multipart/form-data; boundary=x', '--x--'],
    ...Array.from(
      codecs.values(),
      ({ type, encode }) => [type, '/act/', type, encode({ amount: '1' })] as const,
    ),
    ['a constructor', '/Account/', form, ''],
    ['many calls in one', '/_pipeline', cbor.type, cbor.encode({ steps: [['./act/', {}]] })],
    ['a path that leads nowhere', '/nowhere/', form, ''],
  ]

test.each(
  refused.flatMap(([who, headers]) => requests.map(([what, ...rest]) => ({ who, what, headers, rest }))),
)('$who cannot send $what', async ({ headers, rest: [path, type, body] }) => {
  const { status, value } = await ask(makeRouter(), path, { method: 'POST', body, type, headers })
  expect(status).toBe(403)
  expect(value).toMatchObject(crossOrigin)
  expect(ran).toBe(0)
})

test.each(['PUT', 'PATCH', 'DELETE', 'POST'])('nor by %s, or by a POST that says so', async method => {
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const direct = await ask(makeRouter(), '/put/', { method, args: {}, headers })
  const named = await ask(makeRouter(), '/put/', { args: {}, headers: { ...headers, method } })
  expect([direct.status, named.status, ran]).toEqual([403, 403, 0])
})

test.each<[who: string, headers: Record<string, string>]>([
  ['no browser', {}],
  ["Node's fetch", { 'sec-fetch-mode': 'cors' }],
  ['a page of its own', { 'sec-fetch-site': 'same-origin', origin: 'http://test' }],
  ['a page of its own, behind a proxy', { 'sec-fetch-site': 'same-origin', origin: 'https://api.example' }],
  ['a person, by hand', { 'sec-fetch-site': 'none' }],
  ['a page of its own in an old browser', { origin: 'http://test' }],
  ['the same where a proxy ends TLS', { origin: 'https://test' }],
])('%s can call', async (_who, headers) => {
  const { value } = await ask(makeRouter(), '/act/', { args: {}, headers })
  expect(value).toBe('1')
})

test('a call by GET reaches only what is safe, whoever makes it', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' }
  expect((await ask(makeRouter(), '/look/', { headers })).value).toBe('seen')
  for (const path of ['/act/', '/act/?amount=1', '/put/']) {
    expect((await ask(makeRouter(), path, { headers })).status).toBe(405)
  }
  expect(ran).toBe(0)
})

test('what a router trusts may call: its own origins, and those it names', async () => {
  const options = { origins: ['https://api.example/v1/'], trustedOrigins: ['https://app.example'] }
  const statusOf = async (origin: string, site: Record<string, string> = {}) =>
    (await ask(makeRouter(options), '/act/', { args: {}, headers: { origin, ...site } })).status
  const cross = { 'sec-fetch-site': 'cross-site' }
  expect(await statusOf('https://api.example')).toBe(200)
  expect(await statusOf('https://app.example')).toBe(200)
  expect(await statusOf('https://app.example', cross)).toBe(200)
  expect(await statusOf('http://app.example', cross)).toBe(403)
  expect(await statusOf('https://app.example.evil.example', cross)).toBe(403)
  expect(await statusOf('https://app.example:444', cross)).toBe(403)
})

test('a router can trust every page', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'null' }
  const { value } = await ask(makeRouter({ trustedOrigins: 'any' }), '/act/', { args: {}, headers })
  expect(value).toBe('1')
})

test.each(['*', 'app.example', 'null', '', 'file:///x'])('an origin that is none is refused: %j', origin => {
  expect(() => makeRouter({ trustedOrigins: [origin] })).toThrow('not an origin, such as https://app.example')
})

test('with CORS, a page of a trusted origin reads the answers of its calls', async () => {
  const origin = 'https://app.example'
  const app = new Hono()
  app.use('/api/*', cors({ origin, allowHeaders: ['content-type', 'accept'], allowMethods: ['GET', 'POST'] }))
  app.route('/api', makeRouter({ trustedOrigins: [origin] }).app)
  const browser = { origin, 'sec-fetch-site': 'cross-site' }
  const preflight = await app.request('http://test/api/act/', {
    method: 'OPTIONS',
    headers: { ...browser, 'access-control-request-method': 'POST' },
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
  const answer = await ask(app, '/api/act/', { args: {}, headers: browser })
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  expect(answer.value).toBe('1')
})

test('without CORS, a preflight is not answered, so that pages of others send nothing that needs one', async () => {
  const { status, headers } = await ask(makeRouter(), '/act/', {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
  })
  expect(status).toBe(405)
  expect(headers.get('access-control-allow-origin')).toBe(null)
})

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close(0))))

async function start(options: ServeOptions = {}, app: Parameters<typeof serve>[0] = makeRouter()) {
  const server = await serve(app, { port: 0, ...options })
  servers.push(server)
  return server
}

/** Asks under a name: status and body. Without one, as HTTP/1.0 lets clients do. */
async function under(host: string | undefined, { port }: Server): Promise<string> {
  const start = host === undefined ? 'GET /look/ HTTP/1.0' : `GET /look/ HTTP/1.1\r\nHost: ${host}`
  const socket = connect(port, '127.0.0.1')
  socket.end(`${start}\r\nConnection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk
  return `${answer.slice(9, 12)} ${answer.split('\r\n\r\n')[1]}`
}

test.each([
  'localhost',
  'localhost:8000',
  'LOCALHOST',
  'localhost.',
  'api.localhost:1',
  '127.0.0.1',
  '127.1.2.3:8000',
  '10.0.0.1',
  '[::1]:8000',
  undefined,
])('a server on 127.0.0.1 answers to %s', async host => {
  expect(await under(host, await start())).toBe('200 "seen"')
})

test.each([
  'evil.example',
  'evil.example:8000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evillocalhost',
  'api',
  'xn--lcalhost-x1a.example',
])('a server on 127.0.0.1 does not answer to %s', async host => {
  const { log, lines } = logbook()
  const answer = await under(host, await start({}, makeRouter({ log })))
  expect(answer.slice(0, 3)).toBe('421')
  expect(answer).toContain('"code":"misdirected"')
  expect(answer).toContain(`does not answer to the name \\"${host.split(':')[0]}\\" (serve: hosts)`)
  expect(lines).toEqual([])
})

test('it answers to the names that it is given, and to those of the router', async () => {
  const given = await start({ hosts: ['API.example'] })
  const owned = await start({}, makeRouter({ origins: ['https://api.example/v1/'] }))
  for (const server of [given, owned]) {
    expect(await under('api.example', server)).toBe('200 "seen"')
    expect(await under('localhost', server)).toBe('200 "seen"')
    expect((await under('evil.example', server)).slice(0, 3)).toBe('421')
  }
  expect(await under('evil.example', await start({ hosts: 'any' }))).toBe('200 "seen"')
})

test('an application around the router is guarded as well', async () => {
  const app = new Hono().get('/look/', context => context.text('the application'))
  const server = await start({}, app)
  expect(await under('localhost', server)).toBe('200 the application')
  expect((await under('evil.example', server)).slice(0, 3)).toBe('421')
})

test('a server that other machines reach checks names if some are given', async () => {
  const open = await start({ host: '0.0.0.0' }, makeRouter({ secret: false }))
  const named = await start({ host: '0.0.0.0', hosts: ['api.example'] }, makeRouter({ secret: false }))
  expect(await under('evil.example', open)).toBe('200 "seen"')
  expect((await under('evil.example', named)).slice(0, 3)).toBe('421')
  expect(await under('api.example', named)).toBe('200 "seen"')
})

test('our client and the fetch of Node are no browsers: a server on this machine answers them', async () => {
  const { url } = await start()
  const api = await get<ReturnType<typeof makeRouter>>(url)
  expect(await api.act()).toBe('1')
  const answer = await fetch(`${url}act/`, { method: 'POST', body: new URLSearchParams({ amount: '' }) })
  expect(await answer.json()).toBe('2')
})

test('our client says what a server refused that has another name', async () => {
  const server = await start({ hosts: [] })
  const refusal = get(server.url, { headers: { host: 'evil.example' } })
  await expect(refusal).rejects.toMatchObject({ status: 421, code: 'misdirected' } satisfies Partial<Fault>)
})
