// Receivers of streams that leave: what runs for them ends soon, whatever it is waiting for, and nothing stays open.

import { fork } from 'node:child_process'
import { EventEmitter, on, once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { get } from '../../client/index.js'
import { local } from '../../client/transport/local.js'
import { undici } from '../../client/transport/undici.js'
import { Resource, Router, type Server, safe, serve } from '../../server/index.js'
import { compiled } from '../fixtures/compiled.js'
import { logbook } from '../server/peer.js'

const ended: string[] = []
const emitter = new EventEmitter()
const sockets = () => process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length

class Feed extends Resource {
  /** Gives one item, then waits for nothing but the receiver's leaving. */
  async *quiet() {
    try {
      yield 'first'
      await sleep(600_000, undefined, { signal: this.context.signal })
    } finally {
      ended.push('quiet')
    }
  }
  @safe async *watch() {
    try {
      for (let count = 0; ; count++) {
        yield count
        await sleep(1)
      }
    } finally {
      ended.push('watch')
    }
  }
}

const { log, lines } = logbook()
const router = new Router(
  {
    Feed,
    feed: () => new Feed(),
    *endless() {
      try {
        for (let count = 0; ; count++) yield count
      } finally {
        ended.push('endless')
      }
    },
    /** An iterator that is no generator, and waits for an event: only its `return` can end it. */
    events: safe(() => {
      const source = on(emitter, 'event')
      return {
        next: () => source.next(),
        return: () => {
          ended.push('events')
          return source.return?.()
        },
        [Symbol.asyncIterator]() {
          return this
        },
      }
    }),
    async *failing() {
      try {
        for (;;) {
          yield 1
          await sleep(1)
        }
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what is tested is an accident there.
        throw new Error('while closing')
      }
    },
  },
  { log },
)

let server: Server
let agent: Agent
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
let api: any
beforeAll(async () => {
  server = await serve(router, { port: 0, keepAlive: 1000 })
  agent = new Agent()
  api = await get(server.url, { transport: undici(agent) })
})
afterAll(async () => {
  await agent.close()
  await server.close(0)
})
beforeEach(() => {
  ended.length = 0
  lines.length = 0
})

const soon = { timeout: 5000, interval: 5 }

test.each<[name: string, open: () => unknown]>([
  ['endless', () => api.endless()],
  ['watch', async () => (await api.feed()).watch()],
  ['quiet', async () => (await api.feed()).quiet()],
])('leaving the loop ends a generator: %s', async (name, open) => {
  for await (const _ of (await open()) as AsyncIterable<unknown>) break
  await expect.poll(() => ended, soon).toEqual([name])
  await expect.poll(sockets, soon).toBeLessThanOrEqual(2)
  expect(lines).toEqual([])
})

test('an iterator that waits for an event is told at once that its receiver has left', async () => {
  const stream = (await api.events()) as AsyncIterableIterator<unknown>
  const first = stream.next()
  await expect.poll(() => emitter.listenerCount('event'), soon).toBe(1)
  emitter.emit('event', 7)
  expect(await first).toEqual({ value: [7], done: false })
  const second = stream.next()
  await stream.return?.()
  expect(await second).toEqual({ value: undefined, done: true })
  await expect.poll(() => ended, soon).toEqual(['events'])
  await expect.poll(() => emitter.listenerCount('event'), soon).toBe(0)
})

test('leaving reaches the generator without a socket too', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const near = (await get('http://local/', { transport: local(router) })) as any
  const stream = (await near.events()) as AsyncIterableIterator<unknown>
  const first = stream.next()
  await stream.return?.()
  expect(await first).toEqual({ value: undefined, done: true })
  await expect.poll(() => ended, soon).toEqual(['events'])
})

test('a signal ends the loop with its reason, and the generator', async () => {
  const controller = new AbortController()
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const mine = (await get(server.url, { transport: undici(agent), signal: controller.signal })) as any
  const stream = await (await mine.feed()).quiet()
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const item of stream) seen.push(item)
  })()
  await expect.poll(() => seen, soon).toEqual(['first'])
  controller.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
  await expect.poll(() => ended, soon).toEqual(['quiet'])
  expect(lines).toEqual([])
})

test('a client whose process is killed ends the generator', async () => {
  const program = compiled('reading-client')
  const child = fork(program.path, [server.url])
  // Whichever comes first: one that ends by itself says nothing.
  const said = await Promise.race([once(child, 'message'), once(child, 'exit')])
  expect(said[0]).toBe('first')
  expect(ended).toEqual([])
  child.kill('SIGKILL')
  program.remove()
  await expect.poll(() => ended, soon).toEqual(['quiet'])
})

test('a connection that is cut before the first item was read ends the generator', async () => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write('POST /endless/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await expect.poll(() => ended, soon).toEqual(['endless'])
})

test('a stream whose body is never asked for is ended: that of a HEAD', async () => {
  const response = await fetch(`${server.url}events/`, { method: 'HEAD' })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
  await expect.poll(() => ended, soon).toEqual(['events'])
})

test('what fails while a generator closes is logged, since nobody else hears of it', async () => {
  for await (const _ of await api.failing()) break
  await expect.poll(() => lines.length, soon).toBe(1)
  expect(lines[0]).toContain('while closing')
})

test('many streams that are left leave nothing open', async () => {
  const feed = await api.feed()
  for (let round = 0; round < 20; round++) {
    const leave = async () => {
      for await (const _ of await feed.watch()) break
    }
    await Promise.all(Array.from({ length: 10 }, leave))
  }
  await expect.poll(() => ended.length, soon).toBe(200)
  await expect.poll(sockets, soon).toBeLessThanOrEqual(2)
})
