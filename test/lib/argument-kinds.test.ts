// What each exported function and constructor takes that has no table of options (option-kinds.test.ts): of values of
// all kinds those that are meant, and of the others none, with an error that says which.

import { expect, test } from 'vitest'
import * as h from '../../index.js'
import { cbor, json, text } from '../../lib/codecs.js'

type Untyped = never

const never = () => undefined
const pool: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  NaN: Number.NaN,
  '-1': -1,
  '0.5': 0.5,
  '1': 1,
  '404': 404,
  '600': 600,
  Infinity: Number.POSITIVE_INFINITY,
  'a bigint': 1n,
  true: true,
  empty: '',
  text: 'x',
  symbol: Symbol('x'),
  list: [],
  texts: ['x'],
  object: {},
  'odd object': { zz: 1 },
  date: new Date(0),
  'no date': new Date(Number.NaN),
  map: new Map(),
  function: never,
}
const objects = ['object', 'odd object', 'date', 'no date', 'map']
const empty = ['object', 'date', 'no date', 'map']
const texts = ['empty', 'text']
const anyObject = [...objects, 'list', 'texts', 'function']

class User extends h.Resource {
  constructor(readonly id: string) {
    super()
  }
  bio() {
    return this.id
  }
}
const user = new User('bob')
const conversion = { encode: (value: unknown) => value, decode: (value: unknown) => value as object }
let count = 0
const unused = () => `a-${++count}`

const takers: readonly [of: string, make: (value: Untyped) => unknown, takes: readonly string[]][] = [
  ['local', value => h.local(value), []],
  ['undici', value => h.undici(value), []],
  ['fetchTransport', value => h.fetchTransport(value), ['undefined', 'function']],
  ['CookieJar.over', value => new h.CookieJar().over(value), ['function']],
  ['MemoryCache', value => new h.MemoryCache(value), ['undefined', ...empty]],
  ['MemoryCache: bytes', value => new h.MemoryCache({ bytes: value }), ['1', '404', '600', 'Infinity']],
  ['named', value => h.named(value), ['object', 'odd object']],
  ['call', value => h.call(value, 'x'), []],
  ['withOptions', value => h.withOptions(value, {}), []],
  ['url', value => h.url(value), []],
  ['Duration', value => new h.Duration(value), empty],
  ['Duration: hours', value => new h.Duration({ hours: value }), ['undefined', '-1', '1', '404', '600']],
  ['Duration.parse', value => h.Duration.parse(value), []],
  ['Instant', value => new h.Instant(value, 0), ['-1', '1', '404', '600', 'date']],
  ['Instant: nanoseconds', value => new h.Instant(0, value), ['1', '404', '600']],
  ['Fault', value => new h.Fault(value), texts],
  ['Fault: options', value => new h.Fault('x', value), ['undefined', ...empty]],
  ['Fault: status', value => new h.Fault('x', { status: value }), ['undefined', '404']],
  ['Fault: code', value => new h.Fault('x', { code: value }), ['undefined', ...texts]],
  ['Fault: origin', value => new h.Fault('x', { origin: value }), ['undefined', ...texts]],
  ['Fault: logref', value => new h.Fault('x', { logref: value }), ['undefined', ...texts]],
  ['Fault: details', value => new h.Fault('x', { details: value }), ['undefined', ...objects]],
  ['blob', value => h.blob(value), texts],
  ['blob: type', value => h.blob('x', value), ['undefined', ...texts]],
  ['blob: attributes', value => h.blob('x', undefined, value), ['undefined', ...objects]],
  ['blob: content-type', value => h.blob('x', undefined, { 'content-type': value }), ['undefined', ...texts]],
  ['blob: size', value => h.blob('x', undefined, { size: value }), ['undefined', '1', '404', '600']],
  ['blob: filename', value => h.blob('x', undefined, { filename: value }), ['undefined', ...texts]],
  ['Blob', value => new h.Blob(value, {}), [...texts, 'function']],
  ['Blob: attributes', value => new h.Blob('x', value), objects],
  ['Blob: size', value => new h.Blob('x', {}, value), ['undefined', '1', '404', '600', 'function']],
  ['extend', value => h.extend(value, class {}, conversion), ['text']],
  ['extend: class', value => h.extend(unused(), value, conversion), ['function']],
  ['extend: conversion', value => h.extend(unused(), class {}, value), []],
  ['extend: encode', value => h.extend(unused(), class {}, { ...conversion, encode: value }), ['function']],
  ['Extension', value => new h.Extension(value), texts],
  ['Extension: attributes', value => new h.Extension('x', value), ['undefined', ...objects]],
  ['Link', value => new h.Link(value), ['undefined', ...objects]],
  ['Form', value => new h.Form(value), ['undefined', ...objects]],
  ['Input', value => new h.Input(value), ['undefined', ...objects]],
  ['Page', value => new h.Page(value), ['undefined', ...objects]],
  ['view', value => h.view(value), ['function']],
  ['link', value => h.link(value), anyObject],
  ['link: member', value => h.link(user, value), ['undefined', ...texts, ...empty]],
  ['form', value => h.form(value, 'bio' as never), anyObject],
  ['form: member', value => h.form(user, value), ['undefined', ...texts]],
  ['created', value => h.created(value), anyObject],
  ['args', value => h.args(value), ['text', 'list', 'texts', ...empty]],
  ['doc', value => h.doc(value), texts],
  ['verb', value => h.verb(value), []],
  ['hashPassword', value => h.hashPassword(value), texts],
  ['verifyPassword', value => h.verifyPassword(value, undefined), texts],
  ['Router', value => new h.Router(value), ['undefined', ...empty]],
  ['serve', value => h.serve(value), []],
  ['factory', value => h.factory(value), []],
  ['files', value => h.files(value), []],
  ...[cbor, json, text].flatMap((codec): typeof takers => {
    const bytes = codec.encode(1)
    const limits = ['undefined', '1', '404', '600', 'Infinity']
    return [
      [`${codec.type} decode`, value => codec.decode(value), []],
      [`${codec.type} decode: options`, value => codec.decode(bytes, value), ['undefined', ...objects]],
      [
        `${codec.type} decode: limits`,
        value => codec.decode(bytes, { limits: value }),
        ['undefined', ...empty],
      ],
      [
        `${codec.type} decode: depth`,
        value => codec.decode(bytes, { limits: { depth: value } }),
        limits.slice(1),
      ],
      [`${codec.type} encode: options`, value => codec.encode(1, value), ['undefined', ...objects]],
      [`${codec.type} encode: limits`, value => codec.encode(1, { limits: value }), ['undefined', ...empty]],
      [
        `${codec.type} encode: mostBytes`,
        value => codec.encode(1, { mostBytes: value }),
        limits.filter(kind => kind !== '1' || codec !== text),
      ],
    ]
  }),
]

/** Said by the engine, of what it came upon later. */
const accident = /Cannot |is not a function|is not iterable|Invalid value used/

test.each(takers)('%s takes what it is meant for, and says what else was', async (of, make, takes) => {
  const taken: string[] = []
  for (const [kind, value] of Object.entries(pool)) {
    try {
      await make(value as Untyped)
      taken.push(kind)
    } catch (error) {
      // A bound that is kept.
      if (of.endsWith('mostBytes') && kind === '1' && (error as Error).name === 'EncodeLimitError') continue
      expect(`${kind}: ${(error as Error).name}`).toMatch(/(TypeError|RangeError|RegistrationError)$/)
      expect((error as Error).message).not.toMatch(accident)
    }
  }
  expect(taken.sort()).toEqual([...takes].sort())
})

test('a part of a duration that there is not is told of', () => {
  expect(() => new h.Duration({ hour: 1 } as Untyped)).toThrow(
    'Duration has no option "hour"; did you mean "hours"?',
  )
})

test('what a peer says of an error is taken as far as it can be', () => {
  for (const status of [0, 200, 1000, 404.5, -1]) {
    const bytes = cbor.encode(new h.Extension('error', { message: 'x', status }))
    const fault = cbor.decode(bytes) as h.Fault
    expect([fault.status, fault.attributes.status]).toEqual([400, status])
  }
})

test.each<[string, (limits: Untyped) => unknown]>([
  ['Router', limits => new h.Router({}, { limits })],
  [
    'serve',
    async limits => {
      const server = await h.serve(new h.Router({}), { port: 0, limits })
      await server.close(0)
    },
  ],
])('a limit of %s is a whole number, a share 0 to 1, and Infinity where it is off', async (part, make) => {
  const defaults = part === 'Router' ? h.routerLimits : h.serveLimits
  for (const name of Object.keys(defaults)) {
    const isShare = name.endsWith('Share')
    for (const value of isShare ? [1.5, 2, -0.1] : [1.5, 0.5, 1e300, -1]) {
      const making = async () => make({ [name]: value } as Untyped)
      await expect(making()).rejects.toThrow(
        `the limit ${name} must be ${isShare ? 'a share' : 'a whole number'}`,
      )
    }
    for (const value of isShare ? [0.5, 1, Number.POSITIVE_INFINITY] : [1000, Number.POSITIVE_INFINITY])
      await make({ [name]: value } as Untyped)
  }
})
