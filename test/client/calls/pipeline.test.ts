// Chains, branches and fan-outs: the same results as one call after the other, in one request.

import { expect, onTestFinished, test } from 'vitest'
import { get, RemoteError } from '../../../client/index.js'
import { Router, redirect, serve } from '../../../server/index.js'
import { type Api, calls, fetcher, logged, Profile, requests, User, useServers } from '../social.js'

const servers = useServers()
const { start } = servers

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

test('what is called on a result after it left joins no request, and makes no call again', async () => {
  const api = await start()
  const bob = api.find_user('bob')
  expect(await bob.id).toBe('bob')
  expect(await bob.bio()).toBe('life of bob')
  expect(calls).toEqual(['find bob'])
  expect(requests).toEqual(['POST /_pipeline', 'GET /User/STATE/', 'GET /User/STATE/bio'])
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

test('a fan-out may hold another', async () => {
  const api = await start()
  const friends = api.find_user('bob').friends()
  const result = await friends.map(friend => friend.friends().map(second => second.greet(friend)))
  expect(result).toEqual([1, 2, 3].map(n => [1, 2, 3].map(second => `bob${n}${second}: hello bob${n}`)))
  expect(requests).toEqual(['POST /_pipeline'])
})

test('a fan-out whose callback awaits is done item by item', async () => {
  const api = await start()
  const friends = api.find_user('bob').friends()
  expect(await friends.map(async friend => (await friend.profile()).id)).toEqual(['bob1', 'bob2', 'bob3'])
  expect(calls).toEqual(['find bob'])
})

test('what fails fails its dependents with the same fault, and nothing else', async () => {
  const api = await start()
  const nobody = api.find_user('')
  const outcomes = await Promise.allSettled([
    nobody,
    nobody.profile().name(),
    api.names([nobody]),
    api.add(1),
  ])
  const reasons = outcomes.map(outcome => (outcome.status === 'rejected' ? outcome.reason : outcome.value))
  for (const reason of reasons.slice(0, 3)) {
    expect(reason).toBeInstanceOf(RemoteError)
    expect(reason).toMatchObject({ status: 404, code: 'not_found' })
  }
  expect(reasons[3]).toBe(2)
  expect(requests).toEqual(['POST /_pipeline'])
})

test('what a server cannot walk, the client does', async () => {
  const api = await start()
  // The types know no members of text and maps that have not arrived.
  const untyped = (value: unknown) => value as { text: { length: unknown }; map: { size: unknown } }
  expect(await untyped(api.data()).text.length).toBe(3)
  expect(await untyped(api.data()).map.size).toBe(1)
})

test('a stream at the end of a chain, or of a turn, is asked for by itself', async () => {
  const api = await start()
  const posts = api.find_user('bob').posts(2)
  const [sum, more] = await Promise.all([api.add(1), (await api.find_user('eve')).posts(1)])
  expect(sum).toBe(2)
  const seen: string[] = []
  for await (const post of posts) seen.push(post)
  for await (const post of more) seen.push(post)
  expect(seen).toEqual(['bob 1', 'bob 2', 'eve 1'])
  expect(calls).toEqual(['find bob', 'add 1', 'find eve'])
})

test('a function that gives a stream without being a generator says that it must be called by itself', async () => {
  const api = await start()
  const reason = await Promise.all([api.add(1), api.feed()]).catch(error => error)
  expect(reason).toMatchObject({ status: 500, code: 'stream' })
  const seen: number[] = []
  for await (const item of await api.feed()) seen.push(item)
  expect(seen).toEqual([1])
})

test('a chain goes on at another server where its object lives', async () => {
  const find_user = redirect((wanted: string) => new User(wanted))
  const add = (a: number) => a + 1
  const home = await serve(new Router({ User, Profile, find_user }), { port: 0 })
  onTestFinished(() => home.close())
  const moving = new Router(
    { User, Profile, find_user, add },
    { locate: object => (object instanceof User ? home.url : undefined) },
  )
  const front = await serve(
    {
      fetch: (request, bindings) => {
        logged(request)
        return moving.fetch(request, { ...bindings, pipeline: true })
      },
    },
    { port: 0 },
  )
  onTestFinished(() => front.close())
  const api = await get<typeof moving>(front.url)
  expect(await Promise.all([api.find_user('bob').profile().name(), api.add(1)])).toEqual(['Name of bob', 2])
  expect(requests).toEqual(['GET /', 'POST /_pipeline'])
})

test('a server that stops taking pipelines is called step by step', async () => {
  let pipeline = true
  const changing = await serve(
    fetcher(() => pipeline),
    { port: 0 },
  )
  onTestFinished(() => changing.close())
  const api = await start({}, changing.url)
  pipeline = false
  expect(await api.find_user('bob').profile().name()).toBe('Name of bob')
  expect(calls).toEqual(['find bob'])
  expect(requests).toEqual([
    'POST /_pipeline',
    'POST /find_user/',
    'GET /User/STATE/',
    'POST /User/STATE/profile',
    'POST /Profile/STATE/name',
  ])
})

test('against a server without pipelines the same program gives the same results', async () => {
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
  const expected = [
    'Name of bob',
    'bob',
    ['bob', 'eve'],
    ['bob1: hello bob', 'bob2: hello bob', 'bob3: hello bob'],
    3,
  ]
  expect(await program(servers.server.url)).toEqual(expected)
  expect(requests).toEqual(['GET /', 'POST /_pipeline'])
  expect(await program(servers.plain.url)).toEqual(expected)
})
