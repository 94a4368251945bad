// Options and what goes around the names of a page: withOptions, named, url, call; and what an abort does to the
// server's work.

import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import {
  call,
  fetchTransport,
  get,
  local,
  named,
  type Transport,
  url,
  withOptions,
} from '../../../client/index.js'
import { undici } from '../../../index.js'
import { serve } from '../../../server/index.js'
import { events, router, seen } from '../team.js'

// biome-ignore lint/suspicious/noExplicitAny: what types say is tested in test/types.
type Untyped = any

const server = await serve(router, { port: 0 })
const agent = new Agent()
afterAll(async () => {
  await agent.close()
  await server.close(100)
})

let api: Untyped
let bob: Untyped
beforeEach(async () => {
  api = await get<Untyped>('http://local/', { transport: local(router) })
  bob = await api.find_user('bob')
  seen.splice(0)
  events.splice(0)
})

const who = (name: string) => ({ headers: { 'X-Who': name } })

const reached: readonly (readonly [string, (page: Untyped) => unknown])[] = [
  ['a link of the page', page => page.find_user('x').bio()],
  ['a form of the page', page => page.find_user('x').message('x')],
  ['an object that a page of it gave', async page => (await page.Friend('x')).greet()],
  ['a namespace in the page', page => page.admin.user().bio()],
  ['a page that comes inline', async page => (await (await page.find_user('x')).best()).greet()],
  ['a page in a list', async page => (await page.Team()).list[0].bio()],
  ['a name that JavaScript has taken', async page => call(await page.find_user('x'), 'then')],
]

test.each(reached)('options reach %s', async (_, walk) => {
  await walk(withOptions(api, who('me')))
  expect(seen).toEqual(['me'])
  await walk(api)
  expect(seen).toEqual(['me', null])
})

const nested: readonly (readonly [string, (team: Untyped) => unknown])[] = [
  ['a list', team => team.list[0].bio()],
  ['dicts', team => team.dict.x.y.bio()],
  ['a map', team => team.map.get(1).bio()],
  ['a set', team => [...team.set][0].bio()],
  ['a link', team => team.bio()],
  ['an inline page', async team => (await team.list[0].best()).greet()],
]

test.each(nested)('options given to a page reach what it holds in %s', async (_, walk) => {
  const team = await api.Team()
  await walk(withOptions(team, who('me')))
  expect(seen).toEqual(['me'])
})

test('a page with options has the same data and members as the page', () => {
  const other = withOptions(bob, who('me'))
  expect(other).toEqual(bob)
  expect(Object.getOwnPropertyNames(other)).toEqual(Object.getOwnPropertyNames(bob))
  expect(url(other)).toBe(url(bob))
  expect(other).not.toBe(bob)
})

test('a page with options keeps values that are no pages', async () => {
  const team = withOptions(await api.Team(), who('me'))
  expect(team.when).toEqual(new Date(0))
  expect(team.map).toBeInstanceOf(Map)
})

test('a function takes options, and keeps its name', async () => {
  const message = withOptions(bob.message, who('me'))
  expect(await message('x')).toEqual(['x', 'nothing', false])
  expect(seen).toEqual(['me'])
  expect(message.name).toBe('User.message')
})

test('options add up: headers are merged, and what is said last counts', async () => {
  const first = withOptions(bob, { headers: { 'x-who': 'first', 'x-other': '1' } })
  await withOptions(first, { timeout: 60_000 }).bio()
  await withOptions(first, who('last')).message('x')
  await first.message('x')
  expect(seen).toEqual(['first', 'last', 'first'])
})

test.each([{}, 'text', null, () => 1])(
  'withOptions and url take nothing but pages and functions of them: %o',
  value => {
    expect(() => withOptions(value as object, {})).toThrow('expected a page or a remote function')
    expect(() => url(value as object)).toThrow('expected a page or a remote function')
  },
)

const byName: readonly (readonly [Record<string, unknown>, unknown])[] = [
  [{ subject: 'a' }, ['a', 'nothing', false]],
  [{ urgent: true, subject: 'a' }, ['a', 'nothing', true]],
  [{ body: 'b', urgent: true, subject: 'a' }, ['a', 'b', true]],
  [{ subject: 'a', body: undefined }, ['a', 'nothing', false]],
]

test.each(byName)('arguments can be named: %o', async (values, expected) => {
  expect(await bob.message(named(values))).toEqual(expected)
})

const wrong: readonly (readonly [string, (user: Untyped) => unknown, string])[] = [
  [
    'one that is missing',
    user => user.message(named({ body: 'b' })),
    'User.message: missing argument "subject"',
  ],
  [
    'one that is unknown',
    user => user.message(named({ subject: 'a', title: 'b' })),
    'User.message: it takes no argument "title", but subject, body, urgent',
  ],
  ['none at all', user => user.message(), 'User.message: missing argument "subject"'],
  [
    'too many',
    user => user.message(1, 2, 3, 4),
    'User.message: 4 arguments, where it takes 3 (subject, body, urgent)',
  ],
  ['any to a link', user => user.bio(1), 'User.bio takes no arguments'],
]

test.each(wrong)('wrong arguments are found before anything is sent: %s', async (_, run, message) => {
  await expect(run(bob)).rejects.toThrow(new TypeError(message))
  expect(seen).toEqual([])
})

test('a URL can be stored, and get brings back what it leads to', async () => {
  const options = { transport: local(router) }
  const again = await get<Untyped>(url(bob), options)
  expect(again).toEqual(bob)
  expect(url(again)).toBe(url(bob))
  expect(await get(url(bob.bio), options)).toBe('the life of bob')
  expect(await get(new URL(url(api.hello)), options)).toBe('Hello World')
  await expect(get(url(bob.message), options)).rejects.toMatchObject({ status: 405 })
})

const transports: readonly (readonly [string, () => Transport])[] = [
  ['undici', () => undici(agent)],
  ['fetch', () => fetchTransport()],
  ['local', () => local(router)],
]

const timedOut = (milliseconds: number) => ({
  name: 'NetworkError',
  sent: 'unknown',
  message: expect.stringContaining(`no answer within ${milliseconds} ms (sent, outcome unknown)`),
  cause: { name: 'TimeoutError' },
})

describe.each(transports)('over %s', (_, transport) => {
  let page: Untyped
  beforeEach(async () => {
    page = await get(server.url, { transport: transport() })
  })

  test('a timeout rejects, and ends the work of the server', async () => {
    await expect(withOptions(page, { timeout: 100 }).hang()).rejects.toMatchObject(timedOut(100))
    await expect.poll(() => events).toEqual(['begun', 'aborted'])
  })

  test('an abort rejects with its reason, and ends the work of the server', async () => {
    const controller = new AbortController()
    const hanging = withOptions(page, { signal: controller.signal }).hang()
    const failed = expect(hanging).rejects.toThrow('enough')
    await expect.poll(() => events).toEqual(['begun'])
    controller.abort(new Error('enough'))
    await failed
    await expect.poll(() => events).toEqual(['begun', 'aborted'])
  })

  test('a timeout rejects in time even where the server does not listen', async () => {
    const begun = performance.now()
    await expect(withOptions(page, { timeout: 50 }).deaf()).rejects.toMatchObject(timedOut(50))
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('what is aborted before it is sent is not sent', async () => {
    const user = await page.find_user('bob')
    seen.splice(0)
    await expect(withOptions(user, { signal: AbortSignal.abort('no') }).message('x')).rejects.toBe('no')
    await sleep(20)
    expect(seen).toEqual([])
  })

  test('a signal that outlives its calls is left as it was, however they end', async () => {
    const { signal } = new AbortController()
    const mine = withOptions(page, { signal, timeout: 60_000 })
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const before = timers()
    await Promise.all(Array.from({ length: 20 }, () => mine.hello('you')))
    const ends = [
      mine.crash(),
      mine.picture(),
      mine.count(),
      mine.nothing(),
      withOptions(mine, { timeout: 20 }).hang(),
    ]
    const [, picture, count] = await Promise.allSettled(ends)
    for await (const _ of (count as PromiseFulfilledResult<AsyncIterable<unknown>>).value) break
    await (picture as PromiseFulfilledResult<Untyped>).value.bytes()
    await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([])
    expect(timers()).toBeLessThanOrEqual(before)
  })

  test('many calls at once make one listener on their signal, which ends them all', async () => {
    const controller = new AbortController()
    const mine = withOptions(page, { signal: controller.signal, coalesce: false })
    const hanging = Promise.allSettled(Array.from({ length: 20 }, () => mine.hang()))
    await expect.poll(() => events.length).toBe(20)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort('enough')
    expect(await hanging).toEqual(Array(20).fill({ status: 'rejected', reason: 'enough' }))
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('a timeout that is not reached changes nothing', async () => {
    expect(await withOptions(page, { timeout: 60_000 }).hello('you')).toBe('Hello you')
  })
})
