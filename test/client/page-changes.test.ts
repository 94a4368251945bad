// What a page lacks, what cannot be changed on it, and what tools may do to it nevertheless.

import { inspect } from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import { call, get, isPage, local, withOptions } from '../../client/index.js'
import { Resource, Router, redirect, safe } from '../../server/index.js'

class User extends Resource {
  readonly tags = ['a']
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return 'life'
  }
  message(subject: string, body = '') {
    return `${subject}${body}`
  }
  // biome-ignore lint/suspicious/noThenProperty: a name that JavaScript has taken.
  then() {
    return 'what the server calls then'
  }
}

const router = new Router({ User, find_user: redirect((id: string) => new User(id)), nothing: {} })

// biome-ignore lint/suspicious/noExplicitAny: names that are not there are the point here.
type Untyped = any

let api: Untyped
let bob: Untyped
beforeEach(async () => {
  api = await get<Untyped>('http://local/', { transport: local(router) })
  bob = await api.find_user('bob')
})

const data = { id: 'bob', tags: ['a'] }

const absent: readonly (readonly [string, () => readonly [Untyped, string], string])[] = [
  [
    'a misspelt name',
    () => [bob, 'mesage'],
    'the page "User" at /User/…/ has no "mesage"; did you mean "message"? It offers: id, tags, ',
  ],
  [
    'letters of another case',
    () => [api, 'findUser'],
    'the page "Router" at / has no "findUser"; did you mean "find_user"?',
  ],
  [
    'a name like none',
    () => [bob, 'quicksilver'],
    'the page "User" at /User/…/ has no "quicksilver". It offers: id,',
  ],
  [
    'any name on an empty page',
    () => [api.nothing, 'x'],
    'the page "nothing" at /nothing/ has no "x". It offers: nothing',
  ],
]

test.each(absent)(
  '%s is undefined, and called by its name an error that says what was meant',
  (_, read, message) => {
    const [page, name] = read()
    expect(page[name]).toBeUndefined()
    expect(name in page).toBe(false)
    expect(() => call(page, name)).toThrow(TypeError)
    expect(() => call(page, name)).toThrow(message)
  },
)

const changes: readonly (readonly [string, () => unknown])[] = [
  ['assigning', () => (bob.id = 'eve')],
  ['assigning a new name', () => (bob.fresh = 1)],
  ['deleting', () => delete bob.id],
  ['defining', () => Object.defineProperty(bob, 'id', { value: 1 })],
  ['defining what a page lacks', () => Object.defineProperty(bob, 'fresh', { value: 1, enumerable: true })],
  ['hiding', () => Object.defineProperty(bob, 'id', { enumerable: false })],
  ['defining a getter', () => Object.defineProperty(bob, 'id', { get: () => 1 })],
  ['giving it a prototype', () => Object.setPrototypeOf(bob, null)],
]

test.each(changes)('%s is refused, since a page is read-only', (_, change) => {
  expect(change).toThrow('a page is read-only')
  expect(bob.id).toBe('bob')
})

const closings: readonly (readonly [string, (page: object) => unknown])[] = [
  ['freeze', Object.freeze],
  ['seal', Object.seal],
  ['preventExtensions', Object.preventExtensions],
]

test.each(closings)('Object.%s is allowed, and changes nothing else', async (_, close) => {
  const fresh = await api.find_user('bob')
  expect(close(fresh)).toBe(fresh)
  expect(close(fresh)).toBe(fresh)
  expect(Object.isExtensible(fresh)).toBe(false)
  expect(Object.isFrozen(fresh)).toBe(close === Object.freeze)
  expect({ ...fresh }).toEqual(data)
  expect([fresh.id, fresh.nickname, fresh.then, isPage(fresh)]).toEqual(['bob', undefined, undefined, true])
  expect(Object.keys(fresh)).toEqual(['id', 'tags'])
  expect(fresh.message).toBe(fresh.message)
  expect(await fresh.message('a', 'b')).toBe('ab')
  expect(await fresh).toBe(fresh)
  expect(await call(fresh, 'then')).toBe('what the server calls then')
  expect(await call(withOptions(fresh, { retries: 0 }), 'then')).toBe('what the server calls then')
  expect(() => (fresh.id = 'eve')).toThrow('a page is read-only')
  expect(fresh instanceof fresh.constructor).toBe(true)
  expect(Object.getPrototypeOf(fresh)).toBe(Object.getPrototypeOf(fresh))
  expect(inspect(fresh)).toMatch(/^User \{ id: 'bob', tags: \[ 'a' \], bio\(\), message\(subject, body\?\)/)
})

test('tools may mark a page where nobody sees it', () => {
  const mark = Symbol('mark')
  Object.defineProperty(bob, mark, { value: 1 })
  Object.defineProperty(bob, '__mark', { value: 2 })
  expect([bob[mark], bob.__mark, Object.keys(bob)]).toEqual([1, 2, ['id', 'tags']])
})
