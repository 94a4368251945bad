// Functions that take their arguments by name, in one object typed by schemas.

import { get, local, named } from 'hyperglyph/client'
import { args, type Context, Resource, Router, redirect, safe } from 'hyperglyph/server'
import { expect, test } from 'vitest'
import { z } from 'zod'

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
}

const schemas = { query: z.string(), page: z.number().default(1), tags: z.array(z.string()).optional() }

const members = {
  User,
  search: safe(args(schemas, ({ query, page, tags }) => ({ query, page, tags: tags ?? [] }))),
  count: args({ to: z.number() }, async function* ({ to }) {
    for (let at = 1; at <= to; at++) yield at
  }),
  about: args({ user: User, note: z.string().optional() }, ({ user, note }) => `${user.id}: ${note}`),
  who: args({ greeting: z.string().default('Hello') }, function (this: Context, { greeting }) {
    return `${greeting} ${this.request.method}`
  }),
  find: redirect(args({ id: z.string() }, ({ id }) => new User(id))),
  same: (value: { query: string }) => value,
  first: () => 'found',
}

const routers = [
  ['with a pipeline', new Router(members, { pipeline: true })],
  ['call by call', new Router(members)],
] as const

test.each(routers)(
  'are called by name, in order as before, and completed by their schemas: %s',
  async (_, router) => {
    const api = await get<typeof router>('http://local/', { transport: local(router) })
    const given = { query: 'x', page: 1, tags: [] }
    expect(await api.search({ query: 'x' })).toEqual(given)
    expect(await api.search({ query: 'x', page: 3, tags: ['a'] })).toEqual({
      query: 'x',
      page: 3,
      tags: ['a'],
    })
    expect(await api.search(named({ query: 'x' }))).toEqual(given)
    expect(await api.search({ query: api.first() })).toEqual({ ...given, query: 'found' })
    // Old clients, who know of no names.
    const old = api as unknown as { search(...values: unknown[]): Promise<unknown> }
    expect(await old.search('x', 2)).toEqual({ ...given, page: 2 })
    expect(await api.who()).toBe('Hello POST')
    expect(await api.who({ greeting: 'Hi' })).toBe('Hi POST')
    const counted: number[] = []
    for await (const item of await api.count({ to: 3 })) counted.push(item)
    expect(counted).toEqual([1, 2, 3])
    expect(await api.about({ user: api.find({ id: 'bob' }) })).toBe('bob: undefined')
    expect(await api.same({ query: 'x' })).toEqual({ query: 'x' })
  },
)

test.each(routers)('what is wrong is said of the argument: %s', async (_, router) => {
  // biome-ignore lint/suspicious/noExplicitAny: what the compiler refuses.
  const api: any = await get('http://local/', { transport: local(router) })
  await expect(api.search({ query: 1 })).rejects.toMatchObject({
    status: 422,
    details: { invalid: { query: expect.any(String) } },
  })
  await expect(api.search({ qery: 'x' })).rejects.toThrow('query')
  await expect(api.search({})).rejects.toThrow()
})

test('a step on a result that has not arrived takes them by name, too', async () => {
  class Shelf {
    find = undefined
  }
  const search = args({ query: z.string(), page: z.number().default(1) }, ({ query, page }) => [query, page])
  const router = new Router({ Shelf, tools: () => ({ search }), search }, { pipeline: true })
  const api = await get<typeof router>('http://local/', { transport: local(router) })
  expect(await api.tools().search({ query: 'x' })).toEqual(['x', 1])
})

test('the form is the same as ever, and says that it takes names', async () => {
  const [[, router]] = routers
  const form = async (path: string, accept: string) =>
    (await router.fetch(new Request(`http://local${path}`, { headers: { accept } }))).text()
  const page = JSON.parse(await form('/', 'application/json'))
  expect(page.content.search.attributes).toMatchObject({ method: 'GET', named: true })
  expect(
    page.content.search.attributes.values.map(
      (input: { attributes: { name: string } }) => input.attributes.name,
    ),
  ).toEqual(['query', 'page', 'tags'])
  expect(await form('/search/?query=x&page=2', 'application/json')).toContain('"page":2')
  expect(await form('/search/', 'text/html')).toContain('name="query"')
})

test.each<[problem: string, make: () => unknown]>([
  ['a class takes its arguments in order', () => args({ id: z.string() }, User as never)],
  ['not a Standard Schema', () => args({ id: 1 as never }, () => 1)],
  ['schemas by the names of arguments', () => args('id' as never, (() => 1) as never)],
])('refuses, when it is made: %s', (problem, make) => {
  expect(make).toThrow(problem)
})
