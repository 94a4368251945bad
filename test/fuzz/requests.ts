// Requests as bytes: `METHOD path`, headers, an empty line, a body. Those that fast-check makes are for what the
// application offers, with arguments, headers and bodies that are right or nearly so.

import './small.js'
import fc from 'fast-check'
import { cbor, json, text } from '../../lib/codecs.js'
import { Extension, Link } from '../../lib/values/nodes.js'
import { texts, values } from '../values.js'
import { fromLatin1, latin1 } from './target.js'

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** What bytes say, however damaged they are. */
export function parseRequest(bytes: Uint8Array): RawRequest {
  const all = fromLatin1(bytes)
  const end = all.indexOf('\n\n')
  const [line = '', ...lines] = (end < 0 ? all : all.slice(0, end)).split('\n')
  const [method = '', ...path] = line.split(' ')
  const headers = lines.map(one => {
    const colon = one.indexOf(':')
    return [one.slice(0, colon), one.slice(colon + 1).trim()] as const
  })
  return { method, path: path.join(' '), headers, body: end < 0 ? new Uint8Array(0) : bytes.slice(end + 2) }
}

export function writeRequest({ method, path, headers, body }: RawRequest): Uint8Array {
  const head = [`${method} ${path}`, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n')
  return latin1(`${head}\n\n${fromLatin1(body)}`)
}

const codecs = fc.constantFrom(text, cbor, json)

/** What is called with which method, and its arguments. */
type Offer = readonly [name: string, method: string, ...names: string[]]

const functions: readonly Offer[] = [
  ['hello', 'POST', 'name'],
  ['echo', 'POST', 'value'],
  ['echo', 'POST', 'value'],
  ['look', 'GET', 'value', 'other'],
  ['find_user', 'POST', 'name'],
  ['make', 'POST', 'name'],
  ['refuse', 'POST'],
  ['picture', 'GET'],
  ['count', 'POST', 'to'],
  ['nothing', 'POST'],
  ['User', 'POST', 'id', 'note'],
  ['Box', 'POST', 'name'],
  ['admin/reset', 'POST'],
  ['admin/deep/Account', 'POST', 'id', 'note'],
]

const methods: readonly Offer[] = [
  ['', 'GET'],
  ['bio', 'GET'],
  ['search', 'GET', 'query', 'most'],
  ['size', 'GET'],
  ['message', 'POST', 'subject', 'body'],
  ['friend', 'POST', 'called'],
  ['friends', 'POST'],
  ['likes', 'POST', 'other'],
  ['replace', 'PUT', 'content'],
  ['remove', 'DELETE'],
  ['items', 'POST'],
  ['then', 'POST'],
  ...[
    'erase',
    'inherited',
    '_internal',
    '_private',
    'password',
    'constructor',
    '__proto__',
    'toString',
    'context',
  ].map(name => [name, 'POST'] as const),
]

const wrongNames = fc.constantFrom('name', 'value', 'id', '__proto__', 'constructor', 'then', '')

const headers = fc.constantFrom<readonly [string, string]>(
  ['accept', '*/*'],
  ['accept', 'text/html'],
  ['accept', 'application/json;q=0.5, application/vnd.hyperglyph+cbor;q=x'],
  ['accept', 'nothing/here'],
  ...[text, cbor, json].map(({ type }) => ['accept', type] as const),
  ['accept-encoding', 'gzip'],
  ['content-encoding', 'gzip'],
  ['method', 'PUT'],
  ['method', 'GET'],
  ['if-none-match', '*'],
  ['if-none-match', 'W/"x", "y"'],
  ['if-match', '"x"'],
  ['if-modified-since', 'Sat, 21 Nov 2026 00:00:00 GMT'],
  ['range', 'bytes=0-1'],
  ['range', 'bytes=-1,5-'],
  ['content-length', '5'],
  ['content-length', '0'],
  ['content-length', '99999999999'],
  ['origin', 'http://evil.example'],
  ['host', 'evil.example'],
  ['sec-fetch-site', 'cross-site'],
  ['x-forwarded-host', 'evil.example'],
)

interface Call {
  readonly path: string
  readonly method: string
  readonly args: Readonly<Record<string, unknown>>
}

const requestWith = (body: Uint8Array, type: string, { method, path }: Call): RawRequest => ({
  method,
  path,
  headers: [['content-type', type]],
  body,
})

const form = 'application/x-www-form-urlencoded'
const fieldsOf = ({ args }: Call) =>
  new URLSearchParams(Object.entries(args).map(([key, value]) => [key, String(value ?? '')])).toString()

/** Every byte but letters and digits as an escape. */
const escaped = (bytes: Uint8Array) =>
  fromLatin1(bytes).replace(/[^\w]/g, one => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)

const getWith = (query: string, { path }: Call): RawRequest => ({
  method: 'GET',
  path: query === '' ? path : `${path}?${query}`,
  headers: [],
  body: new Uint8Array(0),
})

function multipart(call: Call): RawRequest {
  const parts = Object.entries(call.args).map(
    ([key, value]) =>
      `--b\r\ncontent-disposition: form-data; name="${key}"\r\n\r\n${String(value ?? '')}\r\n`,
  )
  const body = new Uint8Array(Buffer.from(`${parts.join('')}--b--\r\n`))
  return requestWith(body, 'multipart/form-data; boundary=b', call)
}

/** Calls of what is offered at the paths of objects, most with the arguments that they take. */
function callsOf(objects: readonly string[]): { calls: fc.Arbitrary<Call>; argument: fc.Arbitrary<unknown> } {
  const object = fc.constantFrom(...objects)
  const argument = fc.oneof(
    { arbitrary: fc.constantFrom('bob', 'a', 1, 3), weight: 2 },
    { arbitrary: values, weight: 3 },
    { arbitrary: object.map(path => new Link({ url: path })), weight: 1 },
    {
      arbitrary: fc.constantFrom(new Link({ url: 'http://evil.example/' }), new Link({ url: '../User/' })),
      weight: 1,
    },
  )
  const offers = fc.oneof(
    { arbitrary: fc.constantFrom(...functions).map(offer => [`/${offer[0]}/`, offer] as const), weight: 5 },
    {
      arbitrary: fc
        .tuple(object, fc.constantFrom(...methods))
        .map(([path, offer]) => [path + offer[0], offer] as const),
      weight: 5,
    },
    fc
      .oneof(
        fc.constantFrom('/', '/admin/', '/admin/deep/'),
        texts.map(name => `/${encodeURIComponent(name)}/x`),
      )
      .map(path => [path, ['', 'GET'] as Offer] as const),
  )
  const more = fc.array(fc.tuple(wrongNames, argument), { maxLength: 1 })
  const calls = fc
    .tuple(offers, fc.array(argument, { minLength: 2, maxLength: 2 }), fc.nat(9), more)
    .map(([[path, [, method, ...names]], given, wrong, others]) => {
      const entries = names.map((name, index) => [name, given[index]] as [string, unknown])
      return { path, method, args: Object.fromEntries(wrong === 0 ? [...entries, ...others] : entries) }
    })
  return { calls, argument }
}

type Step = (earlier: number) => unknown

/** Batches whose steps refer to earlier ones, most of them as is right. */
function batchesOf(calls: fc.Arbitrary<Call>, argument: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const reference = (step: number, up?: number) =>
    new Extension('result', up === undefined ? { step } : { step, up })
  const first = calls.map(
    ({ path, args }): Step =>
      () => [`.${path}`, args],
  )
  const given = fc.tuple(argument, fc.nat(5), fc.nat(3)).map(([value, which, step]) => (earlier: number) => {
    if (which > 2) return value
    return reference(step % Math.max(1, earlier), which === 0 ? step % 2 : undefined)
  })
  const member = fc
    .tuple(fc.nat(9), fc.constantFrom(...methods), fc.array(given, { maxLength: 2 }), fc.nat(5))
    .map(
      ([of, [name, , ...names], args, how]): Step =>
        earlier => {
          const values = args.slice(0, names.length).map(one => one(earlier))
          const target = of % Math.max(1, earlier)
          if (how === 0) return [target, name]
          if (how > 1) return [target, name, values]
          return [target, name, Object.fromEntries(values.map((value, index) => [names[index], value]))]
        },
    )
  const bodies = fc.array(fc.oneof(member, first), { maxLength: 3 })
  const map = fc.tuple(fc.nat(9), bodies, given).map(
    ([of, body, result]): Step =>
      earlier => [
        of % Math.max(1, earlier),
        body.map((step, index) => step(index + 1)),
        result(body.length + 1),
      ],
  )
  const later = fc.array(
    fc.oneof(
      { arbitrary: first, weight: 1 },
      { arbitrary: member, weight: 4 },
      { arbitrary: map, weight: 2 },
    ),
    {
      maxLength: 4,
    },
  )
  return fc.tuple(first, later, fc.array(fc.nat(3), { maxLength: 1 })).map(([begin, rest, brief]) => {
    const steps = [begin, ...rest].map((step, index) => step(index))
    return { steps, brief: brief.filter(step => step < steps.length) }
  })
}

/** Requests for an application whose objects have these paths. */
export function requests(objects: readonly string[], seed: number): Uint8Array[] {
  const { calls, argument } = callsOf(objects)
  const batches = fc
    .tuple(codecs, batchesOf(calls, argument))
    .map(([codec, batch]) =>
      requestWith(codec.encode(batch), codec.type, { method: 'POST', path: '/_pipeline', args: {} }),
    )
  const coded = fc.tuple(calls, codecs).map(([call, codec]) => {
    if (call.method !== 'GET') return requestWith(codec.encode(call.args), codec.type, call)
    return getWith(Object.keys(call.args).length === 0 ? '' : escaped(text.encode(call.args)), call)
  })
  const request = fc
    .tuple(
      fc.oneof<fc.MaybeWeightedArbitrary<RawRequest>[]>(
        { arbitrary: coded, weight: 8 },
        { arbitrary: batches, weight: 8 },
        { arbitrary: calls.map(call => requestWith(latin1(fieldsOf(call)), form, call)), weight: 2 },
        { arbitrary: calls.map(call => getWith(fieldsOf(call), call)), weight: 2 },
        { arbitrary: calls.map(multipart), weight: 1 },
        {
          arbitrary: calls.map(({ path, method }) => ({
            path,
            method,
            headers: [],
            body: new Uint8Array(0),
          })),
          weight: 1,
        },
      ),
      fc.oneof(
        { arbitrary: fc.constant([]), weight: 3 },
        { arbitrary: fc.array(headers, { maxLength: 2 }), weight: 2 },
      ),
    )
    .map(([made, more]) => ({ ...made, headers: [...made.headers, ...more] }))
  return fc.sample(request, { seed, numRuns: 64 }).map(writeRequest)
}
