// What goes into headers from outside, over a real socket: nothing there ends a line or a header, no answer is taken
// for another type than it says, and no file of somebody's acts as the site.

import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { cbor } from '../../lib/codecs.js'
import { Blob, blob } from '../../lib/values/blob.js'
import { Fault } from '../../lib/values/fault.js'
import { Link } from '../../lib/values/nodes.js'
import { segmentOf } from '../../server/core/urls/paths.js'
import { created, Router, redirect, type Server, safe, serve } from '../../server/index.js'
import { logbook } from '../server/peer.js'

const { log, lines } = logbook()
const attack = '\r\nSet-Cookie: a=b\r\n\r\n<script>'

class Thing {
  constructor(readonly id = 'x') {}
}

const file = safe((type: string, filename = '') => blob('content', type, filename === '' ? {} : { filename }))
const router = new Router(
  {
    Thing,
    file,
    streamed: safe((type: string) => blob(new globalThis.Blob(['content']).stream(), type)),
    back: (upload: unknown) => upload,
    go: redirect((url: string) => new Link({ url })),
    make: (url: string) => created(new Link({ url })),
    fail: (text: string) => {
      throw new Fault(text, { code: text, logref: text })
    },
    [`name${attack}`]: () => 'odd',
    hello: safe((word = '') => word),
    nothing: () => undefined,
    crash: () => {
      throw new Error(attack)
    },
  },
  { log },
)

let server: Server
beforeAll(async () => {
  server = await serve(router, { port: 0 })
})
afterAll(() => server.close(0))
beforeEach(() => {
  lines.length = 0
})

/** The first line, the headers and the body, as bytes came. */
async function exchange(
  start: string,
  body = '',
): Promise<{ status: number; headers: string[]; body: string }> {
  const socket = connect(server.port, '127.0.0.1')
  const head = `${start}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.write(`${head}\r\n\r\n${body}`)
  let answer = ''
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk
  const end = answer.indexOf('\r\n\r\n')
  const [line = '', ...headers] = answer.slice(0, end).split('\r\n')
  return { status: Number(line.split(' ')[1]), headers, body: answer.slice(end + 4) }
}

const form = (fields: Record<string, string>) => String(new URLSearchParams(fields))
const read = (name: string, fields: Record<string, string>) =>
  exchange(`GET /${name}/?${form(fields)} HTTP/1.1`)
const call = (name: string, fields: Record<string, string> = {}) =>
  exchange(`POST /${name}/ HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded`, form(fields))
const header = (headers: readonly string[], name: string) =>
  headers.find(line => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2)

const types: readonly (readonly [given: string, sent: string])[] = [
  ['text/plain', 'text/plain'],
  ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
  ['image/svg+xml', 'image/svg+xml'],
  [`text/html${attack}`, 'application/octet-stream'],
  ['text/html\n', 'application/octet-stream'],
  ['text/plain\0', 'application/octet-stream'],
  ['text/plain; name="日本"', 'application/octet-stream'],
  ['text/plain, text/html', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
  [' text/html', 'application/octet-stream'],
  ['text/html;\r\n x=y', 'application/octet-stream'],
]

test.each(types)('a file of type %j has the header %j', async (type, sent) => {
  for (const name of ['file', 'streamed']) {
    const { status, headers, body } = await read(name, { type })
    expect([status, header(headers, 'content-type')]).toEqual([200, sent])
    expect(headers.filter(line => /^set-cookie/i.test(line))).toEqual([])
    expect(body).toContain('content')
  }
  expect(lines).toEqual([])
})

const filenames: readonly (readonly [given: string, sent: string])[] = [
  ['a.txt', 'inline; filename="a.txt"'],
  ['a"b\\c.txt', `inline; filename="a_b_c.txt"; filename*=UTF-8''a%22b%5Cc.txt`],
  [
    'a\r\nSet-Cookie: a=b',
    `inline; filename="a__Set-Cookie: a=b"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20a%3Db`,
  ],
  ['日.txt', `inline; filename="_.txt"; filename*=UTF-8''%E6%97%A5.txt`],
  ["it's (1)*.txt", 'inline; filename="it\'s (1)*.txt"'],
  // Of those that encodeURIComponent leaves, RFC 8187 has no apostrophe, parenthesis or asterisk.
  ["日'(*)!.txt", `inline; filename="_'(*)!.txt"; filename*=UTF-8''%E6%97%A5%27%28%2A%29!.txt`],
  ['50%.txt', `inline; filename="50_.txt"; filename*=UTF-8''50%25.txt`],
]

test.each(filenames)('a file called %j is %s', async (filename, sent) => {
  const { status, headers } = await read('file', { type: 'text/plain', filename })
  expect([status, header(headers, 'content-disposition')]).toEqual([200, sent])
  expect(headers.filter(line => /^set-cookie/i.test(line))).toEqual([])
})

test('a name with half a character in it is sent without', async () => {
  const half = blob('x', 'text/plain', { filename: 'a\ud800' })
  const router_ = new Router({ half: safe(() => half) })
  const { headers } = await router_.fetch(new Request('http://test/half/'))
  expect(headers.get('content-disposition')).toBe(`inline; filename="a_"; filename*=UTF-8''a%EF%BF%BD`)
})

const sandbox = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
const contained: readonly (readonly [
  type: string,
  policy: string | undefined,
  disposition: string | undefined,
])[] = [
  ['text/html', sandbox, undefined],
  ['image/svg+xml', sandbox, undefined],
  ['application/xml', sandbox, undefined],
  ['application/xhtml+xml', sandbox, undefined],
  ['application/javascript', sandbox, undefined],
  ['image/png', sandbox, undefined],
  ['application/octet-stream', sandbox, undefined],
  ['multipart/x-mixed-replace; boundary=x', sandbox, 'attachment'],
  ['application/pdf', undefined, undefined],
  ['application/pdf; version=1', undefined, undefined],
  ['application/pdf;, text/html', sandbox, undefined],
  ['application/pdfx', sandbox, undefined],
]

test.each(contained)('a file of type %s is shown with the policy %s', async (type, policy, disposition) => {
  const { headers } = await read('file', { type })
  expect(header(headers, 'content-security-policy')).toBe(policy)
  expect(header(headers, 'content-disposition')).toBe(disposition)
})

test('a file that was uploaded as HTML comes back to a browser in a sandbox', async () => {
  const page = new Blob('<script>alert(1)</script>', { 'content-type': 'text/html', filename: 'x.html' })
  const chunks: Uint8Array[] = []
  for await (const chunk of cbor.encodeStream({ upload: page })) chunks.push(chunk)
  const { headers } = await fetch(`${server.url}back/`, {
    method: 'POST',
    headers: { 'content-type': cbor.type, accept: 'text/html' },
    body: Buffer.concat(chunks),
  }).then(async answer => ({ headers: answer.headers, text: await answer.text() }))
  expect(headers.get('content-type')).toBe('text/html')
  expect(headers.get('content-security-policy')).toBe(sandbox)
  expect(headers.get('content-disposition')).toBe('inline; filename="x.html"')
})

const locations: readonly (readonly [given: string, sent: string])[] = [
  ['http://a.example/x', 'http://a.example/x'],
  [`http://a.example/${attack}`, 'http://a.example/%0D%0ASet-Cookie:%20a=b%0D%0A%0D%0A<script>'],
  ['http://a.example/日', 'http://a.example/%E6%97%A5'],
  ['http://a.example/\0', 'http://a.example/%00'],
]

test.each(locations)('a redirect to %j goes to %s', async (url, sent) => {
  const expected: Record<string, number> = { go: 303, make: 201 }
  for (const name of ['go', 'make']) {
    const { status, headers, body } = await call(name, { url })
    expect([status, header(headers, 'location')]).toEqual([expected[name], sent])
    expect(headers.filter(line => /^set-cookie/i.test(line))).toEqual([])
    expect(body.includes('Set-Cookie: a=b\r\n')).toBe(false)
  }
})

test('what a Fault says is in the body alone', async () => {
  const { status, headers, body } = await call('fail', { text: attack })
  expect(status).toBe(400)
  expect(headers.join('\n')).not.toMatch(/script|cookie/i)
  expect(body).toContain('<script>')
  expect(header(headers, 'content-type')).toBe('application/json')
})

test('a name is escaped wherever it stands', async () => {
  const path = segmentOf(`name${attack}`)
  expect(await call(path)).toMatchObject({ status: 200, body: '"odd"' })
  const { headers, body } = await exchange('GET / HTTP/1.1\r\nAccept: application/json')
  expect(headers.join('\n')).not.toMatch(/cookie/i)
  expect(body).toContain(path)
})

const answers: readonly (readonly [what: string, status: number, ask: () => ReturnType<typeof exchange>])[] =
  [
    ['a page', 200, () => exchange('GET / HTTP/1.1')],
    ['a result', 200, () => read('hello', { word: 'x' })],
    ['a file', 200, () => read('file', { type: 'text/html' })],
    ['nothing', 204, () => call('nothing')],
    ['a redirect', 303, () => call('Thing')],
    ['a refusal', 405, () => exchange('GET /nothing/ HTTP/1.1')],
    ['not found', 404, () => exchange('GET /missing/ HTTP/1.1')],
    ['an accident', 500, () => call('crash')],
  ]

test.each(answers)('%s (%i) says that its type is meant', async (_what, status, ask) => {
  const answer = await ask()
  expect(answer.status).toBe(status)
  expect(header(answer.headers, 'x-content-type-options')).toBe('nosniff')
  expect(header(answer.headers, 'referrer-policy')).toBe('no-referrer')
})

const strangers: readonly (readonly [what: string, head: string, status: number])[] = [
  ['another name', 'GET / HTTP/1.1\r\nHost: evil.example\r\n', 421],
  ['another name, to a browser', 'GET / HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\n', 421],
  ['no request', 'what\r\n', 400],
  ['no host', 'GET / HTTP/1.1\r\n', 400],
  ['a head that is too long', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n`, 431],
  ['another network', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n', 403],
  ['a part of the factory', 'GET /factory/static/ HTTP/1.1\r\nHost: localhost\r\n', 404],
  ['a document of the factory', 'GET /factory/openapi.json HTTP/1.1\r\nHost: localhost\r\n', 200],
  ['a method that is none', 'TRACE / HTTP/1.1\r\nHost: localhost\r\n', 405],
]

test.each(strangers)(
  'what is answered without a router says that its type is meant: %s',
  async (_, head, status) => {
    const own = await serve(router, { port: 0, domain: ['loopback'], proxies: ['loopback'] })
    const socket = connect(own.port, '127.0.0.1')
    socket.write(`${head}Connection: close\r\n\r\n`)
    let answer = ''
    for await (const chunk of socket.setEncoding('latin1')) answer += chunk
    await own.close(0)
    expect(Number(answer.slice(9, 12))).toBe(status)
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im)
    expect(answer).toMatch(/^referrer-policy: \S+\r$/im)
  },
)

test('a request that is shed says that its type is meant', async () => {
  const full = await serve(router, { port: 0, limits: { requests: 0 } })
  const { status, headers } = await fetch(full.url)
  await full.close(0)
  expect(status).toBe(503)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-type')).toBe('application/json')
})

test.each([
  [
    'throws',
    () => {
      throw new Error(attack)
    },
  ],
  ['rejects', () => Promise.reject(new Error(attack))],
])(
  'an application around the router that %s says that the type of its answer is meant',
  async (_, fetch_) => {
    const reported: unknown[] = []
    const own = await serve({ fetch: fetch_ }, { port: 0, on: { error: told => void reported.push(told) } })
    const errors = vi.spyOn(console, 'error').mockReturnValue(undefined)
    const answer = await fetch(own.url, { headers: { accept: 'application/json' } })
    await own.close(0)
    expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([500, 'nosniff'])
    expect(await answer.text()).not.toContain('script')
    expect([reported.length, errors.mock.calls.length]).toEqual([1, 1])
    errors.mockRestore()
  },
)
