// Ways in which a request ends before it should: a row for each, with its name in logs, and the statuses that it may have.

import type { ServeOptions, Server } from '../../../../index.js'
import { request, type Wire } from '../../../limits/peer.js'

const boundary = 'limit'
const form = (field: string, length: number) => {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="f"\r\n\r\n`
  return { head, length: head.length + length + `\r\n--${boundary}--\r\n`.length }
}

/** Sends the head of a request, and of its body what will be taken. */
export async function post(
  to: Wire,
  path: string,
  headers: Record<string, string | number>,
  body: string,
  rest = 0,
) {
  to.send(request('POST', path, { accept: 'application/json', ...headers }) + body)
  const piece = 'x'.repeat(10_000)
  for (let sent = 0; sent < rest && !to.socket.destroyed; sent += piece.length) {
    to.send(piece)
    await new Promise(resolve => setImmediate(resolve))
  }
}

const multipart =
  (field: string, path: string, length = 3_000_000) =>
  async (to: Wire) => {
    const { head, length: whole } = form(field, length)
    const type = `multipart/form-data; boundary=${boundary}`
    await post(to, path, { 'content-type': type, 'content-length': whole }, head, length)
    await to.closed
  }
export const pause = (milliseconds = 20) => new Promise(resolve => setTimeout(resolve, milliseconds))
export const json = { 'content-type': 'application/json' }

export const ends: readonly (readonly [
  name: string,
  send: (to: Wire, server: Server) => unknown,
  options: ServeOptions,
  told: string,
  statuses: readonly number[],
])[] = [
  ['a blob above its limit', multipart('file', '/up/', 200_000), {}, 'up', [413, 499]],
  ['a body above its limit', multipart('file', '/up/'), {}, 'up', [413, 499]],
  ['a field that there is not', multipart('wrong', '/up/'), {}, 'up', [400, 413, 499]],
  ['a form for nothing', multipart('file', '/nowhere/'), {}, '(other)', [404, 499]],
  ['a form for what is not allowed', multipart('file', '/admin/'), {}, 'admin', [401, 499]],
  [
    'a message above its limit',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 3_000_000 }, '{"name":"', 3_000_000)
      await to.closed
    },
    {},
    'hello',
    [413, 499],
  ],
  [
    'a body in pieces above its limit',
    async to => {
      const piece = `2710\r\n${'x'.repeat(10_000)}\r\n`
      to.send(request('PUT', '/Store/oWJpZGFh/put', { 'transfer-encoding': 'chunked' }))
      for (let index = 0; index < 300 && !to.socket.destroyed; index++) {
        to.send(piece)
        await new Promise(resolve => setImmediate(resolve))
      }
      await to.closed
    },
    {},
    'Store.put',
    [413, 499],
  ],
  [
    'a sender that leaves before its body',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '')
      await pause()
      to.socket.destroy()
    },
    {},
    'hello',
    [499],
  ],
  [
    'a sender that resets in its body',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '{"name":')
      await pause()
      to.socket.resetAndDestroy()
    },
    {},
    'hello',
    [499],
  ],
  [
    'a sender that leaves in its form',
    async to => {
      const { head } = form('file', 40_000)
      const type = `multipart/form-data; boundary=${boundary}`
      await post(to, '/up/', { 'content-type': type, 'content-length': 41_000 }, head, 20_000)
      await pause()
      to.socket.destroy()
    },
    {},
    'up',
    [499],
  ],
  [
    'a sender that leaves while it is answered',
    async to => {
      await post(to, '/wait/', { 'content-length': 0 }, '')
      await pause()
      to.socket.destroy()
      await pause(60)
    },
    {},
    'wait',
    [499],
  ],
  [
    'a reader that leaves a stream',
    async to => {
      await post(to, '/lines/', { 'content-length': 0 }, '')
      await pause(40)
      to.socket.destroy()
    },
    {},
    'lines',
    [499],
  ],
  [
    'a sender that takes too long',
    async to => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '{')
      await to.closed
    },
    { limits: { senderTime: 40 } },
    'hello',
    [408, 499],
  ],
  [
    'a call that takes too long',
    async to => {
      await post(to, '/wait/', { 'content-length': 0 }, '')
      await pause(150)
      to.socket.destroy()
    },
    { limits: { requestTime: 20 } },
    'wait',
    [503],
  ],
  [
    'a sender from elsewhere',
    multipart('file', '/up/'),
    { domain: ['10.0.0.0/8'], factory: false },
    '(other)',
    [403, 499],
  ],
  [
    'a name of somebody else',
    async to => {
      await post(to, '/hello/', { host: 'evil.example', 'content-length': 0 }, '')
      await pause()
      to.socket.destroy()
    },
    {},
    '(other)',
    [421],
  ],
  [
    'a server that is closed',
    async (to, server) => {
      await post(to, '/hello/', { ...json, 'content-length': 100 }, '{')
      await pause()
      await server.close(20)
      await to.closed
    },
    {},
    'hello',
    [499],
  ],
  [
    'a server that drains',
    async (to, server) => {
      await post(to, '/lines/', { 'content-length': 0 }, '')
      await pause()
      await server.close(20)
      await to.closed
    },
    { drain: 20 },
    'lines',
    // Ended in order, or cut where that takes too long.
    [200, 499],
  ],
  [
    'rubbish after a request',
    async to => {
      to.send(`${request('POST', '/wait/', { 'content-length': 0 })}rubbish\r\n\r\n`)
      await to.closed
    },
    {},
    'wait',
    [200, 499],
  ],
  [
    'an accident with its body unread',
    async to => {
      await post(to, '/crash/', { ...json, 'content-length': 3_000_000 }, '{"name":"', 3_000_000)
      await to.closed
    },
    {},
    'crash',
    [400, 413, 499, 500],
  ],
]
