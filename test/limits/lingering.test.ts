// Whoever is answered before all was sent can go on sending for a while, and read the answer: what comes is dropped.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { heldByUploads } from '../../server/core/requests/spool.js'
import { allow, Router, safe } from '../../server/index.js'
import { request, start, wire } from './peer.js'

const megabyte = Buffer.alloc(2 ** 20, 1)
const router = () => new Router({ upload: allow('admin')((_file: unknown) => 1), look: safe(() => 'seen') })

const long = { 'content-type': 'application/octet-stream', 'content-length': 200 * megabyte.length }

test.each(['keep-alive', 'close'])(
  'an upload that is refused is dropped as it comes: %s',
  async connection => {
    const { port } = await start(router())
    const client = await wire(port)
    client.send(request('POST', '/upload/', { ...long, connection }))
    for (let at = 0; at < 200; at++)
      if (!client.socket.write(megabyte)) await new Promise(resolve => client.socket.once('drain', resolve))
    expect(await client.reply()).toMatchObject({ status: 401 })
    expect(heldByUploads()).toBe(0)
    if (connection === 'close') return client.closed
    client.send(request('GET', '/look/'))
    expect(await client.reply()).toMatchObject({ status: 200, value: 'seen' })
  },
)

test('the connection of who sends nothing more is closed soon', async () => {
  const { port } = await start(router())
  const client = await wire(port)
  client.send(request('POST', '/upload/', long))
  expect(await client.reply()).toMatchObject({ status: 401 })
  await client.closed
})

test('and of who sends without end after some time', { timeout: 30_000 }, async () => {
  const { port } = await start(router())
  const client = await wire(port)
  client.send(request('POST', '/upload/', { ...long, 'content-length': 2 ** 40 }))
  expect(await client.reply()).toMatchObject({ status: 401 })
  let over = false
  void client.closed.then(() => (over = true))
  const began = performance.now()
  while (!over) {
    client.socket.write('more')
    await sleep(100)
  }
  const lasted = performance.now() - began
  expect(lasted).toBeGreaterThan(5000)
  expect(lasted).toBeLessThan(20_000)
})
