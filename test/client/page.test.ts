// What JavaScript and its tools do to any object, done to pages, remote functions and Calls. None of it may
// send a request, throw where an object would not, or take a page for something else.

import repl from 'node:repl'
import { PassThrough } from 'node:stream'
import { format, inspect, isDeepStrictEqual } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { call, get, isPage, local, type Transport } from '../../client/index.js'
import { inline, Resource, Router, redirect, safe } from '../../server/index.js'

class User extends Resource {
  readonly tags = ['a']
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return 'life'
  }
  @inline twin() {
    return { x: 1 }
  }
  message(subject: string, body = '') {
    return `${subject}${body}`
  }
  // biome-ignore lint/suspicious/noThenProperty: a name that JavaScript has taken.
  then() {
    return 'what the server calls then'
  }
}

const router = new Router({
  User,
  find_user: redirect((id: string) => new User(id)),
  admin: { ping: safe(() => 'pong') },
  nothing: {},
})

// biome-ignore lint/suspicious/noExplicitAny: names that are not there are the point here.
type Untyped = any

let requests: string[]
let api: Untyped
let bob: Untyped
beforeEach(async () => {
  requests = []
  const carry = local(router)
  const transport: Transport = request => {
    requests.push(request.method)
    return carry(request)
  }
  api = await get<Untyped>('http://local/', { transport })
  bob = await api.find_user('bob')
  requests = []
})

const data = { id: 'bob', tags: ['a'] }

/** Whatever is tried, it gives this, and sends nothing. */
const gives: readonly (readonly [string, () => unknown, unknown])[] = [
  ['typeof a page', () => typeof bob, 'object'],
  ['typeof a remote function', () => typeof bob.message, 'function'],
  ['instanceof Object', () => bob instanceof Object && bob.message instanceof Function, true],
  ['instanceof Promise', () => bob instanceof Promise, false],
  ['Array.isArray', () => Array.isArray(bob), false],
  ['Object.prototype.toString', () => Object.prototype.toString.call(bob), '[object Object]'],
  ['String()', () => String(bob), '[object Object]'],
  ['constructor', () => [bob.constructor === Object, bob.constructor === api.constructor], [false, true]],
  ['getPrototypeOf', () => Object.getPrototypeOf(bob) === Object.prototype, false],
  ['instanceof its class', () => bob instanceof bob.constructor, true],
  [
    'isPage',
    () => [bob, { ...bob }, bob.message, api.nothing, null, 5, {}].map(isPage),
    [true, false, false, true, false, false, false],
  ],
  [
    'an absent name',
    () => [bob.nickname ?? 'none', bob.length, bob?.a?.b, bob.toJSON],
    ['none', undefined, undefined, undefined],
  ],
  ['destructuring what is absent', () => (({ nickname = 'none' }) => nickname)(bob), 'none'],
  [
    'names of objects',
    () => [Object.hasOwn(bob, 'id'), bob.toString(), bob.valueOf() === bob],
    [true, '[object Object]', true],
  ],
  ['Object.keys', () => Object.keys(bob), ['id', 'tags']],
  ['Object.entries', () => Object.entries(bob), Object.entries(data)],
  [
    'Object.getOwnPropertyNames',
    () => Object.getOwnPropertyNames(bob).sort(),
    ['bio', 'id', 'message', 'tags', 'then', 'twin'],
  ],
  ['spread', () => ({ ...bob }), data],
  ['Object.assign', () => Object.assign({}, bob), data],
  ['destructuring', () => (({ id, ...rest }) => [id, rest])(bob), ['bob', { tags: ['a'] }]],
  ['for…in', () => keysIn(bob), ['id', 'tags']],
  ['in', () => ['id', 'bio', 'nobody'].map(name => name in bob), [true, true, false]],
  ['hasOwn', () => [Object.hasOwn(bob, 'bio'), Object.hasOwn(bob, 'nobody')], [true, false]],
  ['optional chaining of what is there', () => bob?.id, 'bob'],
  [
    'JSON.stringify',
    () => JSON.stringify({ bob, calls: [bob.message] }),
    '{"bob":{"id":"bob","tags":["a"]},"calls":[null]}',
  ],
  ['structuredClone of its data', () => structuredClone({ ...bob }), data],
  ['isDeepStrictEqual', () => isDeepStrictEqual({ ...bob }, data), true],
  ['then', () => bob.then, undefined],
  ['toJSON', () => bob.toJSON, undefined],
  [
    'DOM and React probes',
    () => [bob.nodeType, bob.tagName, bob.hasAttribute, bob.$$typeof, bob['@@iterator']],
    Array(5).fill(undefined),
  ],
  ['names that start with _', () => [bob._isMockFunction, bob.__esModule], [undefined, undefined]],
  [
    'symbols',
    () => [bob[Symbol.iterator], bob[Symbol.toStringTag], bob[Symbol.asyncIterator]],
    Array(3).fill(undefined),
  ],
  ['the name of a remote function', () => bob.message.name, 'User.message'],
]

function keysIn(object: object): string[] {
  const keys: string[] = []
  for (const key in object) keys.push(key)
  return keys
}

test.each(gives)('a page is an object to %s', (_, probe, expected) => {
  expect(probe()).toEqual(expected)
})

test('probing a page sends nothing', async () => {
  for (const [, probe] of gives) probe()
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(requests).toEqual([])
})

describe('vitest', () => {
  test('compares a page by its data', () => {
    expect(bob).toEqual(data)
    expect({ ...bob }).toStrictEqual(data)
    expect(bob).not.toStrictEqual(data)
    expect(bob).toMatchObject({ id: 'bob' })
    expect(bob).toHaveProperty('tags', ['a'])
    expect(bob).not.toEqual({ ...data, id: 'eve' })
    expect([bob]).toContainEqual(data)
    expect({ user: bob }).toEqual({ user: expect.objectContaining({ id: 'bob' }) })
    expect(bob).toBeTypeOf('object')
    expect(bob).toBe(bob)
  })

  test('prints a page as its data', () => {
    expect(bob).toMatchInlineSnapshot(`
      RemotePage {
        "id": "bob",
        "tags": [
          "a",
        ],
      }
    `)
    expect(() => expect(bob).toEqual({ id: 'eve', tags: ['a'] })).toThrow(/deeply equal/)
  })

  test('may look at a Call without asking it anything', async () => {
    const started = bob.bio()
    expect(started).toBeDefined()
    expect(started).not.toBe(bob)
    expect(started).not.toEqual({ some: 'thing' })
    await expect(started).resolves.toBe('life')
    expect(requests).toEqual(['GET'])
  })
})

test('await and Promise.resolve give the page itself', async () => {
  expect((await bob) === bob).toBe(true)
  expect((await Promise.resolve(bob)) === bob).toBe(true)
  expect((await (async () => bob)()) === bob).toBe(true)
  expect(requests).toEqual([])
})

test('a method called then is reached by call', async () => {
  expect(await call(bob, 'then')).toBe('what the server calls then')
  expect((await api.User('eve')).id).toBe('eve')
  expect(await call(api.find_user('eve'), 'then')).toBe('what the server calls then')
  expect(await call(api.find_user('eve'), 'message', 'hello')).toBe('hello')
  await expect(call(api.find_user('eve'), 'nobody')).rejects.toThrow('has no "nobody"')
  await expect(async () => call(bob, 'id')).rejects.toThrow('"id" is data, not a function')
  await expect(async () => call(bob, 'nobody')).rejects.toThrow('has no "nobody"')
  await expect(async () => call({}, 'x')).rejects.toThrow('call: expected a page')
})

test('console.log of a page shows its class, its data and what can be called', () => {
  expect(inspect(bob)).toBe(
    "User { id: 'bob', tags: [ 'a' ], bio(), message(subject, body?), then(), twin() }",
  )
  expect(inspect(api)).toBe(
    'Router { admin: admin { ping() }, nothing: nothing {}, User(id), find_user(id) }',
  )
  expect(format('%s', bob)).toContain("User { id: 'bob'")
  expect(inspect({ a: { b: { bob } } }, { depth: 1 })).toBe('{ a: { b: [Object] } }')
  expect(inspect({ a: { bob } }, { depth: 1 })).toBe('{ a: { bob: [User] } }')
  expect(inspect(bob.message)).toBe('[Function: User.message]')
})

test('console.log of a Call shows the request', async () => {
  const found = api.find_user('x')
  const shown = [inspect(found), inspect(found.id), inspect(found.bio()), inspect(bob.bio())]
  expect(shown).toEqual([
    'Call { POST /find_user/ }',
    'Call { POST /find_user/.id }',
    'Call { POST /find_user/.bio() }',
    'Call { GET /User/…/bio }',
  ])
  await found
})

test("node's REPL completes the names on a page as on any proxy, and asks no server", async () => {
  const server = repl.start({ input: new PassThrough(), output: new PassThrough(), terminal: false })
  // From Node 24 on the REPL completes nothing on a proxy, since asking one may have effects.
  const other = new Proxy(
    Object.create(Object.getPrototypeOf(bob), Object.getOwnPropertyDescriptors(bob)),
    {},
  )
  Object.assign(server.context, { bob, other })
  const complete = (text: string) =>
    new Promise<string[]>((resolve, reject) =>
      server.completer(text, (error, result) =>
        error ? reject(error) : resolve((result as readonly unknown[])[0] as string[]),
      ),
    )
  for (const start of ['m', '']) {
    const expected = (await complete(`other.${start}`)).map(name => name.replace(/^other/, 'bob'))
    expect(await complete(`bob.${start}`)).toEqual(expected)
  }
  server.close()
  expect(requests).toEqual([])
})

const misuses: readonly (readonly [string, () => unknown])[] = [
  ['a Call in a template string', () => `Hello ${api.find_user('x')}`],
  ['a property of a Call in a template string', () => `Hello ${api.find_user('x').id}`],
  ['arithmetic on a Call', () => api.find_user('x') * 2],
]

test.each(misuses)('%s is an error that says to await it', (_, misuse) => {
  expect(misuse).toThrow('await it first')
})

test('an object of the same names on the server cannot reach a prototype of the client', async () => {
  const odd = new Router({ odd: () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') })
  const page: Untyped = await get('http://local/', { transport: local(odd) })
  const value = await page.odd()
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(Object.keys(value).sort()).toEqual(['__proto__', 'constructor'])
  expect(({} as Untyped).polluted).toBe(undefined)
})
