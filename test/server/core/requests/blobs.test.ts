// Blobs over a socket: several in one message both ways, lone ones, and what streams when somebody is slow or leaves.

import { request as send } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { get, RemoteError } from '../../../../client/index.js'
import { cbor, codecs, json, text } from '../../../../lib/codecs.js'
import { type Blob, blob } from '../../../../lib/values/blob.js'
import { created, Router, safe, serve, verb } from '../../../../server/index.js'
import { ask } from '../../peer.js'

const megabyte = 2 ** 20
let produced = 0
let ended = 0
/** Endless, unless it is left. */
async function* endless(): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      produced += 65_536
      yield new Uint8Array(65_536)
      await new Promise(resolve => setImmediate(resolve))
    }
  } finally {
    ended++
  }
}
async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of texts) {
    await new Promise(resolve => setImmediate(resolve))
    yield new TextEncoder().encode(piece)
  }
}

const router = new Router({
  echo: (value: unknown) => value,
  describe: async (files: Record<string, Blob>) =>
    Promise.all(Object.entries(files).map(async ([name, file]) => [name, file.type, await file.text()])),
  backwards: async (one: Blob, two: Blob) => [await two.text(), await one.text(), await two.text()],
  several: () => ({
    one: blob('first', 'text/a'),
    two: [blob(pieces('sec', 'ond'), 'text/b'), blob(new Uint8Array(0))],
    three: new Map([['key', blob(new globalThis.Blob(['third'], { type: 'text/c' }))]]),
  }),
  text: safe(() => blob('plain', 'text/plain; charset=utf-8')),
  bytes: safe(() => blob(new Uint8Array([1, 2, 3]))),
  streamed: safe(() => blob(pieces('a', 'b', 'c'), 'text/csv')),
  platform: safe(() => new globalThis.Blob(['of the platform'], { type: 'text/x' })),
  named: safe(() => blob(new File(['content'], 'name.txt', { type: 'text/x' }))),
  made: () => created(blob('made', 'text/plain')),
  endless: safe(() => blob(endless(), 'video/x')),
  discard: verb('PUT', { envelope: 'blob' })((content: Blob) => content.type),
  store: verb('PUT', { envelope: 'blob' })(async (content: Blob) => [
    content.type,
    content.size ?? null,
    await content.text(),
  ]),
})

const server = await serve(router, { port: 0 })
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api: any = await get(server.url)
afterAll(() => server.close(0))
beforeEach(() => {
  produced = 0
  ended = 0
})

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}
/** Waits until a number has stopped growing. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; last !== count(); ) {
    last = count()
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  return count()
}

test('several blobs go up in one message, and are read in any order', async () => {
  const files = { a: blob('one', 'text/a'), b: blob(pieces('t', 'w', 'o'), 'text/b'), empty: blob('') }
  expect(await api.describe(files)).toEqual([
    ['a', 'text/a', 'one'],
    ['b', 'text/b', 'two'],
    ['empty', 'text/plain; charset=utf-8', ''],
  ])
  expect(await api.backwards(blob('1'), blob(pieces('2')))).toEqual(['2', '1', '2'])
})

test('several blobs come down in one message', async () => {
  const { one, two, three } = await api.several()
  expect([one.type, two[0].type, three.get('key').type]).toEqual(['text/a', 'text/b', 'text/c'])
  expect(await one.text()).toBe('first')
  expect([await two[0].text(), (await two[1].bytes()).length]).toEqual(['second', 0])
  expect(await three.get('key').text()).toBe('third')
})

test('interleaved pieces are sorted to their blobs', async () => {
  const u = (word: string) => `u${word.length}:${word};`
  const file = (id: number, type: string) => `B${id}:D${u('content-type')}${u(type)};;`
  const root = `D${u('files')}D${u('a')}${file(1, 'x')}${u('b')}${file(2, 'y')};;`
  const body = `${root}c2:2:tw;c1:1:o;c2:1:o;c1:2:ne;c2;c1;`
  const { value } = await ask(router, '/describe/', { body, type: text.type })
  expect(value).toEqual([
    ['a', 'x', 'one'],
    ['b', 'y', 'two'],
  ])
})

test.each([...codecs.keys()])(
  'a blob that goes up comes back in %s, in memory and streamed, with its attributes',
  async type => {
    const large = new Uint8Array(3 * megabyte).map((_, index) => index)
    for (const content of [new Uint8Array([1, 2]), large]) {
      const args = { value: blob(content, 'image/x', { filename: 'name', other: [1] }) }
      const body = codecs.get(type)?.encode(args) as Uint8Array
      const answer = await fetch(`${server.url}echo/`, {
        method: 'POST',
        headers: { 'content-type': type, accept: cbor.type },
        body: body as Uint8Array<ArrayBuffer>,
      })
      const echoed = cbor.decode(new Uint8Array(await answer.arrayBuffer())) as Blob
      expect(echoed.attributes).toEqual({ 'content-type': 'image/x', filename: 'name', other: [1] })
      expect(Buffer.compare(await echoed.bytes(), content)).toBe(0)
    }
  },
)

test.each<[path: string, type: string, length: string | null, body: string]>([
  ['text/', 'text/plain; charset=utf-8', '5', 'plain'],
  ['bytes/', 'application/octet-stream', '3', '\x01\x02\x03'],
  ['streamed/', 'text/csv', null, 'abc'],
  ['platform/', 'text/x', '15', 'of the platform'],
  ['named/', 'text/x', '7', 'content'],
])(
  'a lone blob goes out raw to clients that did not ask for hyperglyph: %s',
  async (path, type, length, body) => {
    for (const accept of ['*/*', 'application/json']) {
      const response = await fetch(server.url + path, { headers: { accept } })
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('content-length')).toBe(length)
      expect(await response.text()).toBe(body)
    }
  },
)

test.each([text, cbor, json])('a lone blob goes out encoded in $type', async codec => {
  for (const [path, content] of [
    ['text/', 'plain'],
    ['streamed/', 'abc'],
    ['platform/', 'of the platform'],
  ] as const) {
    const response = await fetch(server.url + path, { headers: { accept: codec.type } })
    expect(response.headers.get('content-type')).toBe(codec.type)
    const value = codec.decode(new Uint8Array(await response.arrayBuffer())) as Blob
    expect(await value.text()).toBe(content)
  }
})

test('a form that sends the blob itself takes raw bodies of any type, and our client sends them', async () => {
  const put = (body: string | ReadableStream, type: string) =>
    fetch(`${server.url}store/`, {
      method: 'PUT',
      body,
      headers: { 'content-type': type },
      duplex: 'half',
    } as RequestInit)
  expect(await (await put('raw', 'text/css')).json()).toEqual(['text/css', 3, 'raw'])
  expect(await (await put(blob(pieces('a', 'b')).stream(), 'x/y')).json()).toEqual(['x/y', 2, 'ab'])
  expect(await api.store(blob(pieces('c', 'd'), 'z/z'))).toEqual(['z/z', 2, 'cd'])
  expect(await api.store('text')).toEqual(['text/plain; charset=utf-8', 4, 'text'])
})

test('a reader that does not read stalls the producer, raw and encoded', async () => {
  for (const accept of ['*/*', cbor.type, text.type, json.type]) {
    produced = 0
    ended = 0
    const socket = connect(server.port, '127.0.0.1')
    socket.pause()
    socket.write(`GET /endless/ HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\n\r\n`)
    await until(() => produced > 0)
    const most = await settled(() => produced)
    // What the two kernels and Node buffer of a connection, and no more.
    expect(most).toBeLessThan(32 * megabyte)
    expect(ended).toBe(0)
    socket.destroy()
    await until(() => ended === 1)
  }
})

test('our client does not read ahead of its reader by much, and leaving ends the producer', async () => {
  const file: Blob = await api.endless()
  const iterator = file.chunks()[Symbol.asyncIterator]()
  await iterator.next()
  const most = await settled(() => produced)
  expect(most).toBeLessThan(48 * megabyte)
  await iterator.return?.()
  await until(() => ended === 1)
})

test('leaving a download ends the producer: by cancelling, aborting, or never reading it', async () => {
  const controller = new AbortController()
  const stream = ((await api.endless()) as Blob).stream()
  await stream.getReader().read()
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const aborted = (await ((await get(server.url, { signal: controller.signal })) as any).endless()) as Blob
  const reading = aborted.bytes()
  const failed = expect(reading).rejects.toThrow()
  await until(() => produced > 10 * megabyte)
  controller.abort()
  await failed
  await until(() => ended === 1)
  const response = await fetch(`${server.url}endless/`)
  await response.body?.cancel()
  await until(() => ended === 2)
})

test('a slow server stalls a sender', async () => {
  let release: (() => void) | undefined
  const gate = new Promise<void>(resolve => (release = resolve))
  const app = {
    fetch: async (request: Request, bindings: object) => {
      await gate
      return router.fetch(request, bindings as never)
    },
  }
  const slow = await serve(app, { port: 0 })
  let sent = 0
  const upload = blob(
    (async function* () {
      for (; sent < 100; sent++) yield new Uint8Array(megabyte / 2)
    })(),
  )
  const call = request(slow.port, upload)
  const most = await settled(() => sent)
  expect(most).toBeLessThan(50)
  release?.()
  expect(await call).toBe(200)
  expect(sent).toBe(100)
  await slow.close(0)
})

/** Uploads a blob as a raw body with Node's own client, which respects back-pressure. */
function request(port: number, content: Blob): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = send(
      { port, path: '/discard/', method: 'PUT', headers: { 'content-type': 'x/y' } },
      incoming => {
        incoming.resume().on('end', () => resolve(incoming.statusCode))
      },
    )
    outgoing.on('error', reject)
    void (async () => {
      for await (const chunk of content.chunks()) {
        if (!outgoing.write(chunk)) await new Promise(drained => outgoing.once('drain', drained))
      }
      outgoing.end()
    })()
  })
}

test('a blob above the limit is answered with 413, raw and in a message', async () => {
  const small = await serve(
    new Router(
      {
        echo: (value: unknown) => value,
        discard: verb('PUT', { envelope: 'blob' })((content: Blob) => content.type),
        store: verb('PUT', { envelope: 'blob' })((content: unknown) => content !== null),
      },
      { limits: { blobBytes: 100_000 } },
    ),
    { port: 0 },
  )
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const limited = (await get(small.url)) as any
  const size = async (bytes: number) => (await limited.echo(blob(new Uint8Array(bytes)))).bytes()
  expect((await size(100_000)).length).toBe(100_000)
  for (const attempt of [
    size(100_001),
    size(5 * megabyte),
    limited.store(blob(new Uint8Array(5 * megabyte))),
  ]) {
    const error: RemoteError = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ status: 413, code: 'limit', details: { limit: 'blobBytes' } })
  }
  await small.close(0)
})
