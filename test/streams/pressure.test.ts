// Streams whose receiver is slow: their source waits, and memory stays flat.

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { get } from '../../client/index.js'
import { codecs } from '../../lib/codecs.js'
import { Router, safe, serve } from '../../server/index.js'

const megabyte = 2 ** 20
let made = 0
let ended = 0
const router = new Router({
  endless: safe(function* () {
    try {
      for (;;) {
        made++
        yield 'x'.repeat(1000)
      }
    } finally {
      ended++
    }
  }),
  *many(count: number) {
    for (let number = 0; number < count; number++) yield { number, text: 'x'.repeat(100) }
  },
})

const server = await serve(router, { port: 0 })
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api: any = await get(server.url)
afterAll(() => server.close(0))
beforeEach(() => {
  made = 0
  ended = 0
})

/** Waits until a number has stopped growing. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; last !== count(); ) {
    last = count()
    await sleep(200)
  }
  return count()
}

test.each([...codecs.keys()])('a receiver that does not read makes the generator wait: %s', async type => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(`GET /endless/ HTTP/1.1\r\nHost: localhost\r\nAccept: ${type}\r\n\r\n`)
  await once(socket, 'readable')
  const most = await settled(() => made)
  // Of 1,000 bytes each: what the two kernels and Node buffer of a connection, and no more.
  expect(most).toBeLessThan(32_000)
  expect(ended).toBe(0)
  socket.destroy()
  await expect.poll(() => ended, { timeout: 5000 }).toBe(1)
})

test('our client does not read far ahead of its reader, who gets every item in the end', async () => {
  const stream = await api.endless()
  await stream.next()
  const before = await settled(() => made)
  expect(before).toBeLessThan(32_000)
  for (let count = 0; count < before; count++) await stream.next()
  expect(await settled(() => made)).toBeGreaterThan(before)
  await stream.return()
  await expect.poll(() => ended, { timeout: 5000 }).toBe(1)
})

test('memory stays flat over a long stream', async () => {
  const items = 400_000
  const most = { warming: 0, after: 0 }
  let count = 0
  for await (const _ of api.many(items)) {
    count++
    const half = count <= items / 2 ? 'warming' : 'after'
    if (count % 10_000 === 0) most[half] = Math.max(most[half], process.memoryUsage().rss)
  }
  expect(count).toBe(items)
  // Both sides run here. Each half is of 27 MB, and as objects of several times that: the heap has its working size
  // after the first, which later releases of Node let grow further.
  expect(most.after - most.warming).toBeLessThan(50 * megabyte)
}, 60_000)
