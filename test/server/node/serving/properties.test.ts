// The properties of a server: read, set while it serves, refused where they cannot be.

import { afterEach, expect, test } from 'vitest'
import { json } from '../../../../lib/codecs.js'
import { type Properties, Router, type ServeOptions, type Server, serve } from '../../../../server/index.js'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

async function start(options: ServeOptions = {}): Promise<Server> {
  const server = await serve(new Router({ hello: () => 'hello' }), { port: 0, ...options })
  servers.push(server)
  return server
}

const ask = (server: Server) => fetch(`${server.url}hello/`, { method: 'POST' })

test('a server says what it does, with what it was told', async () => {
  const { properties } = await start({ drain: 5, limits: { requests: 7 }, headers: { server: 'tef' } })
  expect(properties).toMatchObject({
    drain: 5,
    deadline: 10_000,
    keepAlive: 75_000,
    beat: 10_000,
    logLevel: 'info',
  })
  expect(properties.headers).toEqual({ server: 'tef' })
  expect(properties.limits).toMatchObject({ requests: 7, connections: 10_000 })
})

test('headers that are set are on the next answer, and an answer’s own win', async () => {
  const server = await start()
  expect((await ask(server)).headers.get('strict-transport-security')).toBeNull()
  server.properties.headers = { 'Strict-Transport-Security': 'max-age=60', 'Referrer-Policy': 'origin' }
  const { headers } = await ask(server)
  expect(headers.get('strict-transport-security')).toBe('max-age=60')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  server.properties.headers = {}
  expect((await ask(server)).headers.get('strict-transport-security')).toBeNull()
})

test('a limit that is set counts for the next request, and leaves the others as they are', async () => {
  const server = await start({ limits: { connections: 50 } })
  expect((await ask(server)).status).toBe(200)
  server.properties.limits = { requests: 0 }
  const shed = await ask(server)
  const fault = json.decode(new Uint8Array(await shed.arrayBuffer()))
  expect(fault).toMatchObject({ status: 503, details: { limit: 'requests', value: 0, started: false } })
  server.properties.limits = { requests: 5 }
  expect((await ask(server)).status).toBe(200)
  expect(server.properties.limits.connections).toBe(50)
})

test.each([
  ['drain', -1],
  ['drain', '5'],
  ['deadline', Number.NaN],
  ['beat', 0],
  ['keepAlive', 2 ** 31],
  ['logLevel', 'loud'],
  ['limits', { requets: 5 }],
  ['limits', { headerBytes: 5 }],
  ['limits', null],
  ['headers', { 'a b': 'c' }],
  ['headers', { a: 'b\nc' }],
  ['headers', { 'Content-Length': '5' }],
  ['headers', 'a: b'],
  ['dedline', 5],
])('%s cannot be %j, and stays as it was', async (name, value) => {
  const { properties } = await start()
  const before = { ...properties }
  expect(() => {
    ;(properties as unknown as Record<string, unknown>)[name] = value
  }).toThrow(TypeError)
  expect({ ...properties } satisfies Properties).toEqual(before)
})

test('what cannot be set cannot be given either', async () => {
  await expect(serve(new Router({}), { port: 0, beat: 0 })).rejects.toThrow('beat must be 1 to 2147483647')
})
