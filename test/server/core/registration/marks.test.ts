// Marks as decorators and as plain functions. What they cannot be given is in registration.test.ts.

// biome-ignore-all lint/suspicious/noEmptyBlockStatements: what the methods do is not what is tested here

import { transform } from 'esbuild'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { marksOf } from '../../../../server/core/registration/marks.js'
import {
  args,
  created,
  hidden,
  inline,
  Resource,
  Router,
  redirect,
  safe,
  verb,
} from '../../../../server/index.js'
import { ask, construct, outline } from '../../peer.js'

const schema = z.string()

class Decorated {
  constructor(readonly id = 'x') {}
  @safe plain() {}
  @safe() called() {}
  @safe({ maxAge: 60, public: true, args: ['page'] }) cached(_number: number) {}
  @inline embedded() {}
  @inline({ args: { depth: schema } }) embedded_with(_depth = '1') {}
  @redirect found() {}
  @redirect({ args: ['name'] }) find(_name: string) {}
  @hidden gone() {}
  @verb('PUT') put(_content: unknown) {}
  @verb('DELETE', { envelope: 'query', args: ['reason'] }) remove(_reason: string) {}
  @args('first', 'second') named(_one: number, _two: number) {}
  @args({ name: schema }) checked(_name: string) {}
  @safe @args('page') both(_number: number) {}
  @verb('PATCH') @args({ change: schema }) @redirect all(_change: string) {}
  unmarked() {}
}

class Marked {
  constructor(readonly id = 'x') {}
  plain() {}
  called() {}
  cached(_number: number) {}
  embedded() {}
  embedded_with(_depth = '1') {}
  found() {}
  find(_name: string) {}
  gone() {}
  put(_content: unknown) {}
  remove(_reason: string) {}
  named(_one: number, _two: number) {}
  checked(_name: string) {}
  both(_number: number) {}
  all(_change: string) {}
  unmarked() {}
  static {
    const { prototype } = Marked
    safe(prototype.plain)
    safe()(prototype.called)
    safe({ maxAge: 60, public: true, args: ['page'] })(prototype.cached)
    inline(prototype.embedded)
    inline({ args: { depth: schema } })(prototype.embedded_with)
    redirect(prototype.found)
    redirect({ args: ['name'] })(prototype.find)
    hidden(prototype.gone)
    verb('PUT')(prototype.put)
    verb('DELETE', { envelope: 'query', args: ['reason'] })(prototype.remove)
    args('first', 'second')(prototype.named)
    args({ name: schema })(prototype.checked)
    safe(args('page')(prototype.both))
    verb('PATCH')(args({ change: schema })(redirect(prototype.all)))
  }
}

const expected = {
  plain: { safe: true },
  called: { safe: true },
  cached: { safe: true, maxAge: 60, public: true, names: ['page'] },
  embedded: { safe: true, inline: true },
  embedded_with: { safe: true, inline: true, names: ['depth'], schemas: { depth: schema } },
  found: { redirect: true },
  find: { redirect: true, names: ['name'] },
  gone: { hidden: true },
  put: { verb: 'PUT' },
  remove: { verb: 'DELETE', envelope: 'query', names: ['reason'] },
  named: { names: ['first', 'second'] },
  checked: { names: ['name'], schemas: { name: schema } },
  both: { safe: true, names: ['page'] },
  all: { verb: 'PATCH', names: ['change'], schemas: { change: schema }, redirect: true },
  unmarked: {},
}

test.each(Object.entries(expected))(
  'a mark says the same as decorator and as function: %s',
  (name, marks) => {
    expect(marksOf(Decorated.prototype[name as keyof typeof expected])).toEqual(marks)
    expect(marksOf(Marked.prototype[name as keyof typeof expected])).toEqual(marks)
  },
)

test('marks leave functions as they are, and are given to functions alone as well', () => {
  const fn = (name: string) => name
  expect(safe(fn)).toBe(fn)
  expect(redirect({ args: ['who'] })(fn)).toBe(fn)
  expect(marksOf(fn)).toEqual({ safe: true, redirect: true, names: ['who'] })
  expect(Object.getOwnPropertyNames(fn).sort()).toEqual(['length', 'name'])
})

test('a page shows marked methods the same, however they were marked', async () => {
  const router = new Router({ Decorated, Marked })
  const pages = []
  for (const name of ['Decorated', 'Marked']) {
    pages.push(outline((await ask(router, await construct(router, name))).value))
  }
  expect(pages[0]).toEqual(pages[1])
  expect(pages[0]).toMatchObject({
    plain: 'GET link',
    cached: 'GET (page)',
    embedded: { inline: null },
    embedded_with: { inline: null },
    remove: 'DELETE (reason)',
    named: 'POST (first, second)',
    all: 'PATCH (change)',
  })
  expect(pages[0]).not.toHaveProperty('gone')
})

test('a class takes names and schemas for its constructor', async () => {
  @args('user')
  class Named {
    constructor(readonly id: string) {}
  }
  const router = new Router({
    Named,
    Plain: args({ size: z.number() })(
      class Plain {
        constructor(readonly size: number) {}
      },
    ),
  })
  expect((await ask(router, '/Named/', { args: { user: 'x' } })).status).toBe(303)
  expect((await ask(router, '/Plain/', { args: { size: 3 } })).status).toBe(303)
  expect((await ask(router, '/Plain/', { args: { size: 'big' } })).status).toBe(422)
})

test('created answers with 201, the location and the object', async () => {
  class Thing {
    constructor(readonly id: string) {}
  }
  const router = new Router({ Thing, make: (id: string) => created(new Thing(id)), list: () => created([1]) })
  const { status, location, value } = await ask(router, '/make/', { args: { id: 'x' } })
  expect(status).toBe(201)
  expect(outline(value)).toEqual({ id: 'x' })
  const page = await ask(router, new URL(location as string, 'http://test/make/').pathname)
  expect(outline(page.value)).toEqual({ id: 'x' })
  const list = await ask(router, '/list/', { args: {} })
  expect([list.status, list.location, list.value]).toEqual([201, null, [1]])
})

test.each(['safe', 'safe({ maxAge: 1 })', 'inline', 'redirect', 'hidden', "verb('PUT')", "args('name')"])(
  'the old decorators of TypeScript are refused by name: @%s',
  async decorator => {
    const source = `import { safe, inline, redirect, hidden, verb, args } from 'x'
      class User { @${decorator} bio(name = 1) {} }`
    const options = {
      loader: 'ts',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    } as const
    const { code } = await transform(source.replace(/^.*$/m, ''), options)
    const run = new Function('safe', 'inline', 'redirect', 'hidden', 'verb', 'args', code)
    const mark = /^\w+/.exec(decorator)?.[0]
    expect(() => run(safe, inline, redirect, hidden, verb, args)).toThrow(
      `@${mark} is a standard decorator: remove "experimentalDecorators"`,
    )
  },
)

test('old decorators are refused on fields and getters too', async () => {
  const source = 'class User { @hidden db = 1; @hidden get pool() { return 1 } }'
  const options = {
    loader: 'ts',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  } as const
  for (const member of ['@hidden db = 1', '@hidden get pool() { return 1 }']) {
    const { code } = await transform(source.replace(/\{.*$/, `{ ${member} }`), options)
    expect(() => new Function('hidden', code)(hidden)).toThrow(/experimentalDecorators/)
  }
})

test('things are registered one by one under their own names, or under others', async () => {
  const router = new Router()
  @router.add()
  class User extends Resource {
    constructor(readonly id = 'x') {
      super()
    }
  }
  @router.add({ was: ['Former'] })
  class Renamed {}
  class Plain {}
  function hello() {
    return 'hello'
  }
  expect(router.add(Plain)).toBe(Plain)
  expect(router.add(hello)).toBe(hello)
  const anonymous = () => 'anonymous'
  expect(router.add('other', anonymous)).toBe(anonymous)
  expect(router.add('space', { hello })).toEqual({ hello })
  router.add('url specials / ?#%', hello)
  const { value } = await ask(router, '/')
  const page = outline(value) as object
  expect(Object.keys(page)).toEqual([
    'User',
    'Renamed',
    'Plain',
    'hello',
    'other',
    'space',
    'url specials / ?#%',
  ])
  expect((await ask(router, '/Former/', { args: {} })).status).toBe(303)
  expect([User.name, Renamed.name].map(name => name.replace(/^_/, ''))).toEqual(['User', 'Renamed'])
  expect((await ask(router, '/url%20specials%20%2F%20%3F%23%25/', { args: {} })).value).toBe('hello')
})
