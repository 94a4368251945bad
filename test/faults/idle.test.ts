// Connections that are kept, and that the server ends just as the next request goes out: the classic race.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { get, NetworkError } from '../../client/index.js'
import { undici } from '../../client/transport/undici.js'
import { cbor } from '../../lib/codecs.js'
import { Form, Link, Page } from '../../lib/values/nodes.js'

const page = cbor.encode(
  new Page(
    { url: '/' },
    { act: new Form({ url: '/act', values: [] }), look: new Link({ method: 'GET', url: '/look' }) },
  ),
)
const requests: string[] = []

/** Answers one request on each connection as if it kept it, and ends it `delay` ms after, or when the next comes. */
function answer(socket: Socket): void {
  let answered = false
  socket.on('error', () => undefined)
  socket.on('data', data => {
    const line = data.toString('latin1').split(' HTTP')[0] as string
    if (answered) {
      socket.destroy()
      return
    }
    answered = true
    requests.push(line)
    const body = line === 'GET /' ? page : cbor.encode('done')
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Type: ${cbor.type}\r\nContent-Length: ${body.length}\r\nKeep-Alive: timeout=60\r\n\r\n`,
    )
    socket.write(body, () => {
      if (delay !== undefined) setTimeout(() => socket.end(), delay)
    })
  })
}

let delay: number | undefined
let server: Server
let url: string
beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

test.each([
  ['as the next request comes', undefined],
  ['right after the answer', 0],
  ['a moment after the answer', 1],
])('a kept connection that ends %s: links are tried again, forms are told the truth', async (_, wait) => {
  delay = wait
  const agent = new Agent()
  // biome-ignore lint/suspicious/noExplicitAny: a page written by hand has no types.
  const api: any = await get(url, { transport: undici(agent), cache: false })
  for (let round = 0; round < 20; round++) {
    expect(await api.look()).toBe('done')
    requests.length = 0
    const outcome = await api.act().then(
      (value: unknown) => value,
      (error: unknown) => error,
    )
    const ran = requests.filter(line => line === 'POST /act').length
    // Once with an answer, or not at all.
    expect([outcome instanceof NetworkError ? outcome.sent : outcome, ran]).toBeOneOf([
      ['done', 1],
      ['unknown', 0],
    ])
  }
  await agent.close()
})
