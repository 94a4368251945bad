// `when`: in which states an object offers a member, and to whom. Drawn where it holds, refused elsewhere on every way.

import { get, local, offers } from 'hyperglyph/client'
import { allow, inline, link, Resource, Router, safe, when } from 'hyperglyph/server'
import { expect, test } from 'vitest'

type State = 'open' | 'solved'
const states = new Map<string, State>()
let asked = 0

class Ticket extends Resource {
  constructor(readonly id: string) {
    super()
  }

  get state(): State {
    return states.get(this.id) ?? 'open'
  }

  @when<Ticket>(({ object }) => object.state === 'solved')
  get answer() {
    return 'because'
  }

  @when<Ticket>(({ object }) => object.state === 'open')
  resolve(answer = '') {
    states.set(this.id, 'solved')
    return answer
  }

  @when<Ticket>(async ({ object }) => {
    asked++
    return object.state === 'solved'
  })
  reopen() {
    states.set(this.id, 'open')
  }

  @when<Ticket, string | undefined>(({ user, context }) => user === 'ann' && context.request !== undefined)
  remove() {
    return 'removed'
  }

  @allow(({ user, object }) => user === 'ann' && (object as Ticket).state === 'open')
  assign() {
    return 'assigned'
  }

  @allow(({ args }) => args[0] === 'me')
  watch(who = '') {
    return who
  }

  @inline
  @when<Ticket>(({ object }) => object.state === 'solved')
  thanks() {
    return 'thank you'
  }
}

let isOpen = true
const members = {
  Ticket,
  all: safe(() => ['a', 'b'].map(id => new Ticket(id))),
  shop: when(() => isOpen)(() => 'sold'),
  later: when(async () => isOpen)(safe(() => 'read')),
  direct: () => link(new Ticket('a'), 'reopen'),
}

const routers = [
  [
    'with a pipeline',
    (user: string | undefined) => new Router(members, { pipeline: true, identify: () => user }),
  ],
  ['call by call', (user: string | undefined) => new Router(members, { identify: () => user })],
  [
    'with authorize',
    (user: string | undefined) =>
      new Router(members, { pipeline: true, identify: () => user, authorize: () => true }),
  ],
] as const

// biome-ignore lint/suspicious/noExplicitAny: types are tested elsewhere.
const open = async (router: Router<any>): Promise<any> => get('http://local/', { transport: local(router) })
const solved = () => states.set('a', 'solved')
const reset = () => states.clear()

test.each(routers)('a page offers what its state allows, and to whom: %s', async (_, routerFor) => {
  reset()
  const api = await open(routerFor('bob'))
  const ticket = await api.Ticket('a')
  expect(Object.keys(ticket)).toEqual(['id', 'state'])
  expect(['resolve', 'reopen', 'remove', 'assign', 'watch'].map(name => typeof offers(ticket, name))).toEqual(
    [...['function', 'undefined', 'undefined', 'undefined', 'function']],
  )
  expect(await offers(ticket, 'resolve')?.('so')).toBe('so')
  const later = await api.Ticket('a')
  expect([later.answer, offers(later, 'resolve'), typeof offers(later, 'reopen')]).toEqual([
    'because',
    undefined,
    'function',
  ])
  const ann = await (await open(routerFor('ann'))).Ticket('b')
  expect([typeof offers(ann, 'remove'), typeof offers(ann, 'assign')]).toEqual(['function', 'function'])
  expect(await ann.assign()).toBe('assigned')
})

test.each(routers)(
  'what is not offered is refused on every way, with what there is instead: %s',
  async (name, routerFor) => {
    reset()
    const api = await open(routerFor('bob'))
    const notNow = { status: 409, code: 'not_now', details: { offers: ['resolve', 'watch'] } }
    const before = await api.Ticket('a')
    solved()
    const stale = { status: 409, code: 'not_now', details: { offers: ['reopen', 'watch', 'thanks'] } }
    await expect(before.resolve()).rejects.toMatchObject(stale)
    reset()
    // Call by call, the page says it before anything is sent.
    const chained = expect(api.Ticket('a').reopen()).rejects
    if (name === 'call by call')
      await chained.toThrow('has no "reopen". It offers: id, state, resolve, watch')
    else await chained.toMatchObject(notNow)
    await expect((async () => (await api.direct())())()).rejects.toMatchObject(notNow)
    const walked = api.all().map((each: { reopen(): unknown }) => each.reopen())
    if (name !== 'call by call') await expect(walked).rejects.toMatchObject(notNow)
    else await expect(walked).rejects.toThrow('reopen is not a function')
    // Refused callers are not told of states.
    const assigning = fetchOn(routerFor('bob'), '/Ticket/oWJpZGFh/assign')
    expect((await assigning).status).toBe(403)
  },
)

const fetchOn = async (router: Pick<Router, 'fetch'>, path: string, accept = 'application/json') =>
  router.fetch(new Request(`http://local${path}`, { method: 'POST', headers: { accept } }))

test('a getter that is not there is not read, by pages or by steps', async () => {
  reset()
  const api = await open(routers[0][1]('bob'))
  expect('answer' in (await api.Ticket('a'))).toBe(false)
  await expect((async () => api.Ticket('a').answer)()).rejects.toThrow('has no "answer"')
  solved()
  expect(await api.Ticket('a').answer).toBe('because')
})

test('functions are on their page as long as their condition holds', async () => {
  const router = routers[0][1]('bob')
  isOpen = false
  expect(Object.keys(JSON.parse(await page(router)).content)).toEqual(['Ticket', 'all', 'direct'])
  expect((await fetchOn(router, '/shop/')).status).toBe(409)
  isOpen = true
  expect(Object.keys(JSON.parse(await page(router)).content)).toContain('later')
  expect(await (await open(router)).shop()).toBe('sold')
})

const page = async (router: Pick<Router, 'fetch'>) =>
  (await router.fetch(new Request('http://local/', { headers: { accept: 'application/json' } }))).text()

test('no shared cache keeps a page that depends on who asks, or when', async () => {
  class Door {
    constructor(readonly id = 'a') {}
    static {
      when(({ user }) => user === 'ann')(Door.prototype.open)
    }
    open() {
      return 'opened'
    }
  }
  const router = new Router({
    Door,
    door: safe({ public: true, maxAge: 60 })(() => new Door()),
    other: safe({ public: true, maxAge: 60 })(() => 'for all'),
  })
  const caching = async (path: string) =>
    (await router.fetch(new Request(`http://local${path}`))).headers.get('cache-control')
  expect([await caching('/door/'), await caching('/other/')]).toEqual([
    expect.not.stringContaining('public'),
    'public, max-age=60',
  ])
})

test('an asynchronous condition is asked once for each object of a page', async () => {
  reset()
  asked = 0
  expect(await (await open(routers[1][1]('bob'))).all()).toHaveLength(2)
  expect(asked).toBe(2)
})

test('in a browser it is said, with the object, and without a form that cannot be sent', async () => {
  reset()
  const response = await fetchOn(routers[1][1]('bob'), '/Ticket/oWJpZGFh/reopen', 'text/html')
  const text = await response.text()
  expect(response.status).toBe(409)
  expect(text).toContain('not now: Ticket.reopen; it offers: resolve, watch')
  expect(text).toMatch(/Back to Ticket a<\/a>/)
  expect(text).not.toContain('<form')
})

test('a condition that fails is an accident, of pages and of calls', async () => {
  const bad = when(() => {
    throw new Error('broken')
  })
  const router = new Router({ bad: bad(() => 1) }, { log: { ...console, error: () => undefined } })
  expect((await fetchOn(router, '/bad/')).status).toBe(500)
  expect((await router.fetch(new Request('http://local/'))).status).toBe(500)
  expect(() => when('open' as never)).toThrow('when: expected a function')
  expect(() => when(() => true)(class {} as never)).toThrow('when marks functions and methods')
})
