// The log of requests: formats, levels, loggers; ids of requests, and traces that are passed on.

import { Writable } from 'node:stream'
import pino from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { get, local } from '../../../../client/index.js'
import {
  type Context,
  type RequestEntry,
  Router,
  type ServeOptions,
  type Server,
  safe,
  serve,
} from '../../../../server/index.js'
import { commonLine, jsonLine } from '../../../../server/node/serving/request-log.js'

const servers: Server[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

const router = () =>
  new Router({
    hello: safe(() => 'hello'),
    crash() {
      throw new Error('an accident')
    },
    ids: safe(function (this: Context) {
      return [this.requestId, this.trace?.headers ?? null]
    }),
  })

async function start(options: ServeOptions): Promise<Server> {
  const server = await serve(router(), { port: 0, ...options })
  servers.push(server)
  return server
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}

const entry: RequestEntry = {
  id: 'one',
  method: 'POST',
  path: '/User/…/message',
  version: '1.1',
  name: 'User.message',
  status: 200,
  milliseconds: 1.23456,
  bytes: 326,
  address: '192.0.2.1',
  user: undefined,
  trace: undefined,
}
const at = new Date('2000-10-10T13:55:36.123Z')

test.each<[Partial<RequestEntry>, string]>([
  [{}, '192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "POST /User/…/message HTTP/1.1" 200 326'],
  [{ user: 'tef' }, '192.0.2.1 - tef [10/Oct/2000:13:55:36 +0000] "POST /User/…/message HTTP/1.1" 200 326'],
  [
    { user: 'a b"\n', path: '/"\\\u00e9' },
    '192.0.2.1 - a\\x20b\\"\\x0a [10/Oct/2000:13:55:36 +0000] "POST /\\"\\\\\\xc3\\xa9 HTTP/1.1" 200 326',
  ],
  [
    { user: '', address: undefined, bytes: 0, status: 499 },
    '- - - [10/Oct/2000:13:55:36 +0000] "POST /User/…/message HTTP/1.1" 499 -',
  ],
])('an entry with %j is a line in the Common Log Format', (more, line) => {
  expect(commonLine({ ...entry, ...more }, at)).toBe(line)
})

test('an entry is a line of JSON, without what is not known', () => {
  const line = jsonLine(entry, at)
  expect(line).not.toContain('\n')
  const { trace: _trace, user: _user, ...known } = entry
  expect(JSON.parse(line)).toEqual({ time: at.toISOString(), ...known, milliseconds: 1.235 })
})

test.each(['common', 'json'] as const)('one line a request on standard output: %s', async log => {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation(chunk => lines.push(String(chunk)) > 0)
  const server = await start({ log })
  await (await fetch(`${server.url}hello?secret`)).text()
  await (await fetch(`${server.url}hello`)).text()
  await until(() => lines.length === 2)
  expect(lines.every(line => /^[^\n]*hello[^\n]*\n$/.test(line))).toBe(true)
  expect(lines.join('')).not.toContain('secret')
})

function pinoLines() {
  const lines: Record<string, unknown>[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { lines, log: pino(stream) }
}

test('pino gets an object a request, by level, and accidents with their stack, under the same id', async () => {
  const { lines, log } = pinoLines()
  const server = await start({ log })
  await fetch(`${server.url}hello`, { headers: { 'x-request-id': 'mine' } })
  await fetch(`${server.url}nowhere`)
  const fault = await (await fetch(`${server.url}crash/`, { method: 'POST' })).json()
  await until(() => lines.length === 4)
  const [hello, nowhere, accident, crash] = lines
  expect(hello).toMatchObject({
    level: 30,
    id: 'mine',
    method: 'GET',
    name: 'hello',
    path: '/hello/',
    status: 200,
  })
  expect(nowhere).toMatchObject({ level: 40, name: '(other)', status: 404 })
  expect(accident).toMatchObject({
    level: 50,
    err: { message: 'an accident' },
    logref: fault.attributes.logref,
  })
  expect(JSON.stringify(accident?.err)).toContain('logs.test.ts')
  expect(crash).toMatchObject({ level: 50, name: 'crash', status: 500, id: accident?.requestId })
})

test('less is logged at higher levels, from the next request on', async () => {
  const { lines, log } = pinoLines()
  const server = await start({ log, logLevel: 'warn' })
  const ask = async (path: string) => void (await (await fetch(server.url + path)).text())
  await ask('hello')
  await ask('nowhere')
  server.properties.logLevel = 'error'
  await ask('nowhere')
  server.properties.logLevel = 'silent'
  await ask('nowhere')
  server.properties.logLevel = 'info'
  await ask('hello')
  await until(() => lines.length >= 2)
  expect(lines.map(({ status }) => status)).toEqual([404, 200])
})

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

test.each([
  [{}, null],
  [{ traceparent: parent }, { traceparent: parent }],
  [
    { traceparent: parent, tracestate: 'a=1,b=2' },
    { traceparent: parent, tracestate: 'a=1,b=2' },
  ],
  [{ traceparent: `${parent.replace(/^00/, 'cc')}-more` }, { traceparent: parent }],
  [{ traceparent: `${parent}-more` }, null],
  [{ traceparent: parent.replace(/^00/, 'ff') }, null],
  [{ traceparent: parent.replace('b7ad6b7169203331', '0000000000000000') }, null],
  [{ traceparent: parent.toUpperCase() }, null],
  [{ traceparent: `${parent}\u00a0` }, null],
])('the trace of a request with %j is passed on as %j', async (headers: Record<string, string>, passed) => {
  const server = await start({})
  expect((await (await fetch(`${server.url}ids`, { headers })).json())[1]).toEqual(passed)
})

test('an id that a sender gives is kept and told; one that is strange is not; without one there is one all the same', async () => {
  const server = await start({})
  const ids = await Promise.all(
    [{ 'x-request-id': 'mine-1' }, { 'x-request-id': 'a b<script>' }, {}].map(async headers => {
      const answer = await fetch(`${server.url}ids`, { headers: headers as Record<string, string> })
      const [id] = await answer.json()
      expect(answer.headers.get('x-request-id')).toBe(id)
      return id
    }),
  )
  expect(ids[0]).toBe('mine-1')
  expect(ids[1]).toMatch(/^[\da-f-]{36}$/)
  expect(ids[2]).toMatch(/^[\da-f-]{36}$/)
  expect((await fetch(`${server.url}hello`)).headers.get('x-request-id')).toBeNull()
})

test('a router without a server around it has what the headers say', async () => {
  const headers = { 'x-request-id': 'mine', traceparent: parent }
  const api = await get('http://local/', { headers, transport: local(router()) })
  expect(await api.ids()).toEqual(['mine', { traceparent: parent }])
})
