// Chains, fan-outs and coalescing: the same results as one call after the other, in fewer requests.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { get, NetworkError, type Options, RemoteError, withOptions } from '../../client/index.js'
import { blob } from '../../lib/blob.js'
import { Fault } from '../../lib/fault.js'
import { type Fetcher, Router, redirect, type Server, safe, serve } from '../../server/index.js'

class Profile {
  constructor(readonly id: string) {}
  name() {
    return `Name of ${this.id}`
  }
}

class User {
  constructor(readonly id: string) {}
  profile() {
    return new Profile(this.id)
  }
  friends() {
    return [new User(`${this.id}1`), new User(`${this.id}2`), new User(`${this.id}3`)]
  }
  @safe bio() {
    return `life of ${this.id}`
  }
  greet(other: User, word = 'hello') {
    return `${this.id}: ${word} ${other.id}`
  }
}

const calls: string[] = []

const router = new Router({
  User,
  Profile,
  find_user: redirect((wanted: string) => {
    calls.push(`find ${wanted}`)
    if (wanted === '') throw new Fault('no such user', { status: 404, code: 'not_found' })
    return new User(wanted)
  }),
  add: (a: number, b = 1) => a + b,
  names: (users: User[]) => users.map(user => user.id),
  count: () => calls.push('count'),
  later: async (ms: number) => {
    await new Promise(resolve => setTimeout(resolve, ms))
    return ms
  },
  data: () => ({ users: [new User('d')], text: 'abc', map: new Map([['k', 1]]) }),
  size: async (content: Blob) => (await content.text()).length,
  download: () => blob('0123456789'),
  broken: () => {
    throw new Error('accident')
  },
})
type Api = typeof router

const requests: string[] = []
const logged: Fetcher = {
  fetch(request, bindings) {
    requests.push(
      `${request.method} ${new URL(request.url).pathname.replace(/^\/User\/[\w-]+/, '/User/STATE')}`,
    )
    return router.fetch(request, bindings)
  },
}

let server: Server
let plain: Server
beforeAll(async () => {
  server = await serve(
    { fetch: (request, bindings) => logged.fetch(request, { ...bindings, pipeline: true }) },
    { port: 0 },
  )
  plain = await serve(logged, { port: 0 })
})
afterAll(async () => {
  await server.close()
  await plain.close()
})
afterEach(() => {
  requests.length = 0
  calls.length = 0
})

async function start(options: Options = {}, url = server.url) {
  const api = await get<Api>(url, options)
  requests.length = 0
  return api
}

test('a chain of three is one request', async () => {
  const api = await start()
  expect(await api.find_user('bob').profile().name()).toBe('Name of bob')
  expect(requests).toEqual(['POST /_pipeline'])
})

test('a property of an unresolved result is part of the request', async () => {
  const api = await start()
  expect(await api.find_user('bob').id).toBe('bob')
  expect(requests).toEqual(['POST /_pipeline'])
})

test('branches share their root, and an unresolved result is an argument', async () => {
  const api = await start()
  const bob = api.find_user('bob')
  const eve = api.find_user('eve')
  expect(await Promise.all([bob.bio(), bob.greet(eve), api.names([bob, eve]), bob.id])).toEqual([
    'life of bob',
    'bob: hello eve',
    ['bob', 'eve'],
    'bob',
  ])
  expect(requests).toEqual(['POST /_pipeline'])
  expect(calls).toEqual(['find bob', 'find eve'])
})

test('a result that others needed can be had later, without the call being made again', async () => {
  const api = await start()
  const bob = api.find_user('bob')
  expect(await bob.profile().name()).toBe('Name of bob')
  expect((await bob).id).toBe('bob')
  expect(calls).toEqual(['find bob'])
  expect(requests).toEqual(['POST /_pipeline', 'GET /User/STATE/'])
})

test('a fan-out over an unresolved list is one request', async () => {
  const api = await start()
  const friends = api.find_user('bob').friends()
  expect(await friends.map(friend => friend.profile().name())).toEqual([
    'Name of bob1',
    'Name of bob2',
    'Name of bob3',
  ])
  expect(requests).toEqual(['POST /_pipeline'])
})

test('a fan-out may give records, and refer to what is outside of it', async () => {
  const api = await start()
  const bob = api.find_user('bob')
  const friends = bob.friends()
  const result = await friends.map(friend => ({ id: friend.id, said: friend.greet(bob), constant: 1 }))
  expect(result).toEqual([1, 2, 3].map(n => ({ id: `bob${n}`, said: `bob${n}: hello bob`, constant: 1 })))
  expect(requests).toEqual(['POST /_pipeline'])
})

test('a fan-out whose callback awaits is done item by item', async () => {
  const api = await start()
  const friends = api.find_user('bob').friends()
  expect(await friends.map(async friend => (await friend.profile()).id)).toEqual(['bob1', 'bob2', 'bob3'])
})

test('the forms of one turn travel together, links by themselves', async () => {
  const api = await start()
  const bob = await api.find_user('bob')
  requests.length = 0
  expect(await Promise.all([api.add(1), api.add(2, 3), bob.bio(), api.add(4)])).toEqual([
    2,
    5,
    'life of bob',
    5,
  ])
  expect(requests.sort()).toEqual(['GET /User/STATE/bio', 'POST /_pipeline'])
})

test('a call by itself is a plain request', async () => {
  const api = await start()
  expect(await api.add(1)).toBe(2)
  expect(requests).toEqual(['POST /add/'])
})

test('coalesce: false sends independent calls by themselves, and chains together', async () => {
  const api = await start({ coalesce: false })
  expect(await Promise.all([api.add(1), api.add(2), api.find_user('bob').bio()])).toEqual([
    2,
    3,
    'life of bob',
  ])
  expect(requests.sort()).toEqual(['POST /_pipeline', 'POST /add/', 'POST /add/'])
})

test('calls with other options never travel together', async () => {
  const api = await start()
  const other = withOptions(api, { headers: { 'x-user': 'eve' } })
  await Promise.all([api.add(1), api.add(2), other.add(3), other.add(4)])
  expect(requests).toEqual(['POST /_pipeline', 'POST /_pipeline'])
})

test('calls that carry blobs travel by themselves, and blobs in answers arrive', async () => {
  const api = await start()
  const [size, content, sum] = await Promise.all([
    api.size(blob('12345') as never),
    api.download(),
    api.add(1),
  ])
  expect([size, await content.text(), sum]).toEqual([5, '0123456789', 2])
  expect(requests.sort()).toEqual(['POST /_pipeline', 'POST /size/'])
})

test('an outcome arrives as soon as it is there', async () => {
  const api = await start()
  const slow = api.later(400)
  const order: string[] = []
  const both = Promise.all([slow.then(() => order.push('slow')), api.add(1).then(() => order.push('quick'))])
  await both
  expect(order).toEqual(['quick', 'slow'])
})

test('what fails fails its dependents with the same fault, and nothing else', async () => {
  const api = await start()
  const nobody = api.find_user('')
  const outcomes = await Promise.allSettled([
    nobody,
    nobody.profile().name(),
    api.add(1),
    api.names([nobody]),
  ])
  expect(outcomes.map(outcome => outcome.status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected'])
  for (const index of [0, 1, 3]) {
    const { reason } = outcomes[index] as PromiseRejectedResult
    expect(reason).toBeInstanceOf(RemoteError)
    expect(reason).toMatchObject({ status: 404, code: 'not_found' })
  }
})

test('arguments that cannot travel fail their own call only', async () => {
  const api = await start()
  const outcomes = await Promise.allSettled([api.add(1), api.add((() => 1) as never), api.add(3)])
  expect(outcomes.map(outcome => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('what a server cannot walk, the client does', async () => {
  const api = await start()
  const data = api.data() as unknown as Record<
    string,
    { length: Promise<number>; size: Promise<number>; at(index: number): { id: Promise<string> } }
  >
  expect(await data.text?.length).toBe(3)
  const again = api.data() as unknown as typeof data
  expect(await again.map?.size).toBe(1)
})

test('more steps than a request holds go out in several', async () => {
  const api = await start()
  const sums = await Promise.all(Array.from({ length: 150 }, (_, index) => api.add(index)))
  expect(sums).toEqual(Array.from({ length: 150 }, (_, index) => index + 1))
  expect(requests).toEqual(['POST /_pipeline', 'POST /_pipeline', 'POST /_pipeline'])
})

test('a chain goes on at another server where its object lives', async () => {
  const home = await serve(
    new Router({ User, Profile, find_user: redirect((wanted: string) => new User(wanted)) }),
    { port: 0 },
  )
  const moving = new Router(
    { User, Profile, find_user: redirect((wanted: string) => new User(wanted)), add: (a: number) => a + 1 },
    { locate: object => (object instanceof User ? home.url : undefined) },
  )
  const front = await serve(moving, { port: 0 })
  const api = await get<typeof moving>(front.url)
  expect(await Promise.all([api.find_user('bob').profile().name(), api.add(1)])).toEqual(['Name of bob', 2])
  await front.close()
  await home.close()
})

test('a server that stops taking pipelines is called step by step', async () => {
  let pipeline = true
  const changing = await serve(
    { fetch: (request, bindings) => router.fetch(request, { ...bindings, pipeline }) },
    { port: 0 },
  )
  const api = await get<Api>(changing.url)
  pipeline = false
  expect(await api.find_user('bob').profile().name()).toBe('Name of bob')
  await changing.close()
})

test('a batch whose answer breaks off leaves its steps with an unknown outcome', async () => {
  const api = await start({
    transport: (() => {
      throw new Error('replaced below')
    }) as never,
  }).catch(() => undefined)
  expect(api).toBeUndefined()
  const cutting: Fetcher = {
    async fetch(request, bindings) {
      const response = await router.fetch(request, { ...bindings, pipeline: true })
      if (request.method === 'GET') return response
      const bytes = new Uint8Array(await response.arrayBuffer())
      return new Response(bytes.subarray(0, bytes.length - 20), response)
    },
  }
  const cut = await serve(cutting, { port: 0 })
  const there = await get<Api>(cut.url)
  const outcomes = await Promise.allSettled([there.add(1), there.add(2), there.add(3)])
  expect(outcomes.some(outcome => outcome.status === 'rejected')).toBe(true)
  await cut.close()
})

describe('against a server without pipelines', () => {
  test('the same program gives the same results', async () => {
    const program = async (url: string) => {
      const api = await get<Api>(url)
      const bob = api.find_user('bob')
      const friends = bob.friends()
      return Promise.all([
        bob.profile().name(),
        bob.id,
        api.names([bob, api.find_user('eve')]),
        friends.map(friend => friend.greet(bob)),
        api.add(api.add(1)),
      ])
    }
    expect(await program(plain.url)).toEqual(await program(server.url))
  })
})

test('NetworkError is what a dead server gives every call of a batch', async () => {
  const dying = await serve(router, { port: 0 })
  const api = await get<Api>(dying.url)
  await dying.close()
  const outcomes = await Promise.allSettled([api.add(1), api.add(2)])
  for (const outcome of outcomes) {
    expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(NetworkError)
    expect((outcome as PromiseRejectedResult).reason).toMatchObject({ sent: 'no' })
  }
})
