// Options are what they should be, or a TypeError when they are given: before anything is sent, and not passed over.

import { beforeEach, expect, test } from 'vitest'
import {
  CookieJar,
  get,
  type HeadersGiven,
  MemoryCache,
  named,
  type Options,
  withOptions,
} from '../../../client/index.js'
import { cbor } from '../../../lib/codecs.js'
import { Page } from '../../../lib/values/nodes.js'

const url = 'http://a.example/'
let sent: Record<string, string>[] = []
beforeEach(() => {
  sent = []
})
const transport: Options['transport'] = async request => {
  sent.push({ ...request.headers })
  return {
    status: 200,
    header: name => (name === 'content-type' ? cbor.type : undefined),
    body: (async function* () {
      yield cbor.encode(new Page({ url: '' }, { x: 1 }))
    })(),
  }
}

const wrong: Readonly<Record<Exclude<keyof Options, 'transport'> | 'transport', readonly unknown[]>> = {
  headers: [
    'x',
    5,
    null,
    true,
    () => ({}),
    { a: 5 },
    { a: undefined },
    { a: null },
    { 'a b': 'c' },
    { a: 'b\nc' },
    { a: '\u20ac' },
    { '': 'x' },
    ['a'],
    [['a']],
    [['a', 'b', 'c']],
    [['a', 1]],
    new Map([['a', 1]]),
    new Set(['ab']),
  ],
  signal: [5, null, {}, new AbortController(), 'x', true],
  timeout: [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, '3', null, true, 10n, {}],
  retries: [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, '3', null, true, 3n, {}],
  limits: [
    5,
    'x',
    null,
    true,
    { redirects: Number.NaN },
    { redirects: -1 },
    { redirects: '3' },
    { redirect: 1 },
  ],
  onUpload: [5, null, {}, 'x', true],
  onUnobserved: [5, null, {}, 'x', true],
  transport: [5, null, {}, 'x', true],
  cache: ['yes', 5, null, {}, new CookieJar(), new Map(), () => true],
  cookies: ['yes', 5, null, {}, new MemoryCache(), 'a=1'],
  coalesce: ['yes', 0, 1, null, {}],
}

test.each(Object.entries(wrong).flatMap(([name, values]) => values.map(value => [name, value] as const)))(
  'the option %s may not be %o',
  async (name, value) => {
    const options = { transport, [name]: value } as Options
    await expect(get(url, options)).rejects.toThrow(TypeError)
    expect(sent).toEqual([])
    const page = await get<{ x: number }>(url, { transport })
    expect(() => withOptions(page, { [name]: value } as Options)).toThrow(TypeError)
  },
)

test.each([null, 5, 'x', () => undefined])('options may not be %o', async options => {
  await expect(get(url, options as never)).rejects.toThrow('get: the options must be an object')
})

test('what is undefined is not given', async () => {
  const options = Object.fromEntries(Object.keys(wrong).map(name => [name, undefined]))
  expect(await get(url, { ...options, transport })).toEqual({ x: 1 })
})

test.each<[string, HeadersGiven]>([
  ['an object', { Authorization: 'Bearer x', b: '' }],
  ['Headers', new Headers({ authorization: 'Bearer x', b: '' })],
  [
    'pairs',
    [
      ['authorization', 'Bearer x'],
      ['B', ''],
    ],
  ],
  [
    'a Map',
    new Map([
      ['AUTHORIZATION', 'Bearer x'],
      ['b', ''],
    ]),
  ],
  ['an object of no class', Object.assign(Object.create(null), { authorization: 'Bearer x', b: '' })],
])('headers may be %s', async (_, headers) => {
  await get(url, { transport, headers })
  expect(sent).toMatchObject([{ authorization: 'Bearer x', b: '' }])
})

test.each([{ byte: 1 }, { bytes: Number.NaN }, { bytes: -1 }, { entryBytes: '5' }, 5, null])(
  'a cache may not have the limits %o',
  limits => {
    expect(() => new MemoryCache(limits as never)).toThrow(TypeError)
  },
)

test.each([5, 'x', null, undefined, ['a']])('arguments by name may not be %o', values => {
  expect(() => named(values as never)).toThrow('named: expected an object')
})
