// Clients that vanish: what has not begun does not begin, what runs is told, and nothing of theirs is kept.

import { once } from 'node:events'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cbor } from '../../lib/codecs.js'
import { type Blob, blob } from '../../lib/values/blob.js'
import { Resource, Router, type Server, safe, serve, verb } from '../../server/index.js'
import { logbook } from '../server/peer.js'
import { heldIn } from './held.js'

const megabyte = 2 ** 20
const directory = mkdtempSync(join(tmpdir(), 'vanishing-'))
const { log, lines } = logbook()
const events: string[] = []
let release: () => void = () => undefined

/** Pieces without end, until they are left. */
const endless = (name: string) =>
  (async function* () {
    events.push(`${name} begun`)
    try {
      for (;;) {
        yield new Uint8Array(65_536)
        await sleep(1)
      }
    } finally {
      events.push(`${name} ended`)
    }
  })()

/** The same as an iterator that is told of its end though it was never asked for anything. */
function untouched(name: string): AsyncIterableIterator<Uint8Array> {
  return {
    next: async () => ({ value: new Uint8Array(10), done: false }),
    return: async () => {
      events.push(`${name} ended`)
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** A stream that gives a piece and then none, however long one waits. */
const stalled = (name: string) =>
  new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (events.includes(`${name} stalls`)) await new Promise(() => undefined)
      events.push(`${name} stalls`)
      controller.enqueue(new Uint8Array(10))
    },
    cancel: () => void events.push(`${name} ended`),
  })

const later = (): Promise<void> =>
  new Promise(resolve => {
    events.push('waits')
    release = resolve
  })

class Work extends Resource {
  async long(_file: Blob) {
    const { signal } = this.context
    events.push('begun')
    await once(signal, 'abort')
    events.push('told')
  }
}

const router = new Router(
  {
    Work,
    keep: (_file: Blob) => void events.push('called'),
    put: verb('PUT', { envelope: 'blob' })((_file: Blob) => void events.push('called')),
    download: safe(() => blob(endless('download'))),
    echo: (file: Blob) => {
      events.push('called')
      return { file, more: blob(endless('more')) }
    },
    stream: safe(() => endless('stream')),
    late_stream: safe(async () => {
      await later()
      return untouched('stream')
    }),
    late_blob: safe(async () => {
      await later()
      return blob(untouched('blob'))
    }),
    late_two: safe(async () => {
      await later()
      return [blob(untouched('one')), blob(untouched('two'))]
    }),
    late_file: safe(async () => {
      await later()
      return blob(createReadStream(import.meta.filename).on('close', () => events.push('file closed')))
    }),
    two: safe(() => [blob(endless('one')), blob(untouched('two'))]),
    stalled: safe(() => [blob(stalled('one')), blob(untouched('two'))]),
    stalled_echo: (file: Blob) => [file, blob(stalled('one'))],
    late_echo: async (file: Blob) => {
      await later()
      return { file }
    },
  },
  { log, temporaryDirectory: directory },
)

let server: Server
beforeAll(async () => {
  server = await serve(router, { port: 0 })
})
afterAll(async () => {
  await server.close(0)
  rmSync(directory, { recursive: true })
})
beforeEach(() => {
  events.length = 0
  lines.length = 0
})

const soon = { timeout: 8000, interval: 5 }
const held = () => heldIn(directory)

async function open(text: string): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.write(text)
  return socket
}

const get = (path: string, accept = cbor.type) =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`
const post = (path: string, length: number, method = 'POST', type = cbor.type) =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`

/** A message with a blob as its one argument. */
const message = (name: string, size: number) => cbor.encode({ [name]: blob(new Uint8Array(size)) })

const leavings: readonly (readonly [how: string, (socket: Socket) => unknown])[] = [
  ['cuts the connection', socket => socket.destroy()],
  ['resets it', socket => socket.resetAndDestroy()],
  ['ends its side', socket => socket.end()],
]

const uploads: readonly (readonly [name: string, head: (length: number) => string, body: Uint8Array])[] = [
  ['a blob among arguments', length => post('/keep/', length), message('_file', 9 * megabyte)],
  [
    'a body that is a blob',
    length => post('/put/', length, 'PUT', 'image/png'),
    new Uint8Array(9 * megabyte),
  ],
]

test.each(
  uploads.flatMap(upload =>
    leavings.map(([how, leave]) => [how, upload[0], leave, upload[1], upload[2]] as const),
  ),
)(
  'a client that %s in the middle of its upload of %s is not served, and its file is gone',
  async (_, __, leave, head, body) => {
    const socket = await open(head(body.length))
    socket.write(body.subarray(0, 5 * megabyte))
    await expect.poll(held, soon).toBe(1)
    leave(socket)
    await expect.poll(held, soon).toBe(0)
    expect(events).toEqual([])
    expect(lines).toEqual([])
    socket.destroy()
  },
)

test('a client that vanishes while its call runs: the call is told, and its upload goes when it ends', async () => {
  const body = message('_file', 5 * megabyte)
  const socket = await open(post('/Work/_/long', body.length).replace('/Work/_/', await place()))
  socket.write(body)
  await expect.poll(() => events, soon).toEqual(['begun'])
  expect(held()).toBe(1)
  socket.destroy()
  await expect.poll(() => events, soon).toEqual(['begun', 'told'])
  await expect.poll(held, soon).toBe(0)
  expect(lines).toEqual([])
})

/** The path of an instance. */
async function place(): Promise<string> {
  const response = await fetch(`${server.url}Work/`, { method: 'POST', redirect: 'manual' })
  return new URL(response.headers.get('location') as string, `${server.url}Work/`).pathname
}

test.each(['download', 'stream'])('a client that vanishes in mid-%s ends what makes it', async name => {
  const socket = await open(get(`/${name}/`))
  await once(socket, 'data')
  socket.destroy()
  await expect.poll(() => events, soon).toEqual([`${name} begun`, `${name} ended`])
  expect(lines).toEqual([])
})

test('a client that vanishes while it gets its own file back leaves no file', async () => {
  const body = message('file', 5 * megabyte)
  const socket = await open(post('/echo/', body.length))
  socket.write(body)
  await once(socket, 'data')
  expect(held()).toBe(1)
  socket.destroy()
  await expect.poll(held, soon).toBe(0)
  expect(lines).toEqual([])
})

test.each([
  ['a stream', get('/late_stream/'), ['stream ended']],
  ['a blob', get('/late_blob/'), ['blob ended']],
  ['a blob by itself', get('/late_blob/', '*/*'), ['blob ended']],
  ['two blobs', get('/late_two/'), ['one ended', 'two ended']],
  ['an open file', get('/late_file/'), ['file closed']],
])(
  'what is made for a client that has vanished is ended though nobody reads it: %s',
  async (_, request, ends) => {
    const socket = await open(request)
    await expect.poll(() => events, soon).toEqual(['waits'])
    socket.destroy()
    await sleep(50)
    release()
    await expect.poll(() => events, soon).toEqual(['waits', ...ends])
  },
)

test('a file that is to be sent to a client that has vanished is gone', async () => {
  const body = message('file', 5 * megabyte)
  const socket = await open(post('/late_echo/', body.length))
  socket.write(body)
  await expect.poll(() => events, soon).toEqual(['waits'])
  expect(held()).toBe(1)
  socket.destroy()
  await sleep(50)
  release()
  await expect.poll(held, soon).toBe(0)
})

test.each(['two', 'stalled'])('a client that vanishes in a blob ends the next ones too: %s', async name => {
  const socket = await open(get(`/${name}/`))
  await once(socket, 'data')
  await expect.poll(() => events.length, soon).toBe(1)
  socket.destroy()
  await expect
    .poll(() => [...events].sort(), soon)
    .toEqual([
      name === 'two' ? 'one begun' : 'one ended',
      name === 'two' ? 'one ended' : 'one stalls',
      'two ended',
    ])
})

test('a source that stalls keeps no file of a client that has vanished', async () => {
  const body = message('file', 5 * megabyte)
  const socket = await open(post('/stalled_echo/', body.length))
  socket.write(body)
  socket.resume()
  await expect.poll(() => events, soon).toEqual(['one stalls'])
  expect(held()).toBe(1)
  socket.destroy()
  await expect.poll(held, soon).toBe(0)
  await expect.poll(() => events, soon).toEqual(['one stalls', 'one ended'])
})
