// A server that closes while streams are open: it does not wait for them, and their readers hear why they ended, after
// all items that came.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { get } from '../../client/index.js'
import { type Context, Router, type Server, safe, serve } from '../../server/index.js'
import { logbook } from '../server/peer.js'

const ended: string[] = []
const { log, lines } = logbook()
const until = (signal: AbortSignal) =>
  new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))

const router = new Router(
  {
    /** Says goodbye when it is told. */
    polite: safe(async function* (this: Context) {
      yield 'first'
      await until(this.signal)
      yield 'last'
      ended.push('polite')
    }),
    /** Waits with the signal, which rejects. */
    waiting: safe(async function* (this: Context) {
      yield 'first'
      try {
        await sleep(600_000, undefined, { signal: this.signal })
      } finally {
        ended.push('waiting')
      }
    }),
    throwing: safe(async function* (this: Context) {
      yield 'first'
      for (;;) {
        this.signal.throwIfAborted()
        await sleep(5)
      }
    }),
    /** Takes no notice. */
    ticking: safe(async function* () {
      try {
        for (let count = 0; ; count++) {
          yield count
          await sleep(5)
        }
      } finally {
        ended.push('ticking')
      }
    }),
    stuck: safe(async function* () {
      yield 'first'
      await new Promise<never>(() => undefined)
    }),
    *endless() {
      for (let count = 0; ; count++) yield count
    },
    /** Comes to its own end in time. */
    short: safe(async function* () {
      yield 1
      await sleep(300)
      yield 2
    }),
    failing: safe(async function* (this: Context) {
      yield 'first'
      await until(this.signal)
      throw new Error('an accident')
    }),
    slow: async () => {
      await sleep(300)
      return 'answered'
    },
    late: safe(async () => {
      await sleep(300)
      return (async function* () {
        yield 'first'
        await new Promise<never>(() => undefined)
      })()
    }),
  },
  { log },
)

let server: Server
const start = async (options: object = {}) => {
  ended.length = 0
  lines.length = 0
  server = await serve(router, { port: 0, ...options })
  // biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
  return (await get(server.url)) as any
}
afterEach(() => server.close(0))

const closing = expect.objectContaining({
  status: 503,
  code: 'closing',
  message: expect.stringContaining('closing'),
})

/** What came, and what it ended in; settled once the first item is there. */
async function reading(stream: AsyncIterable<unknown>) {
  const items: unknown[] = []
  let began: () => void = () => undefined
  const first = new Promise<void>(resolve => (began = resolve))
  const end = (async () => {
    try {
      for await (const item of stream) {
        items.push(item)
        began()
      }
      return undefined
    } catch (error) {
      return error
    } finally {
      began()
    }
  })()
  await first
  return { items, end }
}

async function closed(deadline?: number): Promise<number> {
  const began = performance.now()
  await server.close(deadline)
  return performance.now() - began
}

test.each<[name: string, last: unknown, milliseconds: number]>([
  ['polite', 'last', 5000],
  ['waiting', 'first', 5000],
  ['throwing', 'first', 5000],
  ['ticking', expect.any(Number), 6000],
  ['stuck', 'first', 6000],
])('%s ends when the server closes, after its items, and its reader hears why', async (name, last, most) => {
  const api = await start()
  const { items, end } = await reading(api[name]())
  expect(await closed()).toBeLessThan(most)
  expect(await end).toEqual(closing)
  expect(items.at(-1)).toEqual(last)
  const told = ['polite', 'waiting', 'ticking'].filter(one => one === name)
  await vi.waitFor(() => expect(ended).toEqual(told))
  expect(lines).toEqual([])
})

test.each([
  ['when it is called', {}, 900],
  ['as a property', { deadline: 900 }, undefined],
])(
  'a deadline of less than a second, given %s, leaves half of it for readers to hear why',
  async (_, options, deadline) => {
    const api = await start(options)
    const readings = await Promise.all(['stuck', 'ticking'].map(name => reading(api[name]())))
    await closed(deadline)
    for (const { end } of readings) expect(await end).toEqual(closing)
  },
)

test('closed again with less time, readers hear why within that', async () => {
  const api = await start({ drain: 60_000 })
  const { end } = await reading(api.stuck())
  const first = server.close()
  expect(await closed(900)).toBeLessThan(8000)
  await first
  expect(await end).toEqual(closing)
})

test('a generator that never waits ends too', async () => {
  const api = await start()
  const { items, end } = await reading(api.endless())
  expect(await closed()).toBeLessThan(8000)
  expect(await end).toEqual(closing)
  expect(items).toEqual(items.map((_, at) => at))
})

test('what comes to its own end within a second has an end like any other', async () => {
  const api = await start()
  const { items, end } = await reading(api.short())
  await closed()
  expect([items, await end]).toEqual([[1, 2], undefined])
})

test('an accident while it ends is one, and logged', async () => {
  const api = await start()
  const { end } = await reading(api.failing())
  await closed()
  expect(await end).toMatchObject({ status: 500 })
  expect(lines.join('\n')).toContain('an accident')
})

test('calls beside it are answered, also one whose stream begins while the server closes', async () => {
  const api = await start()
  const { end } = await reading(api.stuck())
  const slow = api.slow()
  const begun = reading(api.late())
  await sleep(100)
  expect(await closed()).toBeLessThan(8000)
  expect(await slow).toBe('answered')
  expect(await end).toEqual(closing)
  const { items, end: other } = await begun
  expect([items, await other]).toEqual([['first'], closing])
})

test('while it drains, streams that are told end at once, others have the time, and new ones begin', async () => {
  const api = await start({ drain: 1500 })
  const told = await reading(api.polite())
  const ticking = await reading(api.ticking())
  const began = performance.now()
  const end = server.close()
  expect(await told.end).toEqual(closing)
  expect(performance.now() - began).toBeLessThan(1400)
  const again = await reading(api.polite())
  expect(again.items).toEqual(['first'])
  const count = ticking.items.length
  await sleep(300)
  expect(ticking.items.length).toBeGreaterThan(count)
  await end
  expect(performance.now() - began).toBeLessThan(9000)
  expect(await Promise.all([again.end, ticking.end])).toEqual([closing, closing])
})

test('a reader that goes on by what it has misses nothing and gets nothing twice', async () => {
  const counting = new Router({
    from: safe(async function* (this: Context, after = -1) {
      for (let count = after + 1; count < 60; count++) {
        yield count
        await sleep(10, undefined, { signal: this.signal })
      }
    }),
  })
  server = await serve(counting, { port: 0 })
  let current = server
  const read: number[] = []
  const restart = (async () => {
    await sleep(200)
    const next = await serve(counting, { port: 0 })
    const old = current
    current = next
    await old.close()
  })()
  for (let times = 0; times < 5; times++) {
    try {
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      const api = (await get(current.url)) as any
      for await (const count of api.from(read.at(-1) ?? -1)) read.push(count)
      break
    } catch (error) {
      expect(error).toEqual(closing)
    }
  }
  await restart
  await current.close(0)
  expect(read).toEqual(Array.from({ length: 60 }, (_, at) => at))
})
