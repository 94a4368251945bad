// What cannot travel: the log says which property of which class, or which part of which result, and what to do;
// the caller learns a logref.

import { expect, test } from 'vitest'
import { get, local, RemoteError } from '../../../../client/index.js'
import { cbor, codecs, text } from '../../../../lib/codecs.js'
import { Fault } from '../../../../lib/values/fault.js'
import { form, inline, link, Router, redirect } from '../../../../server/index.js'
import { ask, construct, logbook } from '../../peer.js'

class Pool {
  url = 'postgres://secret'
}

class User {
  constructor(readonly id: string) {}
  bio() {
    return this.id
  }
}

class Broken {
  readonly values: Record<string, unknown> = {}
  constructor(readonly how: string) {
    Object.assign(this, makers[how]?.())
    Object.defineProperty(this, 'values', { enumerable: false })
  }
  get made() {
    return this.how === 'getter' ? { deep: [new Pool()] } : null
  }
}

const makers: Record<string, () => object> = {
  instance: () => ({ db: new Pool() }),
  nested: () => ({ items: [{ db: new Pool() }] }),
  closure: () => ({ onClick: () => 1 }),
  bound: () => ({ bio: User.prototype.bio.bind(new User('x')) }),
  symbol: () => ({ kind: Symbol('kind') }),
  date: () => ({ born: new Date(Number.NaN) }),
  surrogate: () => ({ name: 'a\ud800' }),
  promise: () => ({ later: Promise.resolve(new Pool()) }),
  self: () => {
    const self: Record<string, unknown> = {}
    return { loop: Object.assign(self, { self }) }
  },
  getter: () => ({}),
  other: () => ({ user: new User('x'), pool: new Map([['key', new Pool()]]) }),
}

const { log, lines } = logbook()
const cyclic: unknown[] = []
cyclic.push(cyclic)

class Friend {
  friend: Friend | undefined
  constructor(readonly id: string) {}
}
function friends(): Friend {
  const one = new Friend('one')
  const two = new Friend('two')
  one.friend = two
  two.friend = one
  return one
}

class Eager {
  @inline pools() {
    return [new Pool()]
  }
}

class Stateful {
  constructor(readonly db: unknown) {}
}

const router = new Router(
  {
    User,
    Broken,
    Friend,
    Eager,
    Stateful,
    closure: () => [() => 1],
    named_closure: () => {
      const inner = () => 1
      return { inner }
    },
    bound: () => User.prototype.bio.bind(new User('x')),
    unregistered: () => ({ pool: new Pool() }),
    linked: () => link(new Pool()),
    hidden_method: () => link(new User('x'), 'missing' as never),
    hidden_form: () => form(new User('x'), '_bio' as never),
    cyclic: () => cyclic,
    friends,
    method: () => new User('x').bio,
    state: () => new Stateful(new Pool()),
    long: redirect(() => new User('x'.repeat(3000))),
    symbol: () => Symbol.iterator,
    error: () => {
      throw new Error('the secret')
    },
    thrown: () => {
      throw 'a string with the secret'
    },
    rejected: () => [Promise.reject(new Error('the secret')), Promise.reject(new Error('another secret'))],
    both: () => [Promise.reject(new Error('the secret')), () => 1],
    decoded: () => text.decode(new TextEncoder().encode('u6:secret')),
    encoded: () => cbor.encode({ secret: () => 1 }),
    bad_details: () => {
      throw new Fault('the secret', { details: { pool: new Pool() } })
    },
    bad_status: () => {
      throw new Fault('the secret', { status: 204 })
    },
    endless: () => ({
      get next() {
        return Promise.resolve(1)
      },
    }),
  },
  { log },
)

const pages: [how: string, message: RegExp][] = [
  ['instance', /Broken\.db: an instance of Pool.*make it "#db", "_db" or @hidden/],
  ['nested', /Broken\.items\[0\]\.db: an instance of Pool.*make it "#items", "_items" or @hidden/],
  ['closure', /Broken\.onClick: the function onClick is not registered.*"#onClick"/],
  ['bound', /Broken\.bio: the function bound bio is not registered.*link\(object, 'method'\)/],
  ['symbol', /Broken\.kind: Symbol\(kind\) has no form on the wire/],
  ['date', /Broken\.born: an invalid date/],
  ['surrogate', /Broken\.name: text with a lone surrogate/],
  ['promise', /Broken\.later: an instance of Pool/],
  ['self', /Broken\.loop: nested deeper than 128, or in a cycle/],
  ['getter', /Broken\.made\.deep\[0\]: an instance of Pool.*"#made"/],
  ['other', /Broken\.pool\["key"\]: an instance of Pool/],
]

/** Fails unless nothing but a logref went out; the lines that were logged under it. */
async function refused(path: string, question: object): Promise<string> {
  lines.length = 0
  const { status, value, text: body, headers } = await ask(router, path, question)
  expect(status).toBe(500)
  expect(value).toBeInstanceOf(Fault)
  const { logref, code, message, details } = value as Fault
  expect({ code, message, details }).toEqual({ code: 'internal', message: 'internal error', details: {} })
  expect(headers.get('cache-control')).toBe('no-store')
  expect(body).not.toMatch(/secret|Pool|Broken|\.ts|at /)
  expect(lines).toHaveLength(1)
  expect(logref).not.toBe('')
  expect(lines[0]).toContain(logref)
  return lines[0] as string
}

test.each(pages)('what is wrong with a page is logged by class and property: %s', async (how, message) => {
  const path = await construct(router, 'Broken', { how })
  for (const accept of codecs.keys()) expect(await refused(path, { accept })).toMatch(message)
})

test.each<[name: string, message: RegExp]>([
  ['closure', /closure\(\)\[0\]: a function without a name is not registered/],
  [
    'named_closure',
    /named_closure\(\)\.inner: the function inner is not registered: register it \(router\.add\)/,
  ],
  ['bound', /bound\(\): the function bound bio is not registered.*link\(object, 'method'\)/],
  ['unregistered', /unregistered\(\)\.pool: an instance of Pool, a class that is not registered/],
  ['linked', /linked\(\).*a link to an instance of Pool, which is not registered/],
  ['hidden_method', /hidden_method\(\): User has no visible method "missing"/],
  ['hidden_form', /hidden_form\(\): User has no visible method "_bio"/],
  ['cyclic', /cyclic\(\): nested deeper than 128, or in a cycle/],
  ['friends', /Friend\.friend: nested deeper than 128, or in a cycle/],
  ['method', /method\(\): the function bio is not registered.*link\(object, 'method'\)/],
  ['state', /Stateful\.db: an instance of Pool.*no URL can carry it/],
  ['long', /the state of User takes \d+ characters in its URL, more than 2048/],
  ['symbol', /symbol\(\): Symbol\(Symbol\.iterator\) has no form on the wire/],
  ['error', /the secret/],
  ['thrown', /a string with the secret/],
  ['rejected', /the secret/],
  ['both', /both\(\)\[1\]: a function without a name/],
  ['decoded', /DecodeError/],
  ['encoded', /cannot encode \$\.secret/],
  ['bad_details', /a Fault that cannot be sent: cannot encode \$\.details\.pool: an instance of Pool/],
  ['bad_status', /status must be .*400 to 599, not 204/],
  ['endless', /endless\(\).*promises/],
])('what is wrong with a result is logged: %s', async (name, message) => {
  expect(await refused(`/${name}/`, { args: {} })).toMatch(message)
})

test('an inline method whose result cannot travel is logged by its name', async () => {
  const path = await construct(router, 'Eager')
  expect(await refused(path, {})).toMatch(/Eager\.pools.*an instance of Pool/)
})

test('what an application throws on purpose reaches the caller as it is', async () => {
  const faulty = new Router({
    refuse: () => {
      throw new Fault('sold out', { code: 'sold_out', status: 409, origin: 'shop', details: { left: 0 } })
    },
  })
  for (const accept of codecs.keys()) {
    const { status, value } = await ask(faulty, '/refuse/', { args: {}, accept })
    expect(status).toBe(409)
    expect(value).toMatchObject({
      message: 'sold out',
      code: 'sold_out',
      origin: 'shop',
      details: { left: 0 },
    })
  }
})

test('a client meets an accident as a RemoteError with the logref', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
  const api = (await get('http://local/', { transport: local(router) })) as any
  lines.length = 0
  const error: RemoteError = await api.error().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RemoteError)
  expect(error).toMatchObject({ status: 500, code: 'internal', details: {} })
  expect(lines[0]).toContain(error.logref)
})
