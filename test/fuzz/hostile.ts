// Answers as bytes: a status, headers, an empty line, a body, and between two answers a line of its own. Those that
// fast-check makes are what a server might say, or nearly.

import './small.js'
import fc from 'fast-check'
import { cbor, json, text } from '../../lib/codecs.js'
import { Fault } from '../../lib/values/fault.js'
import { Extension, Form, Input, Link, Page } from '../../lib/values/nodes.js'
import { Items } from '../../lib/values/stream.js'
import { texts, values, valuesWithBlobs } from '../values.js'
import { fromLatin1, latin1 } from './target.js'

export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
}

const between = '\n--next--\n'

export function parseAnswers(bytes: Uint8Array): readonly RawAnswer[] {
  return fromLatin1(bytes)
    .split(between)
    .map(one => {
      const end = one.indexOf('\n\n')
      const [line = '', ...lines] = (end < 0 ? one : one.slice(0, end)).split('\n')
      const headers = lines.map(header => {
        const colon = header.indexOf(':')
        return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()] as const
      })
      const status = Number.parseInt(line, 10)
      // A transport gives none but these: Node's parser and the platform's refuse the others.
      const known = status >= 200 && status <= 599 ? status : 200
      return { status: known, headers: new Map(headers), body: latin1(end < 0 ? '' : one.slice(end + 2)) }
    })
}

export const writeAnswers = (answers: readonly RawAnswer[]): Uint8Array =>
  latin1(
    answers
      .map(({ status, headers, body }) => {
        const lines = Array.from(headers, ([name, value]) => `${name}: ${value}`)
        return `${[status, ...lines].join('\n')}\n\n${fromLatin1(body)}`
      })
      .join(between),
  )

export const urls = [
  '',
  'a',
  '../b/',
  '/c',
  '?d',
  '#e',
  '//evil.example/',
  'http://evil.example/',
  'https://fuzz.example/',
].concat(
  [
    'http://127.0.0.1/',
    'http://[::1]/',
    'file:///etc/passwd',
    'javascript:1',
    'data:,x',
    'http://',
    'http://a:b@fuzz.example/',
  ],
  ['http://fuzz.example.evil.example/', 'http://fuzz.example:81/', '%', '\\\\evil.example', './_pipeline'],
)
const url = fc.constantFrom(...urls)
const names = fc.oneof(
  fc.constantFrom(
    'next',
    'then',
    'constructor',
    '__proto__',
    'toJSON',
    'data',
    'call',
    'items',
    'prototype',
    'name',
  ),
  texts,
)

const input = fc
  .record({ name: fc.oneof(names, values), value: values, type: texts }, { requiredKeys: ['name'] })
  .map(given => new Input(given))
const attributes = fc.record(
  {
    url: fc.oneof({ arbitrary: url, weight: 5 }, { arbitrary: values, weight: 1 }),
    method: fc.oneof(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'get', 'TRACE', '\r\n'),
      values,
    ),
    envelope: fc.constantFrom('form', 'query', 'blob', 'none', 'x'),
    headers: fc.oneof(
      fc.constantFrom({ accept: 'x' }, { 'If-Match': 'x\r\ny: z' }, { authorization: 'x' }),
      values,
    ),
    inline: fc.boolean(),
    'max-age': fc.oneof(fc.integer(), values),
    stream: fc.oneof(fc.boolean(), values),
  },
  { requiredKeys: ['url'] },
)
const links = fc.tuple(attributes, values).map(([given, content]) => new Link(given, content))
const forms = fc
  .tuple(attributes, fc.oneof(fc.array(input, { maxLength: 3 }), values))
  .map(([given, inputs]) => new Form({ ...given, values: inputs }))
const faults = fc
  .tuple(texts, values)
  .map(([message, details]) => new Extension('error', { message, code: message }, details))

const contents = fc.letrec(tie => {
  const inner = fc.oneof(
    { arbitrary: links, weight: 4 },
    { arbitrary: forms, weight: 4 },
    { arbitrary: values, weight: 2 },
    { arbitrary: tie('page'), weight: 1 },
  )
  const entries = fc.array(fc.tuple(names, inner), { maxLength: 5 }).map(Object.fromEntries)
  return {
    page: fc
      .tuple(
        url,
        fc.oneof({ arbitrary: url, weight: 3 }, { arbitrary: values, weight: 1 }),
        entries,
        texts,
        fc.nat(3),
      )
      .map(
        ([own, pipeline, content, name, which]) =>
          new Page(which === 0 ? { url: own } : { url: own, pipeline, name }, content),
      ),
  }
}).page

/** What a pipeline may answer: `[step, status, value]`, and the number of steps. */
const answers = fc
  .array(
    fc.tuple(
      fc.oneof(fc.nat(3), values),
      fc.oneof(fc.constantFrom(200, 303, 307, 400, 424, 500), values),
      fc.oneof(values, contents, links, faults, fc.array(values, { maxLength: 3 })),
    ),
    { maxLength: 4 },
  )
  .map(items => new Items([...items, items.length]))

const body = fc.oneof(
  { arbitrary: contents, weight: 6 },
  { arbitrary: answers, weight: 3 },
  { arbitrary: valuesWithBlobs, weight: 2 },
  { arbitrary: fc.oneof(links, forms, faults), weight: 2 },
  { arbitrary: fc.constant(new Fault('no', { status: 409 })), weight: 1 },
)

const statuses = fc.oneof(
  { arbitrary: fc.constant(200), weight: 6 },
  { arbitrary: fc.constantFrom(201, 204, 206, 301, 302, 303, 304, 307, 308), weight: 2 },
  { arbitrary: fc.constantFrom(400, 401, 404, 405, 409, 413, 421, 500, 501, 502), weight: 1 },
)
const more = fc.constantFrom<readonly [string, string]>(
  ['content-length', '3'],
  ['content-length', 'x'],
  ['content-length', '99999999999'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/vnd.hyperglyph; charset=x'],
  ['cache-control', 'max-age=60'],
  ['cache-control', 'public, s-maxage="x", ,='],
  ['age', '-1'],
  ['date', 'yesterday'],
  ['etag', '"x"'],
  ['vary', '*'],
  ['vary', 'accept, x'],
  ['retry-after', '0'],
  ['content-encoding', 'gzip'],
)

const codecs = fc.constantFrom(text, cbor, json)
const answer = fc
  .tuple(statuses, codecs, body, fc.array(more, { maxLength: 2 }), url)
  .map(([status, codec, value, headers, location]): RawAnswer => {
    const all = new Map([['content-type', codec.type], ...headers])
    if (status === 201 || (status > 300 && status < 309)) all.set('location', location)
    return { status, headers: all, body: encoded(codec, value) }
  })

/** What has blobs in the items of a stream is not encoded at once: it is left out. */
function encoded(codec: typeof text, value: unknown): Uint8Array {
  try {
    return codec.encode(value)
  } catch {
    return new Uint8Array(0)
  }
}

const first = fc.tuple(codecs, contents).map(
  ([codec, page]): RawAnswer => ({
    status: 200,
    headers: new Map([['content-type', codec.type]]),
    body: encoded(codec, page),
  }),
)

/** Conversations: mostly a page, and what is said to the calls of what it offers. */
export const hostileAnswers = (seed: number): Uint8Array[] =>
  fc
    .sample(fc.tuple(fc.oneof(first, first, answer), fc.array(answer, { maxLength: 4 })), {
      seed,
      numRuns: 64,
    })
    .map(([begin, rest]) => writeAnswers([begin, ...rest]))
