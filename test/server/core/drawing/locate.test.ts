// Objects that live on other servers: references and redirects lead there, and what still comes here is sent on.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { get, url as urlOf } from '../../../../client/index.js'
import type { Form, Link, Page } from '../../../../lib/values/nodes.js'
import {
  created,
  link,
  Router,
  type RouterOptions,
  redirect,
  type Server,
  safe,
  serve,
} from '../../../../server/index.js'
import { ask } from '../../peer.js'

const elsewhere = 'http://b.example/v1/'

class User {
  constructor(readonly name: string) {}
  @safe bio() {
    return this.name
  }
  rename(name: string) {
    return new User(name)
  }
}
const place = (user: User) => (user.name.startsWith('b') ? elsewhere : undefined)

/** The three ways to say where instances are. */
const ways: [way: string, make: (options?: RouterOptions) => Router][] = [
  [
    'as static',
    options => {
      class Placed extends User {
        static locate = place
      }
      return router(Placed, {}, options)
    },
  ],
  ['as an option of add', options => router(class Placed extends User {}, { locate: place }, options)],
  [
    'as an option of the router',
    options => router(class Placed extends User {}, {}, { ...options, locate: place }),
  ],
]

function router(
  type: typeof User,
  options: { locate?: typeof place },
  routerOptions?: RouterOptions,
): Router {
  const made = new Router({}, routerOptions)
  made.add('User', type, options)
  made.add(
    'find',
    redirect((name: string) => new type(name)),
  )
  made.add('make', (name: string) => created(new type(name)))
  made.add('page', (name: string) => new type(name))
  made.add('linked', (name: string) => [
    link(new type(name)),
    link(new type(name), 'bio'),
    link(new type(name), 'rename'),
  ])
  return made
}

test.each(ways)('what leads to an object leads to its server: %s', async (_, make) => {
  const on = make()
  const at = async (path: string, name: string) =>
    (await ask(on, path, { args: { name } })).location as string
  for (const path of ['/find/', '/make/', '/User/']) {
    expect(await at(path, 'bob')).toMatch(/^http:\/\/b\.example\/v1\/User\/[\w-]+\/$/)
    expect(await at(path, 'eve')).toMatch(/^\.\.\/User\/[\w-]+\/$/)
  }
  const page = (await ask(on, '/page/', { args: { name: 'bob' } })).value as Page
  const { bio, rename } = page.content as { bio: Link; rename: Form }
  expect(page.url).toMatch(/^http:\/\/b\.example\/v1\/User\/[\w-]+\/$/)
  expect([bio.url, rename.url]).toEqual([`${page.url}bio`, `${page.url}rename`])
  const links = (await ask(on, '/linked/', { args: { name: 'bob' } })).value as (Link | Form)[]
  expect(links.map(node => node.url)).toEqual([page.url, `${page.url}bio`, `${page.url}rename`])
  const own = (await ask(on, '/page/', { args: { name: 'eve' } })).value as Page
  expect(own.url).toMatch(/^http:\/\/test\/User\//)
})

test.each(ways)('a request that comes to the old server is sent on, as it is: %s', async (_, make) => {
  const on = make()
  const state = new URL(
    (await ask(on, '/find/', { args: { name: 'bob' } })).location as string,
  ).pathname.slice(3)
  const read = await ask(on, `${state}bio?a=1&b`)
  expect([read.status, read.location]).toEqual([303, `${elsewhere}${state.slice(1)}bio?a=1&b`])
  const write = await ask(on, `${state}rename`, { args: { name: 'x' } })
  expect([write.status, write.location]).toEqual([307, `${elsewhere}${state.slice(1)}rename`])
  for (const answer of [read, write]) {
    expect(answer.text).toBe('')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  }
})

test.each(ways)(
  'a server knows itself by its origins, so that nothing is sent in circles: %s',
  async (_, make) => {
    for (const origins of [[elsewhere], ['http://b.example/v1'], ['http://c.example/', elsewhere]]) {
      const on = make({ origins })
      const { location } = await ask(on, '/find/', { args: { name: 'bob' } })
      expect(location).toMatch(/^\.\.\/User\/[\w-]+\/$/)
      expect((await ask(on, new URL(location as string, 'http://test/find/').pathname)).status).toBe(200)
    }
  },
)

test('a server knows itself by the authority of a request too, but not the server beside it', async () => {
  const base = (url: string | undefined) => {
    class Placed extends User {
      static locate(): string | undefined {
        return url
      }
    }
    return new Router({ User: Placed }, { origins: ['http://named.example/'] })
  }
  const statuses: Record<string, number> = {}
  for (const url of [
    'http://test/',
    'http://test',
    '',
    undefined,
    'http://named.example/',
    'http://test/other/',
    'https://named.example/',
    'http://test.example/',
  ]) {
    const on = base(url)
    const { location } = await ask(on, '/User/', { args: { name: 'x' } })
    const path = /User\/[\w-]+\/$/.exec(location as string)?.[0]
    statuses[String(url)] = (await ask(on, `/${path}`)).status
  }
  expect(statuses).toEqual({
    'http://test/': 200,
    'http://test': 200,
    '': 200,
    undefined: 200,
    'http://named.example/': 200,
    'http://test/other/': 303,
    'https://named.example/': 303,
    'http://test.example/': 303,
  })
})

const servers: Server[] = []
const bases: string[] = []
const asked: string[] = []

class Shard extends User {
  override rename(name: string) {
    return new Shard(name)
  }
}

beforeAll(async () => {
  for (const index of [0, 1]) {
    const shard = new Router(
      {
        User: Shard,
        find: redirect((name: string) => new Shard(name)),
        name_of: (user: Shard) => user.name,
      },
      { locate: (user: Shard) => bases[user.name.length % 2] },
    )
    const fetch: Router['fetch'] = (request, bindings) => {
      asked.push(`${index} ${request.method} ${new URL(request.url).pathname.split('/').at(-1)}`)
      return shard.fetch(request, bindings)
    }
    const server = await serve({ fetch }, { port: 0 })
    servers.push(server)
    bases.push(server.url)
  }
})
afterAll(() => Promise.all(servers.map(server => server.close())))

test('a client follows objects from server to server', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
  const api = (await get(bases[0] as string)) as any
  const there = await api.find('odd')
  const here = await api.find('even')
  const base = (page: object) => new URL('/', urlOf(page)).href
  expect([base(there), base(here)]).toEqual([bases[1], bases[0]])
  asked.length = 0
  expect(await there.bio()).toBe('odd')
  expect(asked).toEqual(['1 GET bio'])
  expect(await api.name_of(there)).toBe('odd')
  expect(base(await there.rename('even'))).toBe(bases[0])
  asked.length = 0
  const stale = urlOf(there).replace(bases[1] as string, bases[0] as string)
  expect(base(await get(stale))).toBe(bases[1])
  expect(asked).toEqual(['0 GET ', '1 GET '])
})
