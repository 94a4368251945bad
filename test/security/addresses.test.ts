// Redirects between names: what counts is the address that a name leads to, when it is connected to. Two addresses
// of this machine stand for a public and a private one.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { get, NetworkError } from '../../client/index.js'
import { guarded } from '../../client/transport/undici.js'
import { undici } from '../../index.js'

const addresses: Record<string, string> = {
  'public.test': '127.0.0.1',
  'other.test': '127.0.0.1',
  'private.test': '127.0.0.2',
  'also-private.test': '127.0.0.2',
}
let rebound: string[] = []

type Answer = (error: Error | null, address: { address: string; family: number }[]) => void
const lookup = (name: string, _options: unknown, answer: Answer) =>
  answer(null, [
    {
      address: (/^(?:re|un)binding\.test$/.test(name) ? rebound.shift() : addresses[name]) ?? '127.0.0.2',
      family: 4,
    },
  ])
const transport = guarded({ lookup: lookup as never }, address => address === '127.0.0.2')

const seen: string[] = []
let server: Server
let port: number
beforeAll(async () => {
  // `/a/b` redirects to `/b` at the host a: one server for all names.
  server = createServer(({ url = '', headers: { host = '' } }, response) => {
    seen.push(host.split(':')[0] as string)
    // Each request has a connection of its own.
    if (host.startsWith('unbinding.test')) response.shouldKeepAlive = false
    const [, to, ...rest] = url.split('/')
    if (to === '' || to === undefined)
      response.writeHead(200, { 'content-type': 'application/json' }).end('"here"')
    else response.writeHead(303, { location: `http://${to}:${port}/${rest.join('/')}` }).end()
  })
  await new Promise<void>(resolve => server.listen(0, resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen.length = 0
})

const ask = (path: string, via = transport) =>
  get<string>(`http://${path.replace('/', `:${port}/`)}`, { transport: via })

test.each([
  'public.test/',
  'private.test/',
  'public.test/other.test/public.test/',
  'private.test/also-private.test/',
  'private.test/public.test/',
  'public.test/public.test/',
])('redirects are followed: %s', async path => {
  expect(await ask(path)).toBe('here')
  expect(seen).toEqual(path.split('/').slice(0, -1))
})

test.each([
  'public.test/private.test/',
  'public.test/other.test/private.test/',
  'private.test/public.test/private.test/',
])(
  'a redirect from a public to a private address is not followed, and nothing is sent there: %s',
  async path => {
    const error = await ask(path).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NetworkError)
    expect((error as Error).message).toContain('a redirect from a public to a private address')
    expect(seen).toEqual(path.split('/').slice(0, -2))
  },
)

test('a name that leads elsewhere when it is asked for again is known by where it leads then', async () => {
  rebound = ['127.0.0.2']
  await expect(ask('public.test/rebinding.test/')).rejects.toThrow('from a public to a private address')
  expect(seen).toEqual(['public.test'])
})

test('a name that has led to private addresses too is public', async () => {
  rebound = ['127.0.0.1', '127.0.0.2', '127.0.0.1']
  for (let time = 0; time < 2; time++) expect(await ask('unbinding.test/')).toBe('here')
  await expect(ask('unbinding.test/private.test/')).rejects.toThrow('from a public to a private address')
  expect(seen).toEqual(['unbinding.test', 'unbinding.test', 'unbinding.test'])
})

test('with a dispatcher of the application, addresses are its own affair', async () => {
  const dispatcher = new Agent({ connect: { lookup: lookup as never } })
  expect(await ask('public.test/private.test/', undici(dispatcher))).toBe('here')
  await dispatcher.close()
})
