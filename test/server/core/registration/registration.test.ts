// What cannot be registered, and what the error says about it: a mistake is found at start, not by a caller.

import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  args,
  hidden,
  inline,
  RegistrationError,
  Router,
  type RouterOptions,
  redirect,
  safe,
  verb,
} from '../../../../server/index.js'

const fn = () => 1
class User {
  constructor(readonly id = 'x') {}
}

function register(...[members, options]: [Record<string, unknown>, RouterOptions?]): () => Router {
  return () => new Router(members as never, options)
}
const add = (...parameters: unknown[]) => {
  return () => (new Router().add as (...parameters: unknown[]) => unknown).apply(new Router(), parameters)
}
const twice = (name: string, one: unknown, two: unknown) => () => {
  const router = new Router()
  router.add(name, one)
  router.add(name, two)
}

test.each<[what: string, register: () => unknown, message: RegExp]>([
  ['two things under one name', twice('x', fn, User), /two things are registered as "x"/],
  [
    'two things in one namespace',
    twice('space', { a: fn }, { b: fn }),
    /two things are registered as "space"/,
  ],
  [
    'one class under two names',
    register({ User, Other: User }),
    /the class User is registered already, as "User"/,
  ],
  ['a function without a name', add(() => 1), /needs one: router\.add\(name, member\)/],
  ['a class without a name', add(class {}), /anonymous class has no name/],
  ['nothing', add(undefined), /expected a function, a class or a name, not undefined/],
  ['null', add(null), /expected a function, a class or a name, not null/],
  ['a number', add(42), /expected a function, a class or a name, not 42/],
  ['a list', add([fn]), /expected a function, a class or a name/],
  ['a value under a name', add('x', 42), /"x" must be a function, a class or a plain object of these/],
  ['a name alone', add('x'), /"x" must be a function, a class or a plain object/],
  [
    'an instance as a namespace',
    register({ user: new User() }),
    /"user" must be a function, a class or a plain/,
  ],
  ['a list as a namespace', register({ list: [fn] }), /"list" must be/],
  ['a Map as a namespace', register({ map: new Map([['a', fn]]) }), /"map" must be/],
  ['a value deep in a namespace', register({ a: { b: { c: 1 } } }), /"a\/b\/c" must be/],
  [
    'a namespace that holds itself',
    () => {
      const space: Record<string, unknown> = {}
      space.self = space
      new Router(space as never)
    },
    /"(self\/)+.*holds itself/,
  ],
  ['an empty name', add('', fn), /nothing can be registered as ""/],
  ['the name .', add('.', fn), /nothing can be registered as "\."/],
  ['the name ..', add('..', fn), /nothing can be registered as "\.\."/],
  ['a private name', add('_x', fn), /"_x" starts with "_"/],
  ['a private name in a namespace', register({ space: { _x: fn } }), /"_x" starts with "_"/],
  ['a surrogate in a name', add('a\ud800', fn), /nothing can be registered as "a\\ud800"/],
  [
    'a former name that is taken',
    () => {
      const router = new Router({ fn } as never)
      router.add('User', User, { was: ['fn'] })
    },
    /"fn", a former name of "User", is another one's name/,
  ],
  [
    'the former name of another',
    () => {
      const router = new Router()
      router.add('User', User, { was: ['Person'] })
      router.add('Person', fn)
    },
    /Person/,
  ],
  [
    'a class that loses its state',
    register({
      Lost: class Lost {
        constructor(id: string) {
          void id
        }
      },
    }),
    /Lost: the constructor's parameter "id" is not kept in a property.*this\.id = id.*static state = \['id'\]/,
  ],
  [
    'a class that keeps its state private',
    register({
      Hard: class Hard {
        readonly #id: string
        constructor(id: string) {
          this.#id = id
        }
        read() {
          return this.#id
        }
      },
    }),
    /Hard: .*private field.*this\._id/,
  ],
  [
    'a constructor with rest parameters',
    register({
      Rest: class Rest {
        readonly ids: string[]
        constructor(...ids: string[]) {
          this.ids = ids
        }
      },
    }),
    /Rest: .*\.\.\."ids"/,
  ],
  [
    'a destructured parameter',
    register({ point: ({ x }: { x: number }) => x }),
    /point: parameter 1 is destructured/,
  ],
  [
    'a destructured parameter of a method',
    register({
      Shape: class Shape {
        move({ x }: { x: number }) {
          return x
        }
      },
    }),
    /Shape\.move: parameter 1 is destructured.*@args\('name'\)/,
  ],
  [
    'rest parameters',
    register({ sum: (...numbers: number[]) => numbers }),
    /sum: .*"\.\.\.numbers".*take a list/,
  ],
  ['a bound function', register({ bound: fn.bind(null) }), /bound: a native or bound function/],
  ['a native function', register({ max: Math.max }), /max: a native or bound function/],
  [
    'too few declared names',
    register({ two: args('one')((one: number, two: number) => [one, two]) }),
    /1 name declared for 2 parameters/,
  ],
  [
    'too many declared names',
    register({ one: args('one', 'two')((one: number) => one) }),
    /2 names declared for 1 parameter/,
  ],
  [
    'a declared name twice',
    register({ two: args('a', 'a')((one: number, two: number) => [one, two]) }),
    /two parameters are named "a"/,
  ],
  [
    'schemas in another order than the parameters',
    register({ move: args({ to: z.string(), from: z.string() })((from: string, to: string) => [from, to]) }),
    /^move: its parameters are \(from, to\), but their names are declared as \(to, from\)/,
  ],
  [
    'a hidden function',
    register({ secret: hidden(() => 'secret') }),
    /^secret is hidden, so nobody could call it; don't register it$/,
  ],
  [
    'a schema that is none',
    () => args({ name: { parse: fn } } as never),
    /the schema of "name" is not a Standard Schema/,
  ],
  ...[Date, Number, globalThis.Blob, globalThis.File, undefined, 'User'].map(
    (given): [string, () => unknown, RegExp] => [
      `${String(given).slice(0, 20)} in the place of a schema`,
      () => args({ name: given } as never),
      /nor a class of the application; for a class that is not there yet, write \(\) => Name/,
    ],
  ),
  [
    'an envelope blob with two parameters',
    register({
      put: verb('PUT', { envelope: 'blob' })((one: unknown, two: unknown) => [one, two]),
    }),
    /put has the envelope "blob", so it must take exactly one argument/,
  ],
  [
    'an envelope blob without parameters',
    register({ put: verb('PUT', { envelope: 'blob' })(() => 1) }),
    /exactly one argument/,
  ],
  [
    'an envelope none with parameters',
    register({
      remove: verb('DELETE', { envelope: 'none' })((one: unknown) => one),
    }),
    /remove has the envelope "none", so it must take no arguments/,
  ],
  [
    'an envelope query for a PUT',
    () => verb('PUT', { envelope: 'query' }),
    /PUT takes no arguments in its URL/,
  ],
  [
    'an envelope that there is not',
    () => verb('PUT', { envelope: 'letter' as never }),
    /expected the envelope form, query, blob or none, not "letter"/,
  ],
  [
    'a verb that there is not',
    () => verb('FETCH' as never),
    /expected POST, PUT, PATCH or DELETE, not FETCH/,
  ],
  ['GET as a verb', () => verb('GET' as never), /for GET use safe/],
  [
    'a safe PUT',
    register({ put: safe(verb('PUT')((one: unknown) => one)) }),
    /cannot be both safe \(GET\) and PUT/,
  ],
  [
    'an inline function that needs an argument',
    register({ bio: inline((name: string) => name) }),
    /bio is inline, so it cannot require the argument "name"/,
  ],
  [
    'an inline method that needs its second argument',
    register({
      Page: class Page {
        bio(size = 1, name: string) {
          return [size, name]
        }
        static {
          inline(Page.prototype.bio)
        }
      },
    }),
    /Page\.bio is inline, so it cannot require the argument "name"/,
  ],
  [
    'options for a class',
    () => redirect({})(User as never),
    /redirect marks functions and methods, not the class User/,
  ],
  [
    'options for nothing',
    () => safe({})(undefined as never),
    /safe\(options\) marks functions and methods only/,
  ],
  ['a mark on a class', () => safe(User as never), /safe marks functions and methods, not the class User/],
  [
    'a default type that there is not',
    register({}, { defaultType: 'text/xml' }),
    /defaultType must be one of .*not text\/xml/,
  ],
])('what cannot be registered is refused with what and where: %s', (_, run, message) => {
  expect(run).toThrow(message)
  expect(run).toThrow(TypeError)
})

test('what went wrong at registration is a RegistrationError', () => {
  expect(register({ _x: fn })).toThrow(RegistrationError)
})

test('a router that refused something goes on as it was', () => {
  const router = new Router({ fn } as never)
  expect(() => router.add('broken', { one: fn, two: 2 })).toThrow(RegistrationError)
  expect(() => router.add('broken', fn)).not.toThrow()
  const broken = new Router()
  class Bad {
    constructor(readonly id = 'x') {}
    move({ x }: { x: number }) {
      return x
    }
  }
  expect(() => broken.add(Bad)).toThrow(/destructured/)
  args('point')(Bad.prototype.move)
  expect(() => broken.add(Bad)).not.toThrow()
})
