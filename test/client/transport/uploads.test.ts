// Who asks by `onUpload` is told how much of a body has gone up: over sockets, in process, of all kinds of blobs, and
// whatever becomes of the request. Browsers: test/browser.

import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Blob,
  blob,
  CookieJar,
  fetchTransport,
  get,
  local,
  type Options,
  Router,
  type Server,
  serve,
  type Transport,
  type UploadProgress,
  verb,
  withOptions,
} from '../../../index.js'

const size = 1_000_000
const counted = async (file: Blob) => (await file.bytes()).length

const router = new Router(
  {
    measure: counted,
    put: verb('PUT', { envelope: 'blob' })(counted),
    hello: (name = 'World') => `Hello ${name}`,
    long: (text: string) => text.length,
  },
  { pipeline: true },
)

let server: Server
let directory: string
let path: string
beforeAll(async () => {
  server = await serve(router, { port: 0 })
  directory = await mkdtemp(join(tmpdir(), 'hyperglyph-uploads-'))
  path = join(directory, 'file')
  await writeFile(path, new Uint8Array(size))
})
afterAll(async () => {
  await server.close(0)
  await rm(directory, { recursive: true })
})

async function* stream() {
  for (let sent = 0; sent < size; sent += 10_000) {
    yield new Uint8Array(10_000)
    yield new Uint8Array(0)
  }
}

const transports: [name: string, options: Options][] = [
  ['undici', {}],
  ['fetch', { transport: fetchTransport() }],
  ['local', { transport: local(router) }],
  ['a jar of cookies', { cookies: new CookieJar() }],
]
const blobs: [name: string, make: () => Promise<unknown> | unknown, isKnown: boolean][] = [
  ['bytes', () => blob(new Uint8Array(size)), true],
  ['a platform Blob', () => new globalThis.Blob([new Uint8Array(size)]), true],
  ['a file', () => openAsBlob(path), true],
  ['a stream that has said its size', () => blob(stream(), undefined, { size }), true],
  ['a stream', () => blob(stream()), false],
]

const cases = transports.flatMap(([transport, options]) =>
  blobs.flatMap(([name, make, isKnown]) =>
    (['measure', 'put'] as const).map(method => ({ transport, options, name, make, isKnown, method })),
  ),
)

test.each(cases)(
  '$transport tells of $name as it goes up by $method',
  async ({ options, make, isKnown, method }) => {
    const told: UploadProgress[] = []
    // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
    const api = (await get(server.url, options)) as any
    const telling = withOptions(api, { onUpload: progress => void told.push(progress) })
    expect(await telling[method](await make())).toBe(size)
    const last = told.at(-1)
    expect(last?.sent).toBe(last?.total)
    expect(last?.sent).toBeGreaterThanOrEqual(size)
    if (method === 'put') expect(last?.sent).toBe(size)
    expect(last?.sent).toBeLessThan(size * 1.01)
    expect(told.length).toBeGreaterThan(10)
    expect(told.map(({ sent }) => sent)).toEqual(told.map(({ sent }) => sent).toSorted((a, b) => a - b))
    for (const { sent, total } of told.slice(0, -1)) {
      expect(total === undefined).toBe(!isKnown)
      // Known beforehand, but for how a stream is cut.
      if (total !== undefined) expect(Math.abs(total - (last?.sent ?? 0))).toBeLessThan(size / 100)
      expect(sent).toBeLessThanOrEqual(total ?? sent)
    }
  },
)

test('what is told may fail as it likes', async () => {
  const failing: NonNullable<Options['onUpload']>[] = [
    () => {
      throw new Error('not wanted')
    },
    () => Promise.reject(new Error('not wanted')),
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: that is what is tried.
      then: () => {
        throw new Error('not wanted')
      },
    }),
  ]
  for (const onUpload of failing) {
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const api = (await get(server.url, { onUpload })) as any
    expect(await api.measure(blob(new Uint8Array(size)))).toBe(size)
  }
})

test('of a repeated request it is told from the start', async () => {
  let fails = 1
  const through = local(router)
  const transport: Transport = Object.assign(async (request: Parameters<Transport>[0]) => {
    if (request.method !== 'POST' || fails-- <= 0) return through(request)
    for await (const _ of request.body as AsyncIterable<Uint8Array>) break
    const { refused } = {
      refused: await through({ ...request, url: `${server.url}absent/`, body: undefined }),
    }
    return {
      ...refused,
      status: 307,
      header: (name: string) => (name === 'location' ? request.url : undefined),
    }
  }, through.afterTurn && { afterTurn: through.afterTurn })
  const told: UploadProgress[] = []
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const api = (await get(server.url, { transport, onUpload: progress => void told.push(progress) })) as any
  expect(await api.long('x'.repeat(200_000))).toBe(200_000)
  expect(told.filter(({ sent, total }) => sent === total)).toHaveLength(1)
  expect(told.at(-1)?.sent).toBeGreaterThan(200_000)
})

test('calls of one turn tell of their one request, others of none', async () => {
  const told: UploadProgress[] = []
  const onUpload = (progress: UploadProgress) => void told.push(progress)
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const api = (await get(server.url)) as any
  const telling = withOptions(api, { onUpload })
  expect(await Promise.all([telling.hello('a'), telling.hello('b'), api.hello('c')])).toHaveLength(3)
  expect(told).toHaveLength(1)
  expect(told[0]?.sent).toBe(told[0]?.total)
})
