// Sessions: kept by the client or by a store, over in time, and another one after a login.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Duration } from '../../../../lib/values/duration.js'
import { type Context, Router, type SessionStore, session } from '../../../../server/index.js'
import { ask } from '../../peer.js'
import { Browser, lines, log, make, members, secret } from './browser.js'

beforeEach(() => {
  lines.length = 0
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000)

test('a login lasts until the logout', async () => {
  const browser = new Browser(make())
  expect(await browser.call('reset')).toBe(401)
  await browser.call('login', { name: 'tef' })
  expect(await browser.call('who')).toMatchObject({ name: 'tef' })
  expect(await browser.call('reset')).toBe(403)
  await browser.call('login', { name: 'admin' })
  expect(await browser.call('reset')).toBe('done')
  await browser.call('logout')
  expect([await browser.call('who'), browser.jar.size]).toEqual([null, 0])
})

test('whoever only looks gets no cookie', async () => {
  const { headers } = await new Browser(make()).ask('/who/')
  expect(headers.getSetCookie()).toEqual([])
  expect(headers.get('vary')).toBe('Accept, Accept-Encoding, Cookie')
})

test('a session keeps values of all kinds, encrypted, for any server with the same secret', async () => {
  const browser = new Browser(make())
  const value = new Map<unknown, unknown>([[1, new Set([new Date(5)])]])
  await browser.call('put', { key: 'words', value: 'open sesame' })
  await browser.call('put', { key: 'data', value })
  expect(Buffer.from(browser.header, 'base64').toString('latin1')).not.toContain('sesame')
  const other = new Browser(make())
  other.jar.set('session', browser.jar.get('session') as string)
  expect(await other.call('take', { key: 'data' })).toEqual(value)
  const stranger = new Browser(make({ secret: 'another secret of thirty-two bytes and more' }))
  stranger.jar.set('session', browser.jar.get('session') as string)
  expect(await stranger.call('take', { key: 'words' })).toBe(null)
})

test('secrets rotate', async () => {
  const browser = new Browser(make())
  await browser.call('put', { key: 'a', value: 1 })
  const rotated = new Browser(make({ secret: ['a new secret of thirty-two bytes and more', false, secret] }))
  rotated.jar.set('session', browser.jar.get('session') as string)
  expect(await rotated.call('take', { key: 'a' })).toBe(1)
})

describe.each([
  ['in the cookie', undefined],
  ['in a store', new Map<string, Uint8Array>()],
])('kept %s', (_where, kept) => {
  const store: SessionStore | undefined = kept && {
    get: id => kept.get(id),
    set: async (id, value) => kept.set(id, value),
    delete: id => kept.delete(id),
  }
  const identify = () => session(store === undefined ? {} : { store })

  test('it ends when it is not used, and in any case', async () => {
    const browser = new Browser(make({ identify: identify() }))
    await browser.call('login', { name: 'tef' })
    for (let minutes = 0; minutes < 8 * 60 - 25; minutes += 25) {
      expect(await browser.call('who')).toMatchObject({ name: 'tef' })
      pass(25)
    }
    expect(await browser.call('who')).toMatchObject({ name: 'tef' })
    pass(25)
    expect(await browser.call('who')).toBe(null)
    await browser.call('login', { name: 'tef' })
    pass(29)
    expect(await browser.call('who')).toMatchObject({ name: 'tef' })
    pass(31)
    expect(await browser.call('who')).toBe(null)
  })

  test('it has another id after a login, and the one before logs nobody in', async () => {
    const browser = new Browser(make({ identify: identify() }))
    await browser.call('put', { key: 'basket', value: ['milk'] })
    const before = await browser.call('id')
    const planted = new Browser(make({ identify: identify() }))
    planted.jar.set('session', browser.jar.get('session') as string)
    await browser.call('login', { name: 'tef' })
    expect(await browser.call('id')).not.toBe(before)
    expect(await browser.call('take', { key: 'basket' })).toEqual(['milk'])
    expect(await planted.call('who')).toBe(null)
  })
})

test('what was ended in a store is ended for whoever has copied the cookie', async () => {
  const kept = new Map<string, Uint8Array>()
  const store = {
    get: (id: string) => kept.get(id),
    set: (id: string, value: Uint8Array) => kept.set(id, value),
    delete: (id: string) => kept.delete(id),
  }
  const browser = new Browser(make({ identify: session({ store }) }))
  await browser.call('login', { name: 'tef' })
  const copied = new Browser(make({ identify: session({ store }) }))
  copied.jar.set('session', browser.jar.get('session') as string)
  expect(await copied.call('who')).toMatchObject({ name: 'tef' })
  await browser.call('logout')
  expect(await copied.call('who')).toBe(null)
  // What is left says that it was ended, and holds nothing of it.
  expect([...kept.values()].filter(value => value.length > 30)).toEqual([])
})

test('a store that fails fails the request, and leaks nothing', async () => {
  const store = {
    get: () => undefined,
    set: () => Promise.reject(new Error('redis://:hunter2@db is away')),
    delete: () => undefined,
  }
  const browser = new Browser(make({ identify: session({ store }) }))
  const { status, text, headers } = await browser.ask('/login/', { args: { name: 'tef' } })
  expect([status, headers.getSetCookie()]).toEqual([500, []])
  expect(text).not.toContain('hunter2')
  expect(lines.join()).toContain('hunter2')
})

test('more than a cookie can hold is an error, which says so', async () => {
  const browser = new Browser(make())
  expect(await browser.call('put', { key: 'a', value: 'x'.repeat(4000) })).toBe(500)
  expect(lines.join()).toContain('the cookie session would be longer than 4096 characters')
})

test('a step changes the session while the answer has not been begun', async () => {
  const browser = new Browser(make())
  const steps = [['./login/', { name: 'tef' }]]
  expect((await browser.ask('/_pipeline', { args: { steps } })).status).toBe(200)
  expect(await browser.call('who')).toMatchObject({ name: 'tef' })
})

test.each([
  [
    () => new Router({}, { identify: session() }),
    /sessions are kept in sealed cookies: give the Router a secret/,
  ],
  [() => new Router({}, { identify: session(), secret: false }), /give the Router a secret/],
  [() => session({ idle: new Duration({ months: 1 }) }), /idle must be a Duration of a second or more/],
  [() => session({ absolute: 5 as never }), /absolute must be a Duration of a second or more/],
])('what cannot be is refused at once', (attempt, message) => {
  expect(attempt).toThrow(message)
})

test('what a router has not is an error that says what to give it', async () => {
  const bare = new Router(members, { log })
  for (const name of ['id', 'recall'])
    expect((await ask(bare, `/${name}/`, { args: { name: 'a' } })).status).toBeGreaterThan(399)
  expect((await ask(bare, '/id/')).status).toBe(500)
  expect(lines.join()).toContain('there are no sessions: new Router(…, { identify: session() })')
})

test('a session that is changed when the answer has been begun is an error', async () => {
  const late = new Router(
    {
      async *count(this: Context) {
        yield 1
        this.session.set('a', 1)
        yield 2
      },
    },
    { secret, identify: session(), log },
  )
  const { value } = await ask(late, '/count/', { args: {} })
  const read = async () => {
    for await (const item of value as AsyncIterable<unknown>) void item
  }
  await expect(read()).rejects.toThrow()
  expect(lines.join()).toContain('changed too late')
})
