// Uploads wait in memory, or above 2 MiB in a temporary file, which is gone with its request whatever happened.
// Run on Linux, where files that have no name can be seen.

import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, test as anywhere, beforeAll, beforeEach, expect } from 'vitest'
import { get } from '../../../../client/index.js'
import { cbor } from '../../../../lib/codecs.js'
import { type Blob, blob } from '../../../../lib/values/blob.js'
import { Fault } from '../../../../lib/values/fault.js'
import { heldByUploads, Spool } from '../../../../server/core/requests/spool.js'
import { Router, type Server, serve, verb } from '../../../../server/index.js'
import { logbook } from '../../peer.js'

const test = anywhere.runIf(process.platform === 'linux')
const megabyte = 2 ** 20
const { log, lines } = logbook()
let directory: string
let server: Server
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
let api: any
let kept: Blob | undefined

/** The temporary files that this process holds. On Linux a file that has no name is still seen by its descriptor. */
async function held(): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter(link => link.startsWith(directory)).length
}

const waitFor = async (count: number) => {
  while ((await held()) !== count) await new Promise(resolve => setTimeout(resolve, 5))
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spool-'))
  const members = {
    size: async (file: Blob) => [
      await held(),
      (await readdir(directory)).length,
      (await file.bytes()).length,
    ],
    both: async (one: Blob, two: Blob) => [
      await held(),
      (await one.bytes()).length,
      (await two.bytes()).length,
    ],
    twice: async (file: Blob) => [(await file.bytes()).length, (await file.bytes()).length],
    store: verb('PUT', { envelope: 'blob' })(async (file: Blob) => [
      await held(),
      (await file.bytes()).length,
    ]),
    echo: (file: Blob) => file,
    fail: async (_file: Blob) => {
      throw new Fault(`held ${await held()}`, { status: 409 })
    },
    crash: (_file: Blob) => {
      throw new Error('broken')
    },
    keep: async (file: Blob) => {
      kept = file
    },
    half: async (file: Blob) => {
      for await (const chunk of file.chunks()) return chunk.length
      return 0
    },
  }
  server = await serve(
    new Router(members as never, {
      temporaryDirectory: directory,
      log,
      limits: { blobBytes: 20 * megabyte },
    }),
    { port: 0 },
  )
  api = await get(server.url)
})
afterAll(async () => {
  await server.close(0)
  await rm(directory, { recursive: true })
})
beforeEach(() => {
  lines.length = 0
})

const bytes = (size: number) => new Uint8Array(Buffer.alloc(size, 'some bytes that repeat'))
const piece = bytes(300_000)
const streamed = (size: number) =>
  blob(
    (async function* () {
      for (let start = 0; start < size; start += piece.length) yield piece.subarray(0, size - start)
    })(),
  )

test.each<[size: number, files: number]>([
  [1000, 0],
  [2 * megabyte, 0],
  [2 * megabyte + 1, 1],
  [10 * megabyte, 1],
])('a blob of %d bytes waits in %d files without a name', async (size, files) => {
  expect(await api.size(blob(bytes(size)))).toEqual([files, 0, size])
  expect(await api.size(streamed(size))).toEqual([files, 0, size])
  expect(await api.store(streamed(size))).toEqual([files, size])
  await waitFor(0)
})

test('the blobs of a message share a file', async () => {
  expect(await api.both(blob(bytes(3 * megabyte)), streamed(4 * megabyte))).toEqual([
    1,
    3 * megabyte,
    4 * megabyte,
  ])
  expect(await api.both(blob(bytes(10)), streamed(4 * megabyte))).toEqual([1, 10, 4 * megabyte])
  await waitFor(0)
})

test('an upload can be read often while its request runs, and need not be read', async () => {
  expect(await api.twice(blob(bytes(3 * megabyte)))).toEqual([3 * megabyte, 3 * megabyte])
  expect(await api.half(blob(bytes(3 * megabyte)))).toBeLessThan(megabyte)
  await waitFor(0)
})

test('an upload that is answered with is held until it is sent', async () => {
  const content = bytes(5 * megabyte)
  const echoed: Blob = await api.echo(blob(content))
  expect(Buffer.compare(await echoed.bytes(), content)).toBe(0)
  await waitFor(0)
  const leaving = ((await api.echo(blob(bytes(15 * megabyte)))) as Blob).chunks()[Symbol.asyncIterator]()
  await leaving.next()
  await waitFor(1)
  await leaving.return?.()
  await waitFor(0)
  const unread = await fetch(`${server.url}echo/`, {
    method: 'POST',
    headers: { 'content-type': cbor.type },
    body: cbor.encode({ file: blob(bytes(15 * megabyte)) }) as Uint8Array<ArrayBuffer>,
  })
  await waitFor(1)
  await unread.body?.cancel()
  await waitFor(0)
})

test('a file is gone when the function throws, on purpose or by accident', async () => {
  await expect(api.fail(streamed(3 * megabyte))).rejects.toThrow('409 held 1')
  await waitFor(0)
  await expect(api.crash(streamed(3 * megabyte))).rejects.toThrow('500 internal error')
  await waitFor(0)
})

test('a file is gone when the arguments were wrong', async () => {
  const response = await fetch(`${server.url}size/`, {
    method: 'POST',
    headers: { 'content-type': cbor.type },
    body: cbor.encode({ other: blob(bytes(3 * megabyte)) }) as Uint8Array<ArrayBuffer>,
  })
  expect(response.status).toBe(400)
  await waitFor(0)
})

test('a file is gone when a limit is passed', async () => {
  for (const name of ['size', 'store']) {
    for (const size of [25 * megabyte, 200 * megabyte]) {
      await expect(api[name](streamed(size))).rejects.toMatchObject({ status: 413 })
    }
  }
  await waitFor(0)
})

test.each([
  ['in a message', 'POST /size/', cbor.type],
  ['raw', 'PUT /store/', 'image/png'],
])(
  'a file is gone when the client dies midway, and that is no accident of the server: %s',
  async (_, line, type) => {
    const message = cbor.encode({ file: blob(bytes(6 * megabyte)) })
    for (const framing of [`Content-Length: ${message.length}`, 'Transfer-Encoding: chunked']) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n${framing}\r\n\r\n`)
      const part = message.subarray(0, 4 * megabyte)
      if (framing.startsWith('T')) socket.write(`${part.length.toString(16)}\r\n`)
      socket.write(part)
      await waitFor(1)
      socket.destroy()
      await waitFor(0)
    }
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(lines).toEqual([])
  },
)

test('a blob that the application keeps cannot be read when its request is over', async () => {
  await api.keep(streamed(3 * megabyte))
  await waitFor(0)
  await expect((kept as Blob).bytes()).rejects.toThrow(
    'an uploaded blob can be read only while its request runs',
  )
})

test('a directory that cannot be written to is an accident, logged with its reason', async () => {
  const members = { size: async (file: Blob) => (await file.bytes()).length }
  const broken = await serve(new Router(members, { temporaryDirectory: join(directory, 'missing'), log }), {
    port: 0,
  })
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const remote = (await get(broken.url)) as any
  expect(await remote.size(blob(bytes(1000)))).toBe(1000)
  await expect(remote.size(blob(bytes(3 * megabyte)))).rejects.toThrow('500 internal error')
  expect(lines.join()).toContain('ENOENT')
  await broken.close(0)
})

/** `count` files in one form. */
const formOf = (count: number, size: number) => {
  const form = new FormData()
  for (let at = 0; at < count; at++) form.append('files', new globalThis.Blob([bytes(size)]), `file${at}`)
  return form
}

test('all blobs of a request share one budget in memory, and one file', async () => {
  const all: Blob[] = []
  const seen: number[] = []
  const router = new Router(
    {
      take: async (files: readonly Blob[] = []) => {
        all.push(...files)
        seen.push(heldByUploads(), await held())
        const lengths = await Promise.all(files.map(async file => (await file.bytes()).length))
        return lengths.reduce((sum, length) => sum + length, 0)
      },
    },
    { temporaryDirectory: directory },
  )
  const headers = { accept: 'application/json' }
  const take = (form: FormData) =>
    router.fetch(new Request('http://local/take/', { method: 'POST', headers, body: form }))
  expect(await (await take(formOf(20, megabyte))).json()).toBe(20 * megabyte)
  expect(seen[0]).toBeLessThanOrEqual(2 * megabyte + 65_536)
  expect(seen[1]).toBe(1)
  expect(await (await take(formOf(100, 1000))).json()).toBe(100_000)
  expect([seen[2], seen[3]]).toEqual([100_000, 0])
  expect([heldByUploads(), await held()]).toEqual([0, 0])
})

test('all requests share one too, and give back what they held, whatever becomes of them', async () => {
  const limits = { blobMemoryBytes: 4 * megabyte, allBlobMemoryBytes: 6 * megabyte }
  let open: () => void = () => undefined
  const passed = new Promise<void>(resolve => (open = resolve))
  const router = new Router(
    {
      hold: async (files: readonly Blob[] = []) => {
        await passed
        if (files.length === 3) throw new Fault('three', { status: 409 })
        return files.length
      },
    },
    { temporaryDirectory: directory, limits },
  )
  const asked = [1, 2, 3, 3].map(count =>
    router.fetch(new Request('http://local/hold/', { method: 'POST', body: formOf(count, megabyte) })),
  )
  await waitFor(1)
  expect(heldByUploads()).toBeLessThanOrEqual(limits.allBlobMemoryBytes + 4 * 65_536)
  open()
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 409, 409])
  await waitFor(0)
  expect(heldByUploads()).toBe(0)
})

test('blobs that arrive in turns, in small pieces, come together again', async () => {
  const spool = new Spool({ blobMemoryBytes: 100_000, allBlobMemoryBytes: 1_000_000 }, directory)
  const sinks = [0, 1, 2].map(() => spool.sink())
  for (let at = 0; at < 200_000; at++) {
    for (const [index, sink] of sinks.entries()) {
      const written = sink.write(Uint8Array.of((at * (index + 1)) % 251))
      if (written !== undefined) await written
    }
  }
  const sources = await Promise.all(sinks.map(sink => sink.end()))
  expect(await held()).toBe(1)
  for (const [index, source] of sources.entries()) {
    const read = Buffer.from(await blob(source as AsyncIterable<Uint8Array>).bytes())
    expect(read.length).toBe(200_000)
    expect(read.every((byte, at) => byte === (at * (index + 1)) % 251)).toBe(true)
  }
  await spool.close()
  expect([heldByUploads(), await held()]).toEqual([0, 0])
})
