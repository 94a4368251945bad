// Bodies of multipart/form-data: files arrive as blobs, bodies that are malformed or hold too much are refused, and
// nothing is left of what was refused.

import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Blob } from '../../../../lib/values/blob.js'
import type { Fault } from '../../../../lib/values/fault.js'
import { args, Router, verb } from '../../../../server/index.js'
import { ask } from '../../peer.js'

const told = async (file: unknown) =>
  file instanceof Blob
    ? {
        name: file.filename ?? null,
        type: file.type,
        size: file.size,
        text: (await file.text()).slice(0, 20),
      }
    : file

const members = {
  upload: args({ file: Blob })((file: Blob) => told(file)),
  both: async (file: unknown, note = 'none') => [await told(file), note],
  photo: verb('PUT', { envelope: 'blob' })((file: Blob) => told(file)),
  many: async (files: unknown[] = []) => Promise.all(files.map(told)),
  several: async (files = new Set()) => (await Promise.all([...files].map(told))).length,
  custom: args({ files: z.array(z.custom<Blob>(file => file instanceof Blob)).min(1) })(
    files => files.length,
  ),
  'quoted "name"': args({ 'a "b"': z.string() })(value => value),
  maybe: (file: unknown = null) => told(file ?? 'no file'),
}

let directory: string
let router: Router
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hyperglyph-multipart-'))
  router = new Router(members, { temporaryDirectory: directory })
})
afterAll(() => rm(directory, { recursive: true }))

/** Sends fields, or a body as it is, in pieces of a length. */
async function send(
  path: string,
  body: FormData | string,
  { to = router, boundary = 'b', piece = 65_536 }: { to?: Router; boundary?: string; piece?: number } = {},
) {
  const request = typeof body === 'string' ? undefined : new Request('http://test/', { method: 'POST', body })
  const bytes =
    request === undefined ? Buffer.from(body as string, 'latin1') : Buffer.from(await request.arrayBuffer())
  let at = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + piece)))
      at += piece
    },
  })
  const type = request?.headers.get('content-type') ?? `multipart/form-data; boundary=${boundary}`
  const sending = new Request(`http://test${path}`, {
    method: 'POST',
    body: stream,
    headers: { 'content-type': type, accept: 'application/json' },
    duplex: 'half',
  } as RequestInit)
  const response = await to.fetch(sending)
  return { status: response.status, value: (await response.json()) as never }
}

function fields(given: Readonly<Record<string, string | globalThis.File>>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(given)) data.append(name, value)
  return data
}

const part = (headers: string, content: string) => `--b\r\n${headers}\r\n\r\n${content}\r\n`
const named = (name: string, more = '') => `Content-Disposition: form-data; name="${name}"${more}`

test.each([1, 7, 65_536])(
  'files arrive as blobs with name, type and size, cut anywhere (%i bytes)',
  async piece => {
    const file = new File(['hello'], 'räksmörgås "1".txt', { type: 'text/markdown' })
    const { value } = await send('/both/', fields({ note: 'grüße', file }), { piece })
    expect(value).toEqual([
      { name: 'räksmörgås "1".txt', type: 'text/markdown', size: 5, text: 'hello' },
      'grüße',
    ])
  },
)

test('a file above 2 MiB waits on disk, and is gone with the request', async () => {
  const file = new File(['x'.repeat(5_000_000)], 'long.bin')
  const { value } = await send('/upload/', fields({ file }))
  expect(value).toMatchObject({ name: 'long.bin', size: 5_000_000, type: 'application/octet-stream' })
  expect(readdirSync(directory)).toEqual([])
})

test('text where a file is taken is a blob of it', async () => {
  const { value } = await send('/upload/', fields({ file: 'hello' }))
  expect(value).toMatchObject({ type: 'text/plain; charset=utf-8', size: 5, text: 'hello' })
})

test.each([1, 2])('%i files of one name are a list or a set where one is taken', async count => {
  const data = new FormData()
  for (let at = 0; at < count; at++) data.append('files', new File(['x'], `${at}.txt`))
  expect((await send('/many/', data)).value).toMatchObject(
    Array.from({ length: count }, (_, at) => ({ name: `${at}.txt` })),
  )
  expect((await send('/several/', data)).value).toBe(count)
  expect((await send('/custom/', data)).value).toBe(count)
})

test('names are what they were before a browser escaped quotes and line ends in them', async () => {
  expect((await send('/quoted%20%22name%22/', fields({ 'a "b"': 'x' }))).value).toBe('x')
  const file = new File(['x'], 'a%22\nb.txt')
  const { value } = await send('/upload/', fields({ file }))
  expect(value).toMatchObject({ name: expect.stringMatching(/^a"\r?\nb\.txt$/) })
})

test('the field in which a browser says the encoding is no argument', async () => {
  const sent = (charset: string) => send('/upload/', fields({ _charset_: charset, file: 'x' }))
  expect((await sent('UTF-8')).status).toBe(200)
  expect((await sent('')).status).toBe(200)
  expect((await sent('windows-1252')).status).toBe(415)
})

test('a control for which no file was chosen is left out', async () => {
  const empty = `${part(`${named('file', '; filename=""')}\r\nContent-Type: application/octet-stream`, '')}--b--\r\n`
  expect((await send('/maybe/', empty)).value).toBe('no file')
  expect((await send('/upload/', empty)).status).toBe(422)
})

test('what takes a body as it is takes a file from a form that says its method', async () => {
  const data = fields({ Method: 'PUT', file: new File(['hello'], 'a.txt', { type: 'text/plain' }) })
  expect((await send('/photo/', data)).value).toMatchObject({ name: 'a.txt', text: 'hello' })
  expect((await send('/photo/', fields({ file: new File(['hello'], 'a.txt') }))).status).toBe(405)
})

test.each<[problem: string, body: string, message: RegExp]>([
  ['no end', part(named('file'), 'x'), /malformed multipart/],
  ['a part that is cut', `--b\r\n${named('file')}\r\n\r\nhel`, /malformed multipart/],
  ['no name', `${part('Content-Disposition: form-data', 'x')}--b--\r\n`, /without a name/],
])('a body with %s is refused', async (_, body, message) => {
  const { status, value } = await send('/upload/', body)
  const { attributes } = value as { attributes: Fault }
  expect([status, attributes.code]).toEqual([400, 'malformed'])
  expect(attributes.message).toMatch(message)
})

test('a body whose type names no boundary is refused', async () => {
  const answer = await ask(router, '/upload/', { body: 'x', type: 'multipart/form-data' })
  expect(answer.status).toBe(400)
})

const long = (count: number) => 'x'.repeat(count)
const filePart = (content: string) => part(`${named('file', '; filename="f"')}\r\nContent-Type: a/b`, content)

test.each<[limit: string, limits: object, body: string]>([
  ['fields', { fields: 2 }, part(named('a'), '').repeat(3)],
  ['blobs', { blobs: 2 }, filePart('').repeat(3)],
  ['blobBytes', { blobBytes: 10 }, filePart(long(11))],
  ['blobBytes', { blobBytes: 3_000_000 }, filePart(long(3_000_001))],
  ['stringBytes', { stringBytes: 10 }, part(named('a'), long(11))],
  ['messageBytes', { messageBytes: 50 }, part(named('a'), long(30)).repeat(2)],
  ['bodyBytes', { bodyBytes: 100 }, part(named('a'), long(200))],
])('a body beyond %s %o is 413, and nothing is left of it', async (limit, limits, body) => {
  const limited = new Router(members, { limits, temporaryDirectory: directory })
  const { status, value } = await send('/upload/', `${body}--b--\r\n`, { to: limited })
  expect([status, (value as { content: unknown }).content]).toMatchObject([413, { limit }])
  expect(readdirSync(directory)).toEqual([])
})

test('a sender that breaks off midway is told so, and nothing is left', async () => {
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(
        new TextEncoder().encode(`--b\r\n${named('file', '; filename="f"')}\r\n\r\n${long(3_000_000)}`),
      )
      setTimeout(() => controller.error(Object.assign(new Error('reset'), { code: 'ECONNRESET' })), 5)
    },
  })
  const request = new Request('http://test/upload/', {
    method: 'POST',
    body: broken,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    duplex: 'half',
  } as RequestInit)
  expect((await router.fetch(request)).status).toBe(400)
  expect(readdirSync(directory)).toEqual([])
})

test('any bytes are an answer, and no accident', async () => {
  const pieces = fc.array(
    fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      named('file'),
      named('file', '; filename="f"'),
      'x',
      '"',
      ': ',
      '\0',
      'Content-Type: ;',
    ),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 9 }), async (parts, piece) => {
      const { status } = await send('/maybe/', parts.join(''), { piece })
      expect([200, 400, 422]).toContain(status)
    }),
    { numRuns: 150 },
  )
})
