// What logs hold at the default level: that something failed, where the caller finds it, and nothing of what URLs,
// queries, headers and bodies carry. Of an accident the application's own error is logged, as it is.

import { connect } from 'node:net'
import { format, inspect } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { get, local, url } from '../../client/index.js'
import { Fault, Router, type RouterOptions, safe, serve } from '../../index.js'
import { cbor } from '../../lib/codecs.js'
import { visible } from '../../lib/terminal-text.js'
import { Link } from '../../lib/values/nodes.js'
import { commonLine, jsonLine } from '../../server/node/serving/request-log.js'
import { ask, construct } from '../server/peer.js'

const secret = 'hunter2'

class Safe {
  constructor(readonly word: string) {}
  open(_code: string) {
    throw new Fault('wrong code', { status: 403 })
  }
  broken(_code: string) {
    throw new TypeError('x is not a function')
  }
  unencodable(_code: string) {
    return { socket: new Set([() => 1]) }
  }
  fine(_code: string) {
    return 'fine'
  }
}

const makeRouter = (options: RouterOptions = {}) =>
  new Router(
    {
      Safe,
      look: safe((word: string) => word.length),
      take: (_value: unknown) => 1,
      fail: (_v: unknown) => {
        throw new Error('by accident')
      },
    },
    { pipeline: true, ...options },
  )

/** All that is written, by whatever means. */
const written: string[] = []
beforeEach(() => {
  written.length = 0
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    vi.spyOn(console, method).mockImplementation((...parameters) => {
      written.push(
        parameters.map(item => (typeof item === 'string' ? item : inspect(item, { depth: 10 }))).join(' '),
      )
    })
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation(chunk => written.push(String(chunk)) > 0)
  }
})
afterEach(() => {
  vi.restoreAllMocks()
})

const quiet: readonly (readonly [what: string, send: (router: Router, path: string) => Promise<unknown>])[] =
  [
    ['a call', (router, path) => ask(router, `${path}fine`, { args: { _code: secret } })],
    ['a refusal', (router, path) => ask(router, `${path}open`, { args: { _code: secret } })],
    ['what is not there', (router, path) => ask(router, `${path}${secret}`)],
    ['a query', router => ask(router, `/look/?word=${secret}`)],
    ['a surplus argument', router => ask(router, '/look/', { args: { [secret]: secret } })],
    ['a malformed body', router => ask(router, '/take/', { body: secret, type: cbor.type })],
    ['a type that is none', router => ask(router, '/take/', { body: secret, type: `text/${secret}` })],
    [
      'a link to nowhere',
      (router, path) => ask(router, '/take/', { args: { _value: new Link({ url: `..${path}nowhere` }) } }),
    ],
    [
      'a page of another site',
      router => ask(router, '/take/', { args: {}, headers: { origin: `https://${secret}.example` } }),
    ],
    [
      'a header',
      router =>
        ask(router, '/take/', {
          args: {},
          headers: { method: secret, authorization: secret, cookie: secret },
        }),
    ],
  ]

test.each(quiet)('%s leaves nothing in the log', async (_what, send) => {
  const router = makeRouter()
  await send(router, await construct(router, 'Safe', { word: secret }))
  expect(written).toEqual([])
})

test.each(['broken', 'unencodable'])(
  'an accident in %s() is logged under its logref, without state or arguments',
  async name => {
    const router = makeRouter()
    const path = await construct(router, 'Safe', { word: secret })
    const { value } = await ask(router, path + name, {
      args: { _code: secret },
      headers: { authorization: secret },
    })
    const { logref } = value as Fault
    expect(written).toHaveLength(1)
    expect(written[0]).toContain(logref)
    expect(written[0]).not.toContain(secret)
    expect(written[0]).not.toContain(path.split('/')[2])
  },
)

test('steps of a pipeline are logged like calls', async () => {
  const router = makeRouter()
  const path = await construct(router, 'Safe', { word: secret })
  await ask(router, '/_pipeline', {
    args: {
      steps: [
        [`.${path}broken`, { _code: secret }],
        ['./fail/', { _v: secret }],
        ['./missing/', {}],
      ],
    },
  })
  expect(written).toHaveLength(2)
  expect(written.join()).not.toContain(secret)
  expect(written.join()).not.toContain(path.split('/')[2])
})

test('a key of the server is in no error and no log', async () => {
  const key = Buffer.alloc(32, 7).toString('base64')
  const router = makeRouter({ secret: key })
  const path = await construct(router, 'Safe', { word: secret })
  await ask(router, `${path.slice(0, -4)}AAA/fine`, { args: { _code: '' } })
  await ask(router, `${path}broken`, { args: { _code: '' } })
  const shown = inspect(router, { depth: 20, showHidden: true }) + written.join()
  expect(shown).not.toContain(key)
  expect(shown).not.toContain(key.slice(0, 20))
})

test('requests that no web server can read are not logged with what they hold', async () => {
  const server = await serve(makeRouter(), { port: 0 })
  for (const start of [
    `GET /${secret}\\ HTTP/1.1`,
    `GET http:// HTTP/1.1`,
    `GET /%zz?${secret} HTTP/1.1`,
    secret,
  ]) {
    const socket = connect(server.port, '127.0.0.1')
    socket.end(`${start}\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    for await (const _ of socket) {
      // Whatever it says.
    }
  }
  await server.close(0)
  expect(written.join()).not.toContain(secret)
})

test('a client has no state, argument or credential in the errors that it throws and reports', async () => {
  const router = makeRouter({ log: { error: () => undefined, warn: () => undefined, info: () => undefined } })
  const headers = { authorization: `Bearer ${secret}` }
  // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
  const api: any = await get('http://local/', { transport: local(router), headers })
  const thing = await api.Safe(secret)
  const state = new URL(url(thing)).pathname.split('/')[2]
  for (const call of [
    () => thing.open(secret),
    () => thing.broken(secret),
    () => thing.nowhere(secret),
    () => api.Safe(secret).open(secret),
    () => api.look(secret).length(secret),
    () => api.missing(secret),
  ]) {
    const error = await (async () => await call())().then(
      () => 'nothing thrown',
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    const shown = inspect(error, { depth: 10 })
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(state)
  }
})

test('what a caller brings into an error is obeyed by no terminal', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue(undefined)
  const router = new Router({
    fail: (text: string) => {
      throw new Error(`no ${text}`)
    },
  })
  await router.fetch(
    new Request('http://local/fail/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: '\x1b]0;title\x07\u009b31m\u202e' }),
    }),
  )
  const written = error.mock.calls.map(call => format(...call)).join()
  error.mockRestore()
  expect(written).toContain('\\x1b]0;title\\x07\\x9b31m\\u202e')
  expect(visible(written)).toBe(written)
})

test.each(['json', 'common'] as const)('nor is what stands in a line of the log in the format %s', kind => {
  const path = '/\u009b31m\x7f\u202e'
  const entry = { method: 'GET', path, user: path, status: 200, milliseconds: 1, version: '1.1', bytes: 0 }
  const line = (kind === 'json' ? jsonLine : commonLine)(entry as never, new Date(0))
  expect(visible(line)).toBe(line)
  expect(line).toContain('9b')
})
