// Sessions that were ended while other requests were under way with them: nothing brings them back.

import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Duration } from '../../../../lib/values/duration.js'
import {
  type Context,
  Router,
  type SessionOptions,
  type SessionStore,
  session,
} from '../../../../server/index.js'
import { gate } from '../../../limits/peer.js'
import { Browser, log, members, secret } from './browser.js'

/** Requests wait here, in the middle of what they do. */
let held = gate()
let begun = 0
const slowly = (change: (session: Context['session']) => void) =>
  async function (this: Context) {
    begun++
    await held.passed
    change(this.session)
  }

const make = (options: SessionOptions) =>
  new Router(
    {
      ...members,
      putSlowly: slowly(found => found.set('basket', 'milk')),
      regenerateSlowly: slowly(found => found.regenerate()),
      readSlowly: slowly(found => void found.get('basket')),
      leaveSlowly: slowly(found => found.destroy()),
      emptySlowly: slowly(found => found.set('user', undefined)),
      change(this: Context) {
        this.session.regenerate()
      },
    },
    { secret, log, identify: session(options) },
  )

/** As another process has it: answers come after some turns of the loop. */
function shared(delay: () => number = () => 1) {
  const kept = new Map<string, Uint8Array>()
  const later = async <T>(act: () => T): Promise<T> => {
    for (let turns = delay(); turns > 0; turns--) await turn()
    const result = act()
    for (let turns = delay(); turns > 0; turns--) await turn()
    return result
  }
  const store: SessionStore = {
    get: id => later(() => kept.get(id)),
    set: (id, value) => later(() => kept.set(id, value)),
    delete: id => later(() => kept.delete(id)),
  }
  return store
}

/** Has any cookie that the browser was ever given a user? */
async function anyUser(router: Router, cookies: Iterable<string>): Promise<unknown[]> {
  const found: unknown[] = []
  for (const cookie of cookies) {
    const thief = new Browser(router)
    thief.jar.set('session', cookie)
    found.push(await thief.call('who'))
  }
  return found.filter(user => user !== null)
}

/** A browser whose requests overlap: each answer sets its cookies as it comes. */
class Busy extends Browser {
  readonly all = new Set<string>()
  override async ask(...parameters: Parameters<Browser['ask']>) {
    const answer = await super.ask(...parameters)
    const cookie = this.jar.get('session')
    if (cookie !== undefined) this.all.add(cookie)
    return answer
  }
}

const ways = ['putSlowly', 'regenerateSlowly', 'readSlowly', 'emptySlowly', 'leaveSlowly']
const stores: [string, () => SessionStore | undefined][] = [
  ['in the cookie', () => undefined],
  ['in a store', shared],
]
const table = stores.flatMap(([where, store]) => ways.map(way => [way, where, store] as const))

test.each(table)(
  '%s does not bring back a session that was ended meanwhile: kept %s',
  async (way, _where, store) => {
    held = gate()
    begun = 0
    const kept = store()
    // Written again with each request.
    const options = { ...(kept && { store: kept }), idle: new Duration({ seconds: 1 }) }
    const router = make(options)
    // In a store the two may be of two processes.
    const browser = new Busy(router)
    await browser.call('login', { name: 'tef' })
    await new Promise(resolve => setTimeout(resolve, 150))
    const busy = browser.call(way)
    while (begun === 0) await turn()
    await browser.call('logout')
    held.open()
    await busy
    expect(browser.jar.size).toBe(0)
    expect(await anyUser(router, browser.all)).toEqual([])
    await browser.call('login', { name: 'eve' })
    expect(await browser.call('who')).toMatchObject({ name: 'eve' })
  },
)

test('nor one that somebody else has logged in over', async () => {
  held = gate()
  begun = 0
  const browser = new Busy(make({}))
  await browser.call('login', { name: 'tef' })
  const busy = browser.call('putSlowly')
  while (begun === 0) await turn()
  await browser.call('login', { name: 'eve' })
  held.open()
  await busy
  expect(await browser.call('who')).toMatchObject({ name: 'eve' })
})

test('in whatever order two processes read and write, a logout ends what goes on from it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { minLength: 60, maxLength: 60 }),
      fc.array(fc.constantFrom('put', 'change', 'who'), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (delays, others, cookies) => {
        let at = 0
        const store = cookies ? undefined : shared(() => delays[at++ % delays.length] as number)
        const one = make(store === undefined ? {} : { store })
        const two = store === undefined ? one : make({ store })
        const browser = new Busy(one)
        await browser.call('login', { name: 'tef' })
        const copies = others.map(() => {
          const copy = new Busy(two)
          copy.jar.set('session', browser.jar.get('session') as string)
          return copy
        })
        const given = new Set(browser.all)
        const logout = browser.call('logout')
        const calls = copies.map((copy, index) =>
          copy.call(others[index] as string, others[index] === 'put' ? { key: 'a', value: 1 } : {}),
        )
        await Promise.all([logout, ...calls])
        for (const copy of copies) for (const cookie of copy.all) given.add(cookie)
        expect(await anyUser(one, given)).toEqual([])
      },
    ),
    { numRuns: 150 },
  )
})

const byAccount = new Router(
  {
    ...members,
    enter(this: Context, account: unknown) {
      this.session.set('account', account)
    },
    become(this: Context, name: string) {
      const account = this.session.get('account') as { name: string }
      account.name = name
      this.session.set('account', account)
    },
  },
  {
    secret,
    log,
    identify: session({ user: async found => found.get('account') ?? undefined }),
  },
)

test.each<[string, string, object, boolean]>([
  ['somebody logs in', 'enter', { account: { name: 'eve' } }, true],
  ['a user is changed in place', 'become', { name: 'eve' }, true],
  ['it is the same user again', 'enter', { account: { name: 'tef' } }, false],
  ['something else is set', 'put', { key: 'basket', value: 'milk' }, false],
  ['the user leaves', 'enter', { account: null }, true],
])(
  'it has another id where the user that is found by it is another: %s',
  async (_what, name, args, differs) => {
    const browser = new Browser(byAccount)
    await browser.call('put', { key: 'basket', value: 'bread' })
    const anonymous = await browser.call('id')
    await browser.call('enter', { account: { name: 'tef' } })
    const before = await browser.call('id')
    const planted = new Browser(byAccount)
    planted.jar.set('session', browser.jar.get('session') as string)
    expect(before).not.toBe(anonymous)
    await browser.call(name, args)
    const after = await browser.call('id')
    expect(after !== before).toBe(differs)
  },
)
