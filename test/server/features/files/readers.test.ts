// Readers of large files: slow ones cost no memory, and those that leave, no open file.

import { once } from 'node:events'
import { mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { files, get, Router, type Server, serve } from '../../../../index.js'
import { rangeOf } from '../../../../server/features/files/ranges.js'

const folder = mkdtempSync(join(tmpdir(), 'hyperglyph-readers-'))
const large = join(folder, 'large.bin')
const size = 64 * 2 ** 20
writeFileSync(large, '')
truncateSync(large, size)

let server: Server
beforeAll(async () => {
  server = await serve(new Router({ docs: files(folder) }), { port: 0 })
})
afterAll(async () => {
  await server.close(0)
  rmSync(folder, { recursive: true, force: true })
})

/** Descriptors of this process that the file is open as. */
const open = () =>
  readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === large
    } catch {
      return false
    }
  }).length

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition() && Date.now() < deadline) await new Promise(resolve => setTimeout(resolve, 10))
}

/** Asks for the file, takes the first bytes, and no more for now. */
async function reader(method = 'GET'): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`${method} /docs/large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await once(socket, 'readable')
  return socket
}

test.skipIf(process.platform !== 'linux')(
  'slow readers are waited for, without holding the file in memory',
  async () => {
    const before = process.memoryUsage().rss
    const readers = await Promise.all(Array.from({ length: 10 }, () => reader()))
    await new Promise(resolve => setTimeout(resolve, 500))
    expect(open()).toBe(10)
    // 640 MiB are on their way.
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 2 ** 20)
    const received = await Promise.all(
      readers.map(async socket => {
        let bytes = 0
        socket.on('data', chunk => (bytes += chunk.length))
        await once(socket, 'close')
        return bytes
      }),
    )
    expect(received.every(bytes => bytes > size)).toBe(true)
    await until(() => open() === 0)
    expect(open()).toBe(0)
  },
)

test.skipIf(process.platform !== 'linux')(
  'a file is closed when its reader leaves, and after HEAD',
  async () => {
    const readers = await Promise.all(Array.from({ length: 5 }, () => reader()))
    expect(open()).toBe(5)
    for (const socket of readers) socket.destroy()
    await until(() => open() === 0)
    expect(open()).toBe(0)
    const head = await reader('HEAD')
    head.resume()
    await once(head, 'close')
    const api = await get(server.url)
    const blob = await (await api.docs())['large.bin']()
    await blob.cancel()
    await until(() => open() === 0)
    expect(open()).toBe(0)
  },
)

test('a file that is cut short while it is sent breaks off, rather than to pass for whole', async () => {
  const short = join(folder, 'short.bin')
  writeFileSync(short, '')
  truncateSync(short, size)
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET /docs/short.bin HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'readable')
  truncateSync(short, 10)
  let bytes = 0
  socket.on('data', chunk => (bytes += chunk.length))
  await once(socket, 'close')
  expect(bytes).toBeLessThan(size)
})

test.each([
  ['', 10, undefined],
  ['bytes=2-3', 10, { start: 2, end: 3 }],
  ['Bytes= 2-3 ', 10, { start: 2, end: 3 }],
  ['bytes=-3', 10, { start: 7, end: 9 }],
  ['bytes=0-', 0, 'none'],
  ['bytes=-1', 0, undefined],
  ['bytes=-99999999999999999999', 0, undefined],
  ['bytes=-0', 0, 'none'],
  ['bytes=99999999999999999999-', 10, 'none'],
  ['bytes=0-99999999999999999999', 10, { start: 0, end: 9 }],
  ['bytes=a-b', 10, undefined],
  ['bytes 0-1', 10, undefined],
])('of the range %j of %i bytes there is %j', (header, bytes, range) => {
  expect(rangeOf(header, bytes)).toEqual(range)
})
