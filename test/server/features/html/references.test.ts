// Objects as arguments of forms: a person gives an address, and the function gets the object itself, under the checks
// that a program's link is under.

import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { get, local, url } from '../../../../client/index.js'
import { Fault } from '../../../../lib/values/fault.js'
import { allow, args, Resource, Router, safe } from '../../../../server/index.js'
import { ask } from '../../peer.js'
import { submitted, visit } from './page.js'

class User extends Resource {
  readonly id: string
  constructor(id: string) {
    super()
    if (id === 'eva')
      throw new Fault('nobody is called eva', { status: 404, details: { invalid: { id: 'eva' } } })
    this.id = id
  }
  @args({ other: () => User }) befriend(other: User) {
    return `${this.id} and ${other.id}`
  }
  @safe bio() {
    return `bio of ${this.id}`
  }
}

/** A class need not extend Resource. */
class Thing {
  constructor(readonly id: string) {}
}

@allow('admin')
class Vault {
  constructor(readonly id: string) {}
}

const router = new Router(
  {
    User,
    Thing,
    Vault,
    greet: args({ user: User })((user: User) => `Hello ${user.id}, ${user instanceof User}`),
    look: safe({ args: { thing: Thing } })((thing: Thing) => thing.id),
    open: args({ vault: Vault })((vault: Vault) => vault.id),
    maybe: args({ user: User })((user: User | null = null) => user?.id ?? 'nobody'),
    all: (users: User[] = []) => users.map(user => user.id).join(),
  },
  { secret: false, origins: ['https://public.example/app/'] },
)

async function pathOf(name: string): Promise<string> {
  const request = new Request(`http://test/${name}/`, {
    method: 'POST',
    body: new URLSearchParams({ id: 'bob' }),
  })
  const { headers } = await router.fetch(request)
  return new URL(headers.get('location')!, request.url).pathname
}

const bob = await pathOf('User')

test.each([
  ['a path', bob],
  ['an absolute URL', `http://test${bob}`],
  ['a URL as other people know the server', `https://public.example/app${bob}`],
  ['a reference relative to the form', `..${bob}`],
  ['what was copied with spaces', ` http://test${bob} `],
  ['what stands in the address bar', `http://test${bob}?x#content`],
])('%s arrives as the object', async (_, user) => {
  const { status, page } = await visit(router, '/greet/', submitted({ user }))
  expect([status, page.one('section.result').text]).toEqual([200, 'Hello bob, true'])
})

test('an object is chosen below any mount, by links of GET forms, and by methods of its own class', async () => {
  const app = new Hono().route('/api', router.app)
  const text = async (path: string, init?: RequestInit) => {
    const { page } = await visit({ fetch: (request: Request) => app.fetch(request) } as never, path, init)
    return page.one('section.result').text
  }
  expect(await text('/api/greet/', submitted({ user: `/api${bob}` }))).toBe('Hello bob, true')
  const thing = await pathOf('Thing')
  expect(await text(`/api/look/?thing=${encodeURIComponent(`/api${thing}`)}`)).toBe('bob')
  expect(await text(`/api${bob}befriend`, submitted({ other: `/api${bob}` }))).toBe('bob and bob')
})

test('an argument that may be left out is, and its field says what is expected', async () => {
  const { page } = await visit(router, '/maybe/', submitted({ user: '' }))
  expect(page.one('section.result').text).toBe('nobody')
  const field = (await visit(router, '/greet/')).page.one('input[name=user]')
  expect(field.attributes).toMatchObject({ type: 'text', inputmode: 'url', required: '' })
  const described = page.one(`p[id=${field.attributes['aria-describedby']}]`)
  expect(described.text).toBe('The address of the page of a User.')
})

test.each<
  [what: string, path: string, address: string | (() => Promise<string>), status: number, problem: RegExp]
>([
  ['an object of another class', '/greet/', () => pathOf('Thing'), 422, /expected a User/],
  ['a method', '/greet/', `${bob}bio`, 422, /expected a User/],
  ['the class itself', '/greet/', '/User/', 422, /expected a User/],
  ['an object of another server', '/greet/', 'https://b.example/User/x/', 422, /of this server/],
  ['what is no address', '/greet/', 'bob', 400, /no object of this server/],
  ['what is not there', '/greet/', '/User/nothing/', 400, /no object of this server/],
  ['whom there is not', '/greet/', '/User/oWJpZGNldmE/', 404, /nobody is called eva/],
  ['what is a script', '/greet/', 'javascript:alert(1)', 422, /of this server/],
  ['nothing', '/greet/', '', 422, /expected a User/],
])('%s is refused beside the field, which keeps it', async (_, path, given, status, problem) => {
  const user = typeof given === 'string' ? given : await given()
  const answer = await visit(router, path, submitted({ user }))
  expect([answer.status, answer.page.one('input[name=user]').attributes.value]).toEqual([status, user])
  expect(answer.page.one('p.problem').text).toMatch(problem)
})

test('who may not reach an object may not give its address', async () => {
  const vault = '/Vault/oWJpZGNib2I/'
  expect((await visit(router, '/open/', submitted({ vault }))).status).toBe(401)
  const identify = () => ({ name: 'alice', rights: ['admin'] })
  const open = args({ vault: Vault })((vault: Vault) => vault.id)
  const known = new Router({ Vault, open }, { secret: false, identify })
  const { page } = await visit(known, '/open/', submitted({ vault }))
  expect(page.one('section.result').text).toBe('bob')
})

test('an address that was changed is refused beside the field', async () => {
  const greet = args({ user: User })((user: User) => user.id)
  const sealed = new Router({ User, greet }, { secret: 'a secret that is only long enough for a test' })
  const { status, page } = await visit(sealed, '/greet/', submitted({ user: bob }))
  expect([status, page.one('.wrong').one('input').attributes.value]).toEqual([403, bob])
})

test('a program passes the object itself, and a text is none', async () => {
  const api = await get<typeof router>('http://test/', { transport: local(router) })
  const user = await api.User('eve')
  expect(await api.greet(user)).toBe('Hello eve, true')
  expect(await user.befriend(user)).toBe('eve and eve')
  const wrong = api.greet(url(user) as never)
  await expect(wrong).rejects.toMatchObject({
    status: 422,
    details: { invalid: { user: 'expected a User, by reference' } },
  })
})

test('in JSON a reference stands as programs write it, inside of lists too', async () => {
  const users = JSON.stringify([{ $extension: 'link', attributes: { url: bob } }])
  const { page } = await visit(router, '/all/', submitted({ users }))
  expect(page.one('section.result').text).toBe('bob')
  const { value } = await ask(router, '/greet/', {
    body: JSON.stringify({ user: bob }),
    type: 'application/json',
  })
  expect((value as Fault).details).toEqual({ invalid: { user: 'expected a User, by reference' } })
})
