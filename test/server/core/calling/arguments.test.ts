// Arguments: how they are told apart, what is said of wrong ones, and what each type of body means.

import * as v from 'valibot'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { cbor, codecs, json, text } from '../../../../lib/codecs.js'
import type { Fault } from '../../../../lib/values/fault.js'
import { args, Resource, Router, safe } from '../../../../server/index.js'
import { type Answer, ask, construct, logbook } from '../../peer.js'

const now = () => 'now'
class Box {
  constructor(
    readonly id: string,
    readonly size = 1,
  ) {}
  fill(content: unknown, times = this.size) {
    return [content, times]
  }
}

const router = new Router({
  Box,
  add: (one: number, two: number) => [one, two],
  greet: (name: string, greeting = 'Hello', at = now(), nothing: unknown = null) => [
    name,
    greeting,
    at,
    nothing,
  ],
  search: safe((query = 'all', page: unknown = 1) => [query, page]),
  none: () => 'none',
  zod: args({ name: z.string().min(2), age: z.coerce.number().optional() })((name: string, age = 7) => [
    name,
    age,
  ]),
  zod_nested: args({
    order: z.object({ lines: z.array(z.object({ count: z.number() })), when: z.date().optional() }),
  })((order: unknown) => order),
  zod_async: args({
    name: z
      .string()
      .refine(async value => value !== 'taken', 'is taken')
      .transform(async value => value.toUpperCase()),
  })((name: string) => name),
  zod_own_default: args({ name: z.string().min(2) })((name = '') => name),
  zod_default: args({ name: z.string().default('someone') })((name: string) => name),
  valibot: args({ name: v.pipe(v.string(), v.minLength(2)), tags: v.optional(v.array(v.string()), []) })(
    (name: string, tags: string[]) => [name, tags],
  ),
  valibot_async: args({
    name: v.pipeAsync(
      v.string(),
      v.checkAsync(async value => value !== 'taken', 'is taken'),
    ),
  })((name: string) => name),
  valibot_nested: args({ user: v.object({ mail: v.object({ domain: v.string() }) }) })(
    (user: unknown) => user,
  ),
})

const fault = ({ value }: Answer) => {
  const { code, message, details } = value as Fault
  return { code, message, details }
}

test.each<[path: string, args: object, result: unknown]>([
  ['/add/', { one: 1, two: 2 }, [1, 2]],
  ['/add/', { two: 2, one: 1 }, [1, 2]],
  ['/greet/', { name: 'x' }, ['x', 'Hello', 'now', null]],
  ['/greet/', { name: 'x', nothing: 0, at: 'then', greeting: 'Bye' }, ['x', 'Bye', 'then', 0]],
  ['/greet/', { name: 'x', at: null }, ['x', 'Hello', 'now', null]],
  ['/greet/', { name: null, greeting: null, nothing: null }, [null, null, 'now', null]],
  ['/none/', {}, 'none'],
  ['/search/', { page: 2 }, ['all', 2]],
])('arguments go by name, and defaults fill in: %s %j', async (path, given, result) => {
  for (const { type } of codecs.values()) {
    expect((await ask(router, path, { args: given, type })).value).toEqual(result)
  }
})

test.each<[path: string, args: unknown, code: string, message: string, details: object]>([
  ['/add/', { one: 1 }, 'missing_argument', 'missing argument "two"', { missing: ['two'] }],
  ['/add/', {}, 'missing_argument', 'missing arguments "one", "two"', { missing: ['one', 'two'] }],
  [
    '/add/',
    { one: 1, two: 2, three: 3 },
    'surplus_argument',
    'surplus argument "three"',
    { surplus: ['three'] },
  ],
  [
    '/add/',
    { one: 1, tow: 2 },
    'missing_argument',
    'missing argument "two"; surplus argument "tow"; did you mean "two"?',
    { missing: ['two'], surplus: ['tow'] },
  ],
  [
    '/add/',
    { one: 1, colour: 2, size: 3 },
    'missing_argument',
    'missing argument "two"; surplus arguments "colour", "size"',
    { missing: ['two'], surplus: ['colour', 'size'] },
  ],
  ['/none/', { a: 1, b: 2 }, 'surplus_argument', 'surplus arguments "a", "b"', { surplus: ['a', 'b'] }],
  ['/Box/', {}, 'missing_argument', 'missing argument "id"', { missing: ['id'] }],
  [
    '/Box/',
    { id: 'x', colour: 'red' },
    'surplus_argument',
    'surplus argument "colour"',
    { surplus: ['colour'] },
  ],
  ['/add/', [1, 2], 'malformed', 'arguments must be a dict from name to value', {}],
  ['/add/', 'one', 'malformed', 'arguments must be a dict from name to value', {}],
  ['/add/', new Map([[1, 2]]), 'malformed', 'argument names must be text', {}],
])('wrong arguments are named: %s %j', async (path, given, code, message, details) => {
  for (const { type } of codecs.values()) {
    const answer = await ask(router, path, { args: given, type })
    expect(answer.status).toBe(400)
    expect(fault(answer)).toEqual({ code, message, details })
  }
})

test('an ordered dict and nil are arguments too', async () => {
  for (const type of [text.type, cbor.type, json.type]) {
    const ordered = new Map([
      ['two', 2],
      ['one', 1],
    ])
    expect((await ask(router, '/add/', { args: ordered, type })).value).toEqual([1, 2])
    expect((await ask(router, '/none/', { args: null, type })).value).toBe('none')
  }
})

test('a method and a constructor take arguments by name as well', async () => {
  const path = await construct(router, 'Box', { size: 3, id: 'b' })
  expect((await ask(router, `${path}fill`, { args: { content: 'c' } })).value).toEqual(['c', 3])
  expect((await ask(router, `${path}fill`, { args: { times: 2, content: 'c' } })).value).toEqual(['c', 2])
  const wrong = await ask(router, `${path}fill`, { args: {} })
  expect(fault(wrong)).toMatchObject({ message: 'missing argument "content"' })
})

test.each<[path: string, args: object, result: unknown]>([
  ['/zod/', { name: 'bob' }, ['bob', 7]],
  ['/zod/', { name: 'bob', age: '8' }, ['bob', 8]],
  ['/zod_async/', { name: 'bob' }, 'BOB'],
  ['/zod_default/', {}, 'someone'],
  ['/zod_own_default/', {}, ''],
  [
    '/zod_nested/',
    { order: { lines: [{ count: 1 }], when: new Date(5) } },
    { lines: [{ count: 1 }], when: new Date(5) },
  ],
  ['/valibot/', { name: 'bob' }, ['bob', []]],
  ['/valibot/', { name: 'bob', tags: ['a'] }, ['bob', ['a']]],
  ['/valibot_async/', { name: 'bob' }, 'bob'],
])('what a schema gives is what the function gets: %s %j', async (path, given, result) => {
  expect((await ask(router, path, { args: given })).value).toEqual(result)
})

test.each<[path: string, args: object, invalid: Record<string, RegExp>]>([
  ['/zod/', { name: 'b' }, { name: /2/ }],
  ['/zod/', { name: 5, age: 'old' }, { name: /string/, age: /number/ }],
  ['/zod/', {}, { name: /string/ }],
  ['/zod_async/', { name: 'taken' }, { name: /^is taken$/ }],
  [
    '/zod_nested/',
    { order: { lines: [{ count: 1 }, { count: 'x' }] } },
    { order: /^lines\.1\.count: .*number/ },
  ],
  ['/valibot/', { name: 'b', tags: [1] }, { name: /length/, tags: /^0: .*string/ }],
  ['/valibot/', {}, { name: /string/ }],
  ['/valibot_async/', { name: 'taken' }, { name: /^is taken$/ }],
  ['/valibot_nested/', { user: { mail: { domain: 1 } } }, { user: /^mail\.domain: / }],
])('what a schema refuses is named, with 422: %s %j', async (path, given, invalid) => {
  const answer = await ask(router, path, { args: given })
  expect(answer.status).toBe(422)
  const { code, message, details } = fault(answer)
  expect(code).toBe('invalid_argument')
  expect(message).toContain(`invalid argument "${Object.keys(invalid)[0]}": `)
  const said = details.invalid as Record<string, string>
  expect(Object.keys(said)).toEqual(Object.keys(invalid))
  for (const [name, pattern] of Object.entries(invalid)) expect(said[name]).toMatch(pattern)
})

test('a schema that breaks is an accident, of which the caller learns nothing', async () => {
  const { log, lines } = logbook()
  const breaking = z.string().refine(() => {
    throw new Error('the secret')
  })
  const broken = new Router({ run: args({ name: breaking })((name: string) => name) }, { log })
  const answer = await ask(broken, '/run/', { args: { name: 'x' } })
  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain('secret')
  expect(lines[0]).toContain('the secret')
})

test.each<[query: string, result: unknown]>([
  ['', ['all', 1]],
  ['?query=a%20b', ['a b', 1]],
  ['?query=a+b&page=2', ['a b', 2]],
  ['?page=2&query=', ['', 2]],
  ['?query=a%3Db%26c', ['a=b&c', 1]],
  [`?${encodeURIComponent('Ou5:query;u1:x;u4:page;i3;;')}`, ['x', 3]],
  [`?${encodeURIComponent('Du5:query;u1:x;;')}`, ['x', 1]],
  ['?O%3B', ['all', 1]],
])('a query is name=value or the form of 2012: %s', async (query, result) => {
  expect((await ask(router, `/search/${query}`)).value).toEqual(result)
})

test.each([
  '?query',
  '?%GG',
  '?%',
  '?O',
  '?Ou5:query;u1:x;',
  '?L%3B',
  '?i5%3B',
  '?query=a&query=b',
  '?%FF%FE',
])('a malformed query is refused: %s', async query => {
  const answer = await ask(router, `/search/${query}`)
  expect(answer.status).toBe(400)
  expect(fault(answer).code).toBe('malformed')
})

test.each<[type: string, body: string | Uint8Array, result: unknown]>([
  ['application/x-www-form-urlencoded', 'one=1&two=a+b', ['1', 'a b']],
  ['application/x-www-form-urlencoded; charset=utf-8', 'one=%C3%A9&two=', ['é', '']],
  ['APPLICATION/JSON; charset=utf-8', '{"one": [1, {"a": null}], "two": true}', [[1, { a: null }], true]],
  ['application/vnd.hyperglyph', 'Ou3:one;i1;u3:two;i+002;;', [1, 2]],
  [
    'application/vnd.hyperglyph+cbor',
    cbor.encode({ one: new Date(5), two: 2n ** 70n }),
    [new Date(5), 2n ** 70n],
  ],
])('a body of type %s is read', async (type, body, result) => {
  const answer = await ask(router, '/add/', { body, type })
  expect(answer.value).toEqual(result)
})

test.each<[type: string, body: string | Uint8Array]>([
  ['application/json', '{"one": 1'],
  ['application/vnd.hyperglyph', 'Du3:one'],
  ['application/vnd.hyperglyph', 'Du3:one;i1;u3:one;i2;;'],
  ['application/vnd.hyperglyph+cbor', new Uint8Array([0xa1, 0x61])],
  ['application/vnd.hyperglyph+cbor', new Uint8Array([0xbf, 0xff])],
  ['application/x-www-form-urlencoded', 'one=1&one=2'],
])('a malformed body of type %s is refused: %j', async (type, body) => {
  const answer = await ask(router, '/add/', { body, type })
  expect(answer.status).toBe(400)
  expect(fault(answer).code).toBe('malformed')
  expect(fault(answer).message).toMatch(/at byte \d+$|given twice$/)
})

test.each(['text/plain', 'application/xml', 'multipart/mixed; boundary=x', 'nonsense', ''])(
  'a body of another type is refused with 415: %j',
  async type => {
    const answer = await ask(router, '/add/', { body: 'one=1', type })
    expect(answer.status).toBe(415)
    expect(fault(answer).message).toContain('expected one of application/vnd.hyperglyph')
  },
)

test('a request without a body has no arguments, whatever type it names', async () => {
  for (const type of ['text/plain', 'application/vnd.hyperglyph']) {
    const answer = await ask(router, '/none/', { method: 'POST', headers: { 'content-type': type } })
    expect(answer.value).toBe('none')
  }
})

test('a class that is a Resource is checked by its schemas when it is constructed by a form', async () => {
  class User extends Resource {
    constructor(readonly id: string) {
      super()
    }
  }
  const users = new Router({ User: args({ id: z.string().regex(/^u\d+$/) })(User) })
  expect((await ask(users, '/User/', { args: { id: 'u1' } })).status).toBe(303)
  expect((await ask(users, '/User/', { args: { id: 'x' } })).status).toBe(422)
})

test.each([
  ['a dict', (names: readonly string[]) => Object.fromEntries(names.map(name => [name, 1]))],
  ['an ordered dict', (names: readonly string[]) => new Map(names.map(name => [name, 1]))],
])('of many arguments that nobody takes, in %s, a few are told', async (_, args) => {
  const names = Array.from({ length: 100_000 }, (_, index) => `name${index}`)
  const answer = await ask(router, '/add/', { args: args(['one', 'two', ...names]), type: cbor.type })
  expect(answer.status).toBe(400)
  const { message, details } = answer.value as Fault
  expect(message).toMatch(/^surplus arguments "name0", "name1", .*"name63" and more$/)
  expect(details.surplus).toEqual(names.slice(0, 64))
})
