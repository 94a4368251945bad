// What the tests of limits share: a server that is closed afterwards, and raw connections, whose answers are read
// as HTTP by hand, since what is tested is what no client would send.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { codecs } from '../../lib/codecs.js'
import { type Fetcher, type ServeOptions, type Server, serve } from '../../server/index.js'

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

export async function start(app: Fetcher, limits: ServeOptions['limits'] = {}): Promise<Server> {
  const server = await serve(app, { port: 0, limits })
  servers.push(server)
  return server
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The decoded body; undefined for what is no type of ours. */
  readonly value: unknown
  readonly text: string
}

export interface Wire {
  readonly socket: Socket
  send(text: string | Uint8Array): void
  /** The next whole answer. Rejects where the connection ends before. */
  reply(): Promise<Reply>
  readonly closed: Promise<void>
}

/** A connection of our own. */
export async function wire(port: number): Promise<Wire> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let received = Buffer.alloc(0)
  let ended = false
  let wake: (() => void) | undefined
  socket.on('data', chunk => {
    received = Buffer.concat([received, chunk])
    wake?.()
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>(resolve =>
    socket.once('close', () => {
      ended = true
      wake?.()
      resolve()
    }),
  )
  await once(socket, 'connect')
  const more = async () => {
    if (ended) throw new Error(`the connection ended after ${received.length} bytes`)
    await new Promise<void>(resolve => (wake = resolve))
  }
  return {
    socket,
    closed,
    send: text => void socket.write(text),
    async reply() {
      while (!received.includes('\r\n\r\n')) await more()
      const end = received.indexOf('\r\n\r\n')
      const [line = '', ...lines] = received.toString('latin1', 0, end).split('\r\n')
      const headers = Object.fromEntries(
        lines.map(text => [text.split(':', 1)[0]?.toLowerCase(), text.replace(/^[^:]*: */, '')]),
      )
      const body = end + 4
      const length = Number(headers['content-length'] ?? 0)
      while (received.length < body + length) await more()
      const bytes = new Uint8Array(received.subarray(body, body + length))
      received = received.subarray(body + length)
      const codec = codecs.get(headers['content-type'] ?? '')
      const value = length === 0 ? undefined : codec?.decode(bytes)
      return { status: Number(line.split(' ')[1]), headers, value, text: new TextDecoder().decode(bytes) }
    },
  }
}

export const request = (
  method: string,
  target: string,
  headers: Readonly<Record<string, string | number>> = {},
) => {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
}

export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(5)
}

/** A promise to be settled from outside. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let settle: (() => void) | undefined
  const passed = new Promise<void>(resolve => (settle = resolve))
  return { passed, open: () => settle?.() }
}

/** The Fault of a limit that was passed, as it arrives. */
export const refusal = (limit: string, value: number, status: number) => ({
  status,
  code: 'limit',
  details: { limit, value },
})
