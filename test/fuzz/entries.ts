// Where bytes from outside come in: each entry takes the text or bytes of one request, message or header, and does
// with them what a server or client does before anything is allowed. What it says to them is tried elsewhere.

import { z } from 'zod'
import { retryAfterOf } from '../../client/exchange/retry.js'
import { CookieJar } from '../../client/transport/cookies.js'
import { freshnessOf } from '../../client/transport/freshness.js'
import { cbor, json, text } from '../../lib/codecs.js'
import { parseHttpDate } from '../../lib/http-date.js'
import type { Codec } from '../../lib/message/codec.js'
import { Duration } from '../../lib/values/duration.js'
import { traceOf } from '../../server/core/context/trace.js'
import { conditionOf, rangeApplies } from '../../server/core/responses/conditions.js'
import { rangeOf } from '../../server/features/files/ranges.js'
import { allow, args, type Blob, Resource, Router, safe, verb } from '../../server/index.js'
import { hopsOf, proxyHeaders } from '../../server/node/domain/forwarded.js'
import { fromLatin1 } from './target.js'

export type Entry = (input: Uint8Array) => unknown

class Note extends Resource {
  readonly title: string

  constructor(title: string) {
    super()
    this.title = title
  }

  text(times = 1): string {
    return this.title.repeat(times)
  }
}

const take = (value: unknown) => typeof value

/** With a rule, so that arguments are looked through; no secret, so that state can be written by anybody. */
const router = new Router(
  {
    Note,
    look: safe((value = '') => value.length),
    take,
    store: verb('PUT', { envelope: 'blob' })((file: Blob) => typeof file),
    forbidden: allow('nobody')(take),
    number: (value = 1) => value,
    bigint: (value = 1n) => value,
    truth: (value = true) => value,
    list: (value = []) => value,
    dict: (value = { a: 1 }) => value,
    tags: (value = new Set()) => value.size,
    table: (value = new Map()) => value.size,
    when: (value = new Date(0)) => value,
    pause: (value = new Duration({ hours: 1 })) => value,
    bytes: (value = new Uint8Array()) => value.length,
    note: (value = new Note('a')) => typeof value,
    any: args({ value: z.union([z.number(), z.array(z.number())]) })(take),
    day: args({ value: z.iso.datetime() })(take),
  },
  {
    pipeline: true,
    limits: {
      urlLength: Number.POSITIVE_INFINITY,
      fields: Number.POSITIVE_INFINITY,
      blobs: Number.POSITIVE_INFINITY,
    },
  },
)

interface Sent {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

async function send({ path = '/take/', method = 'POST', headers = {}, body }: Sent): Promise<void> {
  let request: Request
  try {
    request = new Request(`http://test${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as BodyInit }),
    })
  } catch {
    // What no parser of requests lets through.
    return
  }
  const answer = await router.fetch(request)
  await answer.arrayBuffer()
}

const decode = (codec: Codec) => (input: Uint8Array) => {
  try {
    codec.decode(input, { baseUrl: 'http://test/' })
  } catch {
    // Which error it is, is tried by the targets of the codecs.
  }
}

const arriving = (codec: Codec) => async (input: Uint8Array) => {
  async function* pieces() {
    for (let start = 0; start < input.length; start += 100) yield input.subarray(start, start + 100)
  }
  try {
    const value = await codec.decodeStream(pieces(), {
      sink: () => ({ write: () => undefined, end: () => new Uint8Array() }),
    })
    if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value)
      for await (const item of value as AsyncIterable<unknown>) void item
  } catch {
    // As above.
  }
}

const body =
  (type: string, path = '/take/') =>
  (input: Uint8Array) =>
    send({ path, body: input, headers: { 'content-type': type } })

const field = (name: string) => (input: Uint8Array) =>
  send({
    path: `/${name}/`,
    body: new URLSearchParams({ value: fromLatin1(input) }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })

const header =
  (name: string, sent: Sent = { path: '/look/', method: 'GET' }) =>
  (input: Uint8Array) =>
    send({ ...sent, headers: { ...sent.headers, [name]: fromLatin1(input) } })

/** What a client reads of an answer. */
const answered = (name: string) => (input: Uint8Array) => {
  const value = fromLatin1(input)
  const read = (asked: string) => (asked === name ? value : undefined)
  freshnessOf(read, Date.now())
  retryAfterOf(read('retry-after'))
}

async function setCookies(input: Uint8Array): Promise<void> {
  const lines = fromLatin1(input).split('\n')
  const response = { status: 200, header: () => undefined, cookies: lines, setCookie: lines } as never
  const transport = new CookieJar().over(async () => response)
  await transport({ url: 'http://test/', method: 'GET', headers: {} } as never).catch(() => undefined)
}

const validators = { tag: '"a"', modified: 0 }
const conditional = (input: Uint8Array) => {
  const value = fromLatin1(input)
  parseHttpDate(value)
  rangeOf(value, 1000)
  rangeApplies(value, validators)
  for (const name of ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'])
    conditionOf(headersOf(name, value), validators)
}

function headersOf(name: string, value: string): Headers {
  const headers = new Headers()
  try {
    headers.set(name, value)
  } catch {
    // No header can hold it.
  }
  return headers
}

const fields = [
  'number',
  'bigint',
  'truth',
  'list',
  'dict',
  'tags',
  'table',
  'when',
  'pause',
  'bytes',
  'note',
  'any',
  'day',
]
const headers = ['accept', 'cookie', 'origin', 'authorization', 'if-none-match', 'range', 'accept-language']

const named = (names: readonly string[], entry: (name: string) => Entry, prefix: string) =>
  Object.fromEntries(names.map(name => [`${prefix} ${name}`, entry(name)]))

export const entries: Record<string, Entry> = {
  text: decode(text),
  cbor: decode(cbor),
  json: decode(json),
  'text arriving': arriving(text),
  'cbor arriving': arriving(cbor),
  'json arriving': arriving(json),
  'body text': body(text.type),
  'body cbor': body(cbor.type),
  'body json': body('application/json'),
  pipeline: body('application/json', '/_pipeline'),
  form: body('application/x-www-form-urlencoded'),
  multipart: body('multipart/form-data; boundary=b'),
  'multipart type': input =>
    send({ body: '--b--', headers: { 'content-type': `multipart/form-data; ${fromLatin1(input)}` } }),
  query: input => send({ path: `/look/?${fromLatin1(input)}`, method: 'GET' }),
  path: input => send({ path: `/${fromLatin1(input)}`, method: 'GET' }),
  'path for people': input =>
    send({ path: `/${fromLatin1(input)}`, method: 'GET', headers: { accept: 'text/html' } }),
  'header content-type': header('content-type', { body: 'x' }),
  'header method': header('method', { body: 'x' }),
  ...named(fields, field, 'field'),
  ...named(headers, name => header(name), 'header'),
  ...named(
    proxyHeaders,
    name => input => hopsOf({ [name]: fromLatin1(input) }, name as 'forwarded'),
    'header',
  ),
  'header traceparent': input => traceOf(fromLatin1(input), fromLatin1(input)),
  conditions: conditional,
  ...named(['cache-control', 'retry-after', 'expires', 'vary'], answered, 'answer'),
  'answer set-cookie': setCookies,
}
