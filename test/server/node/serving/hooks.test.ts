// The hooks of a server: when they are told, what of, and that what they throw breaks nothing.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, expect, test } from 'vitest'
import { get } from '../../../../client/index.js'
import { json } from '../../../../lib/codecs.js'
import type { Fault } from '../../../../lib/values/fault.js'
import {
  type ErrorEntry,
  type Log,
  type RequestEntry,
  Router,
  type ServeOptions,
  type Server,
  safe,
  serve,
} from '../../../../server/index.js'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

class User {
  constructor(readonly id: string) {}
  greet(word = 'Hello') {
    return `${word} ${this.id}`
  }
}
const quiet: Log = { error: () => undefined, warn: () => undefined, info: () => undefined }
const members = {
  User,
  hello: safe(() => 'hello'),
  crash: () => {
    throw new Error('an accident')
  },
}

async function start(options: ServeOptions): Promise<Server> {
  const server = await serve(new Router(members, { log: quiet }), { port: 0, ...options })
  servers.push(server)
  return server
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}

test('start is told once the server listens', async () => {
  const told: Server[] = []
  const server = await start({ on: { start: server => told.push(server) } })
  expect(told).toEqual([server])
})

test('request is told of each request: its name, its status, and a path without state', async () => {
  const entries: RequestEntry[] = []
  const server = await start({ on: { request: entry => entries.push(entry) } })
  const user = await (await get(`${server.url}`)).User('a-secret-state')
  await user.greet()
  await fetch(`${server.url}hello?token=secret`)
  await fetch(`${server.url}nowhere/a-secret-state`)
  await fetch(`${server.url}User/short`)
  await until(() => entries.length === 7)
  expect(entries.map(({ method, name, path, status }) => [method, name, path, status])).toEqual([
    ['GET', 'Router', '/', 200],
    ['POST', 'User', '/User/', 303],
    ['GET', 'User', '/User/…/', 200],
    ['POST', 'User.greet', '/User/…/greet', 200],
    ['GET', 'hello', '/hello/', 400],
    ['GET', '(other)', '/nowhere/…', 404],
    ['GET', '(other)', '/User/…', 404],
  ])
  expect(entries.every(({ bytes, milliseconds }) => bytes > 50 && milliseconds > 0)).toBe(true)
  expect(new Set(entries.map(({ id }) => id)).size).toBe(7)
})

test('whoever leaves before the answer is 499', async () => {
  const entries: RequestEntry[] = []
  let leave: (() => void) | undefined
  const router = new Router({
    wait: () => {
      leave?.()
      return new Promise(resolve => setTimeout(resolve, 50))
    },
  })
  const server = await serve(router, { port: 0, on: { request: entry => entries.push(entry) } })
  servers.push(server)
  const controller = new AbortController()
  leave = () => controller.abort()
  await fetch(`${server.url}wait/`, { method: 'POST', signal: controller.signal }).catch(() => undefined)
  await until(() => entries.length === 1)
  expect(entries[0]).toMatchObject({ name: 'wait', status: 499 })
})

test('error is told of an accident, with the logref that the caller got and the id of the request', async () => {
  const errors: ErrorEntry[] = []
  const server = await start({ on: { error: entry => errors.push(entry) } })
  const answer = await fetch(`${server.url}crash/`, { method: 'POST', headers: { 'x-request-id': 'mine' } })
  const fault = json.decode(new Uint8Array(await answer.arrayBuffer())) as Fault
  expect(errors).toMatchObject([{ id: 'mine', logref: fault.logref, error: { message: 'an accident' } }])
  expect(answer.headers.get('x-request-id')).toBe('mine')
})

test('error is told of an accident in a step, too', async () => {
  const errors: ErrorEntry[] = []
  const server = await start({ on: { error: entry => errors.push(entry) } })
  const api = await get(server.url)
  const [one, two] = [api.crash(), api.User('bob').greet()]
  await expect(one).rejects.toThrow('500')
  expect(await two).toBe('Hello bob')
  expect(errors).toMatchObject([{ error: { message: 'an accident' } }])
})

test('beat is told again and again while somebody listens, as often as the property says', async () => {
  let beats = 0
  const server = await start({ beat: 1_000_000 })
  const off = server.on('beat', () => beats++)
  server.properties.beat = 5
  await until(() => beats >= 3)
  off()
  const heard = beats
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(beats).toBe(heard)
})

test('a beat waits for its listeners before it beats again', async () => {
  let running = 0
  let most = 0
  let beats = 0
  const listener = async () => {
    most = Math.max(most, ++running)
    await new Promise(resolve => setTimeout(resolve, 20))
    running--
    beats++
  }
  await start({ beat: 1, on: { beat: listener } })
  await until(() => beats >= 3)
  expect(most).toBe(1)
})

test.each([
  [
    'throws',
    () => {
      throw new Error('of a hook')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('of a hook')
    },
  ],
])('a listener that %s is logged, and breaks nothing', async (_how, listener) => {
  const logged: unknown[][] = []
  const log: Log = { ...quiet, error: (...parameters) => logged.push(parameters) }
  let heard = 0
  const server = await start({ log, on: { request: listener } })
  server.on('request', () => heard++)
  expect((await fetch(`${server.url}hello/`)).status).toBe(200)
  await until(() => heard === 1 && logged.length === 1)
  expect(logged).toEqual([['a listener of the hook request failed:', new Error('of a hook')]])
})

test('there is no other hook', async () => {
  const server = await start({})
  expect(() => server.on('beet' as never, () => undefined)).toThrow('there is no hook beet')
})

test('channels tell other parts of the process of requests, steps and accidents', async () => {
  const heard: [string, unknown][] = []
  const listener = (message: unknown, name: string | symbol) => heard.push([String(name), message])
  const names = ['hyperglyph:request', 'hyperglyph:step', 'hyperglyph:error']
  for (const name of names) subscribe(name, listener)
  try {
    const server = await start({})
    const api = await get(server.url)
    const calls = [api.User('bob').greet('Hi'), api.User('bob').greet(), api.crash()]
    await Promise.allSettled(calls)
    await until(() => heard.filter(([name]) => name === 'hyperglyph:request').length === 2)
  } finally {
    for (const name of names) unsubscribe(name, listener)
  }
  const told = heard.map(([name, message]) => [name, (message as { readonly name?: string }).name])
  expect(
    told
      .filter(([channel]) => channel === 'hyperglyph:step')
      .map(([, name]) => name)
      .sort(),
  ).toEqual(['User', 'User', 'User.greet', 'User.greet', 'crash'])
  expect(told).toContainEqual(['hyperglyph:request', 'pipeline'])
  expect(told).toContainEqual(['hyperglyph:error', undefined])
})
