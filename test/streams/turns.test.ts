// Streams that never wait: whatever else a server has to do gets its turn between their parts, by the order of
// events, not by a clock.

import { expect, test } from 'vitest'
import { codecs } from '../../lib/codecs.js'
import { Router } from '../../server/index.js'
import { origin } from '../server/peer.js'

const part = 65_536
let made = 0
let stopped = false
const router = new Router({
  *endless() {
    try {
      for (made = 0; ; made++) yield made
    } finally {
      stopped = true
    }
  },
  *costly(count: number) {
    for (made = 0; made < count; made++) {
      for (const begun = performance.now(); performance.now() - begun < 2; );
      yield made
    }
  },
  *chunks(count: number) {
    for (made = 0; made < count; made++) yield new Blob([new Uint8Array(part)])
  },
  /** Done after two turns of the event loop. */
  async ping() {
    for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setImmediate(resolve))
    return made
  },
})

const post = async (path: string, accept: string, body = '{}'): Promise<Response> =>
  router.fetch(
    new Request(`${origin}${path}`, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json' },
      body,
    }),
  )

/**
 * Reads as a socket does whose kernel takes everything: it says so once all that can go on has gone on, and reads
 * again. Up to so many bytes; says how many came at most in one turn of the event loop.
 */
async function greedily(response: Response, bytes: number): Promise<{ most: number; read: number }> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let [most, read, inTurn] = [0, 0, 0]
  let next = setImmediate(function turned() {
    inTurn = 0
    next = setImmediate(turned)
  })
  for (;;) {
    const { value, done } = await reader.read()
    if (done || read >= bytes) break
    read += value.length
    inTurn += value.length
    most = Math.max(most, inTurn)
    await new Promise(resolve => process.nextTick(resolve))
  }
  clearImmediate(next)
  await reader.cancel()
  return { most, read }
}

test.each([...codecs.keys()])('a turn of the event loop sends some 64 KiB of a stream: %s', async type => {
  const { most, read } = await greedily(await post('/endless/', type), 6 * part)
  expect(read).toBeGreaterThanOrEqual(6 * part)
  // What fills a part goes over by an item; two can meet in a turn, since immediates run in the order of their asking.
  expect(most).toBeLessThan(2.5 * part)
})

test.each([...codecs.keys()])('so does one with blobs: %s', async type => {
  const { most, read } = await greedily(
    await post('/chunks/', type, '{"count":24}'),
    Number.POSITIVE_INFINITY,
  )
  expect(read).toBeGreaterThan(24 * part)
  // Base64 makes more of each.
  expect(most).toBeLessThan(4 * part)
})

test('a call beside an endless stream that is read greedily is answered while the stream goes on', async () => {
  stopped = false
  const reading = greedily(await post('/endless/', 'application/json'), 12 * part)
  const before = made
  const answer = await post('/ping/', 'application/json')
  const whenCalled = Number(await answer.text())
  expect(stopped).toBe(false)
  const { read } = await reading
  // Items of some 20 bytes: the call was answered after a few parts of the 12.
  expect(whenCalled - before).toBeLessThan(made / 2)
  expect(read).toBeGreaterThanOrEqual(12 * part)
  expect(stopped).toBe(true)
})

test('items that cost time without waiting do not keep others from their turn', async () => {
  const turns: number[] = []
  const reading = post('/costly/', 'application/json', '{"count":30}').then(response => response.text())
  let next = setImmediate(function turned() {
    turns.push(made)
    next = setImmediate(turned)
  })
  expect(await reading).toContain('{"$count":30}')
  clearImmediate(next)
  // Each takes 2 ms, so that 5 have passed after three of them.
  const steps = turns.map((count, index) => count - (turns[index - 1] ?? 0))
  expect(Math.max(...steps)).toBeLessThanOrEqual(4)
})
