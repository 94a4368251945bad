// Streams that end in an error: what their readers are told, what the log says, and that none ends in silence.

import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { DecodeError, get, NetworkError, RemoteError } from '../../client/index.js'
import { cbor } from '../../lib/codecs.js'
import { Fault } from '../../lib/values/fault.js'
import { Items } from '../../lib/values/stream.js'
import { Router, safe, serve } from '../../server/index.js'
import { logbook } from '../server/peer.js'

const { log, lines } = logbook()
const held: (() => void)[] = []
let closed = 0
const router = new Router(
  {
    *refused() {
      yield 1
      throw new Fault('no more', { code: 'empty', status: 409, details: { left: 0 } })
    },
    async *accident() {
      yield 1
      throw new Error('a secret')
    },
    *rejected() {
      yield 1
      yield Promise.reject(new Error('a secret'))
    },
    *unencodable() {
      try {
        yield 1
        yield { deep: [() => 2] }
      } finally {
        closed++
      }
    },
    // biome-ignore lint/correctness/useYield: it fails before it comes to that.
    immediately: safe(function* () {
      throw new Fault('not today', { code: 'closed', status: 503 })
    }),
    async *held() {
      yield 1
      await new Promise<void>(resolve => held.push(resolve))
      yield 2
    },
  },
  { log },
)

const server = await serve(router, { port: 0 })
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api: any = await get(server.url)
afterAll(() => server.close(0))
beforeEach(() => {
  lines.length = 0
})

/** The items that came, and what the stream broke with. */
async function outcome(source: AsyncIterable<unknown>): Promise<{ items: unknown[]; error: unknown }> {
  const items: unknown[] = []
  try {
    for await (const item of source) items.push(item)
  } catch (error) {
    return { items, error }
  }
  return { items, error: undefined }
}

test('a Fault reaches the reader after the items before it, and names the call', async () => {
  const { items, error } = await outcome(api.refused())
  expect(items).toEqual([1])
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({
    message: 'POST /refused/: 409 no more',
    method: 'POST',
    url: `${server.url}refused/`,
    status: 409,
    code: 'empty',
    details: { left: 0 },
  })
  expect(lines).toEqual([])
})

test('a Fault before the first item does too', async () => {
  const { items, error } = await outcome(api.immediately())
  expect(items).toEqual([])
  expect(error).toMatchObject({ message: 'GET /immediately/: 503 not today', code: 'closed' })
})

test.each<[name: string, logged: string]>([
  ['accident', 'a secret'],
  ['rejected', 'a secret'],
  ['unencodable', 'a function without a name is not registered'],
])('an accident reaches the reader as a logref, and the log in full: %s', async (name, logged) => {
  const { items, error } = await outcome(api[name]())
  expect(items).toEqual([1])
  const { logref } = error as RemoteError
  expect(logref).not.toBe('')
  expect(String(error)).toContain(`POST /${name}/: 500 internal error`)
  expect(String(error)).not.toContain('secret')
  expect(lines).toEqual([expect.stringContaining(logged)])
  expect(lines[0]).toContain(logref)
})

test('an item that cannot be encoded ends the generator', () => {
  expect(closed).toBe(1)
})

/** Reads from a server that answers with the start of a stream, and then ends the connection in its way. */
async function cutOff(framing: 'chunked' | 'close', end: (socket: Socket) => void) {
  const whole = cbor.encode(new Items([1, 2, 3]))
  const start = Buffer.from(whole.subarray(0, whole.length - 12)).toString('latin1')
  const [header, body] =
    framing === 'close'
      ? ['Connection: close', start]
      : ['Transfer-Encoding: chunked', `${start.length.toString(16)}\r\n${start}\r\n`]
  const answering = createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: ${cbor.type}\r\n${header}\r\n\r\n${body}`, 'latin1')
      setTimeout(() => end(socket), 50)
    })
  })
  await new Promise<void>(resolve => answering.listen(0, '127.0.0.1', resolve))
  const { port } = answering.address() as AddressInfo
  const stream: unknown = await get(`http://127.0.0.1:${port}/`, { retries: 0 })
  const result = await outcome(stream as AsyncIterable<unknown>)
  await new Promise(resolve => answering.close(resolve))
  return result
}

test('a connection that is cut in mid-stream is a NetworkError, after the items that came', async () => {
  const { items, error } = await cutOff('chunked', socket => socket.destroy())
  expect(items).toEqual([1, 2])
  expect(error).toBeInstanceOf(NetworkError)
  expect(error).toMatchObject({ method: 'GET', sent: 'answered', status: 200 })
})

test('a body that ends in good order without the end of its stream is an error too', async () => {
  const { items, error } = await cutOff('close', socket => socket.end())
  expect(items).toEqual([1, 2])
  expect(error).toBeInstanceOf(DecodeError)
  expect(String(error)).toContain('GET /: ')
})

test('a server that closes lets a stream finish', async () => {
  const closing = await serve(router, { port: 0 })
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const near = (await get(closing.url)) as any
  const reading = outcome(near.held())
  await expect.poll(() => held.length, { timeout: 5000, interval: 5 }).toBe(1)
  const closed = closing.close()
  held.pop()?.()
  expect(await reading).toEqual({ items: [1, 2], error: undefined })
  await closed
})

test('a server that cannot wait at all cuts it, which is no silent end', async () => {
  const closing = await serve(router, { port: 0 })
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const near = (await get(closing.url)) as any
  const reading = outcome(near.held())
  await expect.poll(() => held.length, { timeout: 5000, interval: 5 }).toBe(1)
  await closing.close(0)
  const { items, error } = await reading
  expect(items).toEqual([1])
  expect(error).toBeInstanceOf(NetworkError)
  held.pop()?.()
})
