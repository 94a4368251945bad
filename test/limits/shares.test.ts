// What one address may hold of a server: those who send slowly, wait, read slowly, or only connect leave room for others.
// Addresses of 127.0.0.0/8 are those of peers, or are told by a proxy.

import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { serveLimits } from '../../lib/limits.js'
import { Router, type ServeOptions, type Server, safe, serve } from '../../server/index.js'
import { Shares } from '../../server/node/connections/shares.js'
import { gate, until } from './peer.js'

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map(server => server.close(0)))
})

let waiting = gate()
const router = () =>
  new Router({
    hello: () => 'hello',
    take: (_value: unknown) => 'taken',
    wait: () => waiting.passed,
    feed: safe(async function* () {
      yield 1
      await waiting.passed
    }),
  })

async function start(options: ServeOptions) {
  waiting = gate()
  const server = await serve(router(), { port: 0, host: '127.0.0.1', ...options })
  servers.push(server)
  return server
}

/** Sends what is written by hand from an address; what has come back so far is in `answer`. */
function send(server: Server, from: string, text: string) {
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: from })
  sockets.push(socket)
  const peer = { socket, answer: '', ended: false }
  socket.on('error', () => undefined)
  socket.on('data', data => (peer.answer += data))
  socket.on('close', () => (peer.ended = true))
  socket.write(text)
  return peer
}

const head = (method: string, path: string, more = 'Content-Length: 0') =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n\r\n`

async function statusOf(peer: { answer: string; ended: boolean }): Promise<string> {
  await until(() => peer.answer !== '' || peer.ended)
  return peer.answer.slice(9, 12)
}

const slow = head('POST', '/take/', 'Content-Type: application/json\r\nContent-Length: 1000000')

const holding: readonly (readonly [what: string, text: string, held: number])[] = [
  ['send slowly', `${slow}"`, 2],
  [
    'send slowly in chunks',
    `${head('POST', '/take/', 'Content-Type: application/json\r\nTransfer-Encoding: chunked')}1\r\n"\r\n`,
    2,
  ],
  ['wait for what takes long', head('POST', '/wait/'), 6],
  ['read a stream', head('GET', '/feed/'), 6],
]

test.each(holding)('who %s holds a share of the places, and others find room', async (_, text, held) => {
  const server = await start({ limits: { requests: 8 } })
  const peers = Array.from({ length: 10 }, () => send(server, '127.0.0.2', text))
  await until(() => peers.filter(({ answer }) => answer.startsWith('HTTP/1.1 429')).length === 10 - held)
  const refused = peers.find(({ answer }) => answer.includes(' 429 '))
  expect(refused?.answer).toMatch(/retry-after: 1/i)
  expect(refused?.answer).toMatch(/"started":false/)
  expect(refused?.answer).toMatch(
    held === 2 ? /"limit":"sendingShare","value":0.25/ : /"limit":"addressShare","value":0.75/,
  )
  expect(await statusOf(send(server, '127.0.0.3', head('POST', '/hello/')))).toBe('200')
  for (const { socket } of peers) socket.destroy()
  await sleep(50)
  waiting.open()
})

test('who sends slowly can call what needs no body', async () => {
  const server = await start({ limits: { requests: 8 } })
  for (let at = 0; at < 2; at++) send(server, '127.0.0.1', slow)
  await sleep(50)
  expect(await statusOf(send(server, '127.0.0.1', head('POST', '/hello/')))).toBe('200')
  expect(await statusOf(send(server, '127.0.0.1', slow))).toBe('429')
})

test('a body that has come counts no longer, and no share is lost', async () => {
  const server = await start({ limits: { requests: 4 } })
  const call = `${head('POST', '/take/', 'Content-Type: application/json\r\nContent-Length: 11')}{"_value":1}`
  for (let at = 0; at < 20; at++)
    expect(await statusOf(send(server, '127.0.0.1', call.replace('{"_value":1}', '{"_value":1')))).toBe('400')
  for (let at = 0; at < 20; at++)
    expect(await statusOf(send(server, '127.0.0.1', head('POST', '/hello/')))).toBe('200')
})

test('one address holds a share of the connections', async () => {
  const server = await start({ limits: { connections: 8 } })
  const peers = Array.from({ length: 8 }, () => send(server, '127.0.0.2', ''))
  await until(() => peers.filter(({ answer }) => answer.startsWith('HTTP/1.1 429')).length === 2)
  expect(await statusOf(send(server, '127.0.0.3', head('POST', '/hello/')))).toBe('200')
})

test('behind a proxy the senders that it tells are those who share', async () => {
  const server = await start({ limits: { requests: 8, connections: 12 }, proxies: ['127.0.0.2'] })
  const from = (sender: string, text: string) =>
    send(server, '127.0.0.2', text.replace('\r\n', `\r\nX-Forwarded-For: ${sender}\r\n`))
  const peers = Array.from({ length: 5 }, () => from('192.0.2.1', slow))
  await until(() => peers.filter(({ answer }) => answer.includes(' 429 ')).length === 3)
  expect(await statusOf(from('192.0.2.2', head('POST', '/hello/')))).toBe('200')
  // Whoever is no proxy tells nothing.
  const liar = (text: string, at: number) =>
    send(server, '127.0.0.3', text.replace('\r\n', `\r\nX-Forwarded-For: 192.0.2.${at}\r\n`))
  const liars = Array.from({ length: 4 }, (_, at) => liar(slow, at))
  await until(() => liars.filter(({ answer }) => answer.includes(' 429 ')).length === 2)
  expect(liars.length).toBe(4)
})

test('a share of 1 is all that there is', async () => {
  const server = await start({ limits: { requests: 3, addressShare: 1, sendingShare: 1 } })
  const peers = Array.from({ length: 4 }, () => send(server, '127.0.0.2', slow))
  await until(() => peers.some(({ answer }) => answer !== ''))
  expect(peers.map(({ answer }) => answer.slice(9, 12)).sort()).toEqual(['', '', '', '503'])
})

test.each([
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8::1', '2001:db8:0:0:ffff:ffff:ffff:ffff', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['::1', '::2', true],
  [undefined, undefined, true],
])('%s and %s are one peer: %s', (one, other, same) => {
  const shares = new Shares(serveLimits)
  expect(shares.of(one) === shares.of(other)).toBe(same)
})

test('nothing is kept of addresses that hold nothing', () => {
  const shares = new Shares({ ...serveLimits, requests: 1 })
  const incoming = { headers: { 'content-length': '5' }, complete: false } as unknown as IncomingMessage
  for (let at = 0; at < 10; at++) {
    const peer = shares.of(`192.0.2.${at}`)
    expect(shares.connect(peer, false)).toBe(true)
    expect(shares.begin(peer, incoming)).toBe(undefined)
    expect(shares.begin(peer, incoming)).toBe('addressShare')
    shares.end(peer, incoming)
    shares.disconnect(peer)
  }
  expect(shares.size).toBe(0)
})
