// The main job, whole: a server on a socket, a client that calls it through pages.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { get, RemoteError } from '../client/index.js'
import { Fault } from '../lib/values/fault.js'
import { Resource, Router, redirect, type Server, safe, serve } from '../server/index.js'

const sent: unknown[] = []

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return `the life of ${this.id}`
  }
  message(subject: string, body = '') {
    sent.push([this.id, subject, body])
  }
}

const router = new Router({
  User,
  hello: (name = 'World') => `Hello ${name}`,
  find_user: redirect((name: string) => {
    if (name === '') throw new Fault('no such user', { status: 404, code: 'not_found' })
    return new User(name)
  }),
  admin: { ping: safe(() => 'pong') },
  echo: (value: unknown) => value,
  name_of: (user: User) => user.id,
})
type Api = typeof router

let server: Server
let plain: Server
beforeAll(async () => {
  server = await serve(router, { port: 0 })
  plain = await serve(
    { fetch: (request, bindings) => router.fetch(request, { ...bindings, pipeline: false }) },
    { port: 0 },
  )
})
afterAll(async () => {
  await server.close()
  await plain.close()
})

// The fast path is no second path: each way of travelling gives the same.
test.each([
  ['in pipelines', () => server.url, true],
  ['in pipelines, what is independent by itself', () => server.url, false],
  ['one by one', () => plain.url, true],
] as const)(
  'a client calls functions, constructs objects and calls their methods, %s',
  async (_, base, coalesce) => {
    sent.length = 0
    const api = await get<Api>(base(), { coalesce })
    expect(await api.hello()).toBe('Hello World')
    expect(await api.hello('you')).toBe('Hello you')
    const bob = await api.find_user('bob')
    expect(bob.id).toBe('bob')
    expect(await bob.bio()).toBe('the life of bob')
    expect(await bob.message('lol', 'feels good man')).toBe(null)
    await bob.message('again')
    expect(sent).toEqual([
      ['bob', 'lol', 'feels good man'],
      ['bob', 'again', ''],
    ])
    expect(await api.User('eve').bio()).toBe('the life of eve')
    expect(await api.admin.ping()).toBe('pong')
    expect(await api.name_of(bob)).toBe('bob')
    expect(await api.name_of(api.find_user('joe'))).toBe('joe')
    await expect(api.find_user('')).rejects.toThrow(RemoteError)
    const value = { a: [1, new Date(5), new Set(['x'])], m: new Map([[1, 2]]) }
    expect(await api.echo(value)).toEqual(value)
  },
)
