// Readers of long answers while a server closes: who goes on reading gets all of it, who reads nothing holds nobody up.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { blob, Router, type Server, safe, serve } from '../../../../server/index.js'

const size = 64 * 2 ** 20
const piece = new Uint8Array(65_536).fill(120)
async function* pieces() {
  for (let sent = 0; sent < size; sent += piece.length) yield piece
}
async function* numbers() {
  for (;;) yield 'x'.repeat(1000)
}

const router = new Router({
  whole: safe(() => blob(new Uint8Array(size).fill(120))),
  streamed: safe(() => blob(pieces())),
  numbers: safe(() => numbers()),
})

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

/** A connection on which an answer has begun to come. */
async function reading(name: string): Promise<readonly [server: Server, socket: Socket]> {
  const server = await serve(router, { port: 0 })
  servers.push(server)
  const socket = connect(server.port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  socket.write(`GET /${name}/ HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\n\r\n`)
  await once(socket, 'readable')
  return [server, socket]
}

/** How long closing takes, in milliseconds, where nobody reads any more. */
async function unread(name: string): Promise<number> {
  const [server] = await reading(name)
  await sleep(100)
  const began = performance.now()
  await server.close(120_000)
  return performance.now() - began
}

test('who reads nothing more of an answer is not waited for', async () => {
  const times = await Promise.all(['whole', 'streamed', 'numbers'].map(unread))
  expect(Math.max(...times)).toBeLessThan(60_000)
}, 120_000)

/** What comes to whoever reads slowly while the server closes, in bytes. */
async function slowlyRead(name: string): Promise<number> {
  const [server, socket] = await reading(name)
  const closed = server.close(120_000)
  let received = 0
  let sincePause = 0
  socket.on('data', bytes => {
    received += bytes.length
    sincePause += bytes.length
    if (sincePause < 2 * 2 ** 20) return
    sincePause = 0
    socket.pause()
    setTimeout(() => socket.resume(), 250)
  })
  await once(socket, 'close')
  await closed
  return received
}

test('who reads slowly gets all of it', async () => {
  const received = await Promise.all(['whole', 'streamed'].map(slowlyRead))
  expect(Math.min(...received)).toBeGreaterThan(size)
}, 120_000)
