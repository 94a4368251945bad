// What a minifier has left of names is told of once, where nobody can take it for what somebody wrote.

import { transform } from 'esbuild'
import { expect, test, vi } from 'vitest'
import { args, Router } from '../../../../index.js'

const log = () => ({ error: vi.fn(), warn: vi.fn(), info: vi.fn() })

/** The members that code gives, as it is, or as a minifier prints it. */
async function membersOf(source: string, minify: boolean): Promise<Record<string, unknown>> {
  if (!minify) return new Function('args', `return ${source}`)(args)
  const { code } = await transform(`export default ${source}`, {
    minify: true,
    format: 'iife',
    globalName: 'given',
  })
  return new Function('args', `${code}; return given.default`)(args)
}

const sources = {
  'an arrow function': '{ hello: name => "Hello " + name }',
  'two parameters': '{ add: (left, right) => left + right }',
  'a default': '{ hello: (name = "World") => name.length }',
  'an async function': '{ hello: async function (name) { return name } }',
  'a generator': '{ count: function* (to) { yield to } }',
  'a namespace': '{ admin: { reset: name => name + 1 } }',
  'a class':
    '{ User: (() => { class User { constructor(id) { this.id = id } message(text) { return text } } return User })() }',
}

test.each(Object.entries(sources))('%s that is minified is told of, and served', async (_, source) => {
  const minified = log()
  const router = new Router(await membersOf(source, true), { log: minified })
  expect(minified.warn.mock.calls.length, String(Object.values(await membersOf(source, true)))).toBe(1)
  expect(minified.warn.mock.calls[0]?.[0]).toMatch(
    /^\w+ seems to be minified: callers know its arguments as \w/,
  )
  expect(router).toBeInstanceOf(Router)
})

test.each(Object.entries(sources))('%s as it was written is not', async (_, source) => {
  const written = log()
  new Router(await membersOf(source, false), { log: written })
  expect(written.warn).not.toHaveBeenCalled()
})

test.each(['{ add: (a,b)=>a+b }', '{ twice: x=>x*2 }', '{ at: async function(x,y){return [x,y]} }'])(
  '%s, whose letters somebody has written, is left alone where a loader has taken the space',
  async source => {
    const quiet = log()
    new Router(await membersOf(source, false), { log: quiet })
    expect(quiet.warn).not.toHaveBeenCalled()
  },
)

test('it is told once, also of what is added later', async () => {
  const once = log()
  const { hello } = await membersOf(sources['an arrow function'], true)
  const router = new Router({}, { log: once })
  router.add('hello', hello)
  router.add('again', hello)
  expect(once.warn).toHaveBeenCalledTimes(1)
})

test.each([
  ['short names that somebody has written', '{ add: (a, b) => a + b, twice: x => x * 2 }', false],
  [
    'a class of a short name',
    '{ Pt: class Pt { constructor(x) { this.x = x } move(y) { return y } } }',
    false,
  ],
  ['declared names', '{ hello: args("name")(name => name) }', true],
])('%s are left alone', async (_, source, minify) => {
  const quiet = log()
  new Router(await membersOf(source, minify), { log: quiet })
  expect(quiet.warn).not.toHaveBeenCalled()
})
