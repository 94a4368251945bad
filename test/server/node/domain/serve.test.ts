// Who a server serves, over real sockets: every address of 127.0.0.0/8 is this machine's, so that clients can come
// from different ones; and behind nginx, as a proxy that is named, and one that isn't.

import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type Context,
  type RequestEntry,
  Router,
  type ServeOptions,
  type Server,
  type Status,
  serve,
} from '../../../../server/index.js'
import { Nginx } from '../../../nginx.js'
import { freePort } from '../../../ports.js'
import { ensure } from '../../../system.js'

let called = 0
const router = new Router(
  {
    whence(this: Context) {
      called++
      return this.address ?? null
    },
  },
  { secret: false },
)

const running: Server[] = []
afterEach(async () => {
  called = 0
  await Promise.all(running.splice(0).map(server => server.close(0)))
})

async function start(
  options: ServeOptions = {},
  app = router as Parameters<typeof serve>[0],
): Promise<Server> {
  const server = await serve(app, { port: 0, ...options })
  running.push(server)
  return server
}

interface Answer {
  readonly status: number | undefined
  readonly value: unknown
  readonly headers: IncomingMessage['headers']
}

async function call(
  server: { port: number },
  from: string,
  headers = {},
  to?: string,
  asked = { path: '/whence/', method: 'POST' },
): Promise<Answer> {
  const host = to ?? (from.includes(':') ? '::1' : '127.0.0.1')
  const options = { host, port: server.port, localAddress: from, headers, ...asked }
  const sent = request(options).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const text = (await answer.toArray()).join('')
  return { status: answer.statusCode, value: text === '' ? null : JSON.parse(text), headers: answer.headers }
}

test.each([
  [['127.0.0.5'], '127.0.0.5', 200],
  [['127.0.0.5'], '127.0.0.6', 403],
  [['127.0.0.4/31', '::1'], '127.0.0.5', 200],
  [['127.0.0.4/31', '::1'], '127.0.0.6', 403],
  [['loopback'], '127.9.9.9', 200],
  [['private'], '127.0.0.1', 403],
  [['own'], '127.0.0.9', 200],
  ['any' as const, '127.0.0.9', 200],
  [undefined, '127.0.0.9', 200],
])('a server of %s answers %s with %i', async (domain, from, status) => {
  const server = await start(domain === undefined ? {} : { domain })
  const answer = await call(server, from)
  expect(answer.status).toBe(status)
  expect(called).toBe(status === 200 ? 1 : 0)
})

test.each([
  ['::1', ['::1'], '::1', 200],
  ['::1', ['127.0.0.0/8'], '::1', 403],
  ['::', ['127.0.0.5'], '127.0.0.5', 200],
  ['::', ['127.0.0.5'], '127.0.0.6', 403],
  ['::', ['127.0.0.5'], '::1', 403],
])('on %s a server of %o answers %s with %i', async (host, domain, from, status) => {
  const answer = await call(await start({ host, domain }), from)
  expect([answer.status, answer.value]).toEqual([status, status === 200 ? from : expect.anything()])
})

test('on an address that others reach, a server serves its own networks by default', async () => {
  const server = await start({ host: '0.0.0.0', proxies: ['127.0.0.5'] })
  expect((await call(server, '127.0.0.1')).status).toBe(200)
  const strange = await call(server, '127.0.0.5', { 'x-forwarded-for': '198.51.100.7' })
  expect(strange.status).toBe(403)
})

test('the Fault names the service domain, in the type that is asked for', async () => {
  const server = await start({ domain: ['127.0.0.5'] })
  const { headers, value } = await call(server, '127.0.0.6', { accept: 'application/json' })
  expect(headers).toMatchObject({ 'cache-control': 'no-store', connection: 'close' })
  expect(headers['content-type']).toBe('application/json')
  expect(JSON.stringify(value)).toContain("not in the server's service domain (serve: domain)")
})

test('a stranger is refused before the body has come, by an application around the router too', async () => {
  const app = new Hono().route('/', router.app)
  const server = await start({ domain: ['127.0.0.5'] }, app)
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.6' })
  socket.write('POST /whence/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n')
  const [head] = await once(socket.setEncoding('latin1'), 'data')
  expect(head).toMatch(/^HTTP\/1\.1 403 /)
  socket.destroy()
  expect(called).toBe(0)
})

test('a stranger’s request is logged, told of and counted like any other, and a later one of a friend too', async () => {
  const entries: RequestEntry[] = []
  const lines: string[] = []
  const log = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
    error: () => undefined,
  }
  const options = { log, headers: { 'x-served-by': 'b' }, factory: { open: 'all' as const } }
  const server = await start({
    domain: ['127.0.0.5'],
    on: { request: entry => entries.push(entry) },
    ...options,
  })
  const { headers } = await call(server, '127.0.0.6', { 'x-request-id': 'mine' })
  expect(headers).toMatchObject({ 'x-request-id': 'mine', 'x-served-by': 'b' })
  await call(server, '127.0.0.5')
  await expect.poll(() => lines.length).toBe(2)
  expect(
    entries.map(({ address, status, name, path, id }) => [address, status, name, path, id === 'mine']),
  ).toEqual([
    ['127.0.0.6', 403, '(other)', '/whence/', true],
    ['127.0.0.5', 200, 'whence', '/whence/', false],
  ])
  expect(entries[0]?.bytes).toBeGreaterThan(200)
  expect(lines[0]).toMatch(/^POST \/whence\/ 403 /)
  const path = '/factory/status'
  const status = (await call(server, '127.0.0.5', {}, undefined, { path, method: 'GET' })).value as Status
  expect(status.requests.names['(other)']?.statuses).toEqual({ 403: 1 })
  expect(status.requests.running).toBe(1)
})

test('a header of whoever is no named proxy changes nothing', async () => {
  const server = await start({ domain: ['127.0.0.5', '192.0.2.1'], proxies: ['127.0.0.9'] })
  const headers = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' }
  expect((await call(server, '127.0.0.6', headers)).status).toBe(403)
  expect((await call(server, '127.0.0.5', headers)).value).toBe('127.0.0.5')
})

test('on one connection of a proxy, each request has its own sender', async () => {
  const server = await start({ domain: ['192.0.2.0/24'], proxies: ['127.0.0.9'] })
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.9' })
  const answers: string[] = []
  socket.setEncoding('latin1').on('data', (chunk: string) => answers.push(chunk))
  for (const address of ['192.0.2.1', '198.51.100.1', '192.0.2.2']) {
    socket.write(`POST /whence/ HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: ${address}\r\n\r\n`)
  }
  await expect.poll(() => answers.join('').match(/HTTP\/1\.1 \d+/g)).toHaveLength(3)
  socket.destroy()
  expect(answers.join('').match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403', 'HTTP/1.1 200'])
  expect(answers.join('').match(/192\.0\.2\.\d/g)).toEqual(['192.0.2.1', '192.0.2.2'])
})

test('domain and proxies are properties, which can be set while the server serves', async () => {
  const server = await start({ domain: ['127.0.0.5'] })
  const { properties } = server
  expect([properties.domain, properties.proxies]).toEqual([['127.0.0.5'], []])
  expect((await call(server, '127.0.0.6')).status).toBe(403)
  properties.domain = ['192.0.2.1', '127.0.0.6']
  expect((await call(server, '127.0.0.6')).status).toBe(200)
  properties.proxies = ['127.0.0.5']
  const headers = { 'x-forwarded-for': '192.0.2.1' }
  expect((await call(server, '127.0.0.5', headers)).value).toBe('192.0.2.1')
})

test.each([
  [{ domain: [] }, /domain is a list of networks/],
  [{ domain: 'private' }, /domain is a list of networks/],
  [{ domain: ['intern'] }, /not a network, such as/],
  [{ proxies: ['nginx'] }, /not a network, such as/],
  [{ proxyHeader: 'x-real-ip' }, /proxyHeader is x-forwarded-for or forwarded/],
])('the options %o are refused', async (options, message) => {
  await expect(serve(router, { port: 0, ...options } as ServeOptions)).rejects.toThrow(message as RegExp)
})

test('by default it is the own networks where others reach the server, and else any', async () => {
  expect((await start({ host: '0.0.0.0' })).properties.domain).toEqual(['own'])
  expect((await start()).properties.domain).toBe('any')
})

test('the log of requests has the address that a named proxy tells', async () => {
  const addresses: (string | undefined)[] = []
  const server = await start({
    proxies: ['127.0.0.5'],
    on: { request: entry => addresses.push(entry.address) },
  })
  await call(server, '127.0.0.5', { 'x-forwarded-for': '192.0.2.1' })
  await call(server, '127.0.0.6', { 'x-forwarded-for': '192.0.2.1' })
  await expect.poll(() => addresses).toEqual(['192.0.2.1', '127.0.0.6'])
})

const nginx = ensure('nginx')

describe.skipIf(nginx === undefined)('behind nginx', () => {
  const proxies: Nginx[] = []
  afterEach(() => Promise.all(proxies.splice(0).map(proxy => proxy.stop())))

  /** nginx as a proxy that comes from 127.0.0.9. */
  async function startNginx(target: Server, header: string): Promise<{ port: number }> {
    const port = await freePort()
    const proxy = () => `
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://127.0.0.1:${target.port};
          proxy_bind 127.0.0.9;
          proxy_set_header ${header};
        }
      }`
    proxies.push(await Nginx.start(nginx as string, [port], proxy))
    return { port }
  }

  test.each([
    ['X-Forwarded-For $proxy_add_x_forwarded_for', 'x-forwarded-for', 'x-forwarded-for'],
    ['Forwarded "$http_forwarded, for=$remote_addr"', 'forwarded', 'forwarded'],
  ] as const)(
    '%s is believed where the proxy is named',
    async (header, proxyHeader, name) => {
      const server = await start({ domain: ['127.0.0.5'], proxies: ['127.0.0.9'], proxyHeader })
      const proxy = await startNginx(server, header)
      expect(await call(proxy, '127.0.0.5')).toMatchObject({ status: 200, value: '127.0.0.5' })
      expect((await call(proxy, '127.0.0.6')).status).toBe(403)
      const lie = name === 'forwarded' ? 'for=127.0.0.5' : '127.0.0.5'
      expect((await call(proxy, '127.0.0.6', { [name]: lie })).status).toBe(403)
      expect((await call(server, '127.0.0.6', { [name]: lie })).status).toBe(403)
    },
    20_000,
  )

  test('where it is not named, whoever comes through it has its address', async () => {
    const server = await start({ domain: ['127.0.0.9'] })
    const proxy = await startNginx(server, 'X-Forwarded-For $proxy_add_x_forwarded_for')
    expect(await call(proxy, '127.0.0.6')).toMatchObject({ status: 200, value: '127.0.0.9' })
  }, 20_000)
})
