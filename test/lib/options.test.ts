// Options that are misspelt: wherever some are taken, a name that is none is refused, with the one that was meant.

import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import {
  basic,
  bearer,
  factory,
  files,
  form,
  get,
  link,
  local,
  Router,
  serve,
  session,
  withOptions,
} from '../../index.js'

// biome-ignore lint/suspicious/noExplicitAny: what types would have said before.
type Untyped = any

const router = new Router({ hello: () => 'hello' })
const page = await get<Untyped>('http://local/', { transport: local(router) })
const never = () => undefined
const address = 'http://127.0.0.1:1/'

const misspelt: [string, () => unknown][] = [
  ['Router has no option "allw"; did you mean "allow"?', () => new Router({}, { allw: [] } as Untyped)],
  ['Router has no option "Allow"; did you mean "allow"?', () => new Router({}, { Allow: [] } as Untyped)],
  ['serve has no option "prt"; did you mean "port"?', () => serve(router, { port: 0, prt: 1 } as Untyped)],
  [
    'factory has no option "alow"; did you mean "allow"?',
    () => serve(router, { factory: { alow: [] } } as Untyped),
  ],
  ['factory has no option "opne"; did you mean "open"?', () => factory(router, { opne: [] } as Untyped)],
  ['get has no option "timout"; did you mean "timeout"?', () => get(address, { timout: 1 } as Untyped)],
  [
    'withOptions has no option "header"; did you mean "headers"?',
    () => withOptions(page, { header: {} } as Untyped),
  ],
  ['session has no option "stroe"; did you mean "store"?', () => session({ stroe: {} } as Untyped)],
  ['basic has no option "user"; did you mean "users"?', () => basic({ user: {} } as Untyped)],
  [
    'bearer has no option "relm"; did you mean "realm"?',
    () => bearer({ verify: never, relm: '' } as Untyped),
  ],
  [
    'files has no option "trustd"; did you mean "trusted"?',
    () => files(tmpdir(), { trustd: false } as Untyped),
  ],
  ['link has no option "expire"; did you mean "expires"?', () => link({}, { expire: 1 } as Untyped)],
  [
    'link has no option "mehtod"; did you mean "method"?',
    () => form({}, 'x' as never, { mehtod: 'PUT' } as Untyped),
  ],
  ['basic has no option "__proto__"; its options are', () => basic(JSON.parse('{"__proto__": 1}'))],
  [
    'bearer has no option "constructor"; its options are verify, realm',
    () => bearer({ constructor: 1 } as Untyped),
  ],
]

test.each(misspelt)('%s', async (message, make) => {
  const error = await Promise.resolve()
    .then(make)
    .catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(TypeError)
  expect((error as Error).message).toContain(message)
})

test('options that are known are taken, also where they are undefined', () => {
  expect(() => new Router({}, { allow: undefined, secret: false } as Untyped)).not.toThrow()
})
