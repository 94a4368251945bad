// What the application gives to one step, and a later step is given: `authorize`, and the rules of `allow`, are asked about
// every object in it before the call, however it stands there; and what it leads to ends when the first URL does.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Duration } from '../../lib/values/duration.js'
import { extend } from '../../lib/values/extend.js'
import { Fault } from '../../lib/values/fault.js'
import { Extension, Form, Link, Page } from '../../lib/values/nodes.js'
import { type Access, allow, created, link, Router, safe } from '../../server/index.js'
import { ask, logbook } from '../server/peer.js'

class Thing {
  constructor(readonly id: string) {}
  name() {
    return this.id
  }
}
class Box {
  constructor(readonly inside: unknown) {}
}
extend('box', Box, { encode: box => box.inside, decode: inside => new Box(inside) })

class Thenable {
  readonly #value: unknown
  constructor(value: unknown) {
    this.#value = value
  }
  // biome-ignore lint/suspicious/noThenProperty: it is one.
  then(resolve: (value: unknown) => void) {
    resolve(this.#value)
  }
}
const later = <T>(value: T): Promise<T> => new Promise(resolve => setTimeout(() => resolve(value), 1))
const failing = (error: unknown): Promise<never> => {
  const promise = Promise.reject(error)
  promise.catch(() => undefined)
  return promise
}

/** One object in everything that can hold one. */
const holders: Record<string, (thing: Thing) => unknown> = {
  list: thing => [[thing]],
  dict: thing => ({ a: { b: thing } }),
  set: thing => new Set([new Set([thing])]),
  'key of a map': thing => new Map([[thing, 1]]),
  'value of a map': thing => new Map([[1, [thing]]]),
  promise: thing => ({ later: later(thing) }),
  'promise of a promise': thing => [later({ later: later([thing]) })],
  thenable: thing => ({ later: new Thenable(thing) }),
  'promise that rejects': thing => [failing(new Fault('no', { details: { thing } }))],
  'what was created': thing => [created(thing)],
  reference: thing => [link(thing)],
  'reference to a method': thing => [link(thing, 'name')],
  Fault: thing => [new Fault('no', { details: { deep: [thing] } })],
  extension: thing => new Extension('note', { thing }, [1]),
  'content of an extension': thing => new Extension('note', {}, { thing }),
  'type of the application': thing => [new Box({ thing })],
}

const now = 1_900_000_000_000
let told: Access[] = []
let denied = false
let ran = 0
afterEach(() => {
  vi.useRealTimers()
})
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  told = []
  denied = false
  ran = 0
})

const members = {
  Thing,
  give: (how: string) => holders[how]?.(new Thing('a')),
  take(value: unknown) {
    ran++
    return value === undefined
  },
}
const { log } = logbook()
const asked = new Router(members, {
  pipeline: true,
  log,
  authorize: access => {
    told.push(access)
    return !(denied && access.object instanceof Thing)
  },
})
const passing = (how: string) => ({
  steps: [
    ['./give/', { how }],
    ['./take/', { value: [new Extension('result', { step: 0 })] }],
  ],
})
type Answers = [step: number, status: number, value: unknown][]
async function statusOf(router: Router, args: object, step: number): Promise<number | undefined> {
  const { value } = await ask(router, '/_pipeline', { args })
  const answers: unknown[] = []
  for await (const item of value as AsyncIterable<unknown>) answers.push(item)
  return (answers as Answers).find(answer => answer[0] === step)?.[1]
}

test.each(Object.keys(holders))('before a step is given it: %s', async how => {
  expect(await statusOf(asked, passing(how), 1)).toBe(200)
  const labels = told.map(({ via, label }) => `${via} ${label}`)
  const what = how === 'reference to a method' ? 'argument Thing.name' : 'argument Thing'
  expect([labels.filter(label => label === what), ran]).toEqual([[what], 1])
  denied = true
  expect([await statusOf(asked, passing(how), 1), ran]).toEqual([403, 1])
})

test.each(Object.keys(holders))('and rules are kept: %s', async how => {
  class Guarded extends Thing {}
  const guarded = new Router(
    { Thing: allow('clerk')(Guarded), give: () => holders[how]?.(new Guarded('a')), take: members.take },
    { pipeline: true, log, identify: () => ({ name: 'eve', rights: [] }) },
  )
  const args = {
    steps: [
      ['./give/', {}],
      ['./take/', { value: new Extension('result', { step: 0 }) }],
    ],
  }
  expect([await statusOf(guarded, args, 1), ran]).toEqual([403, 0])
})

test('what is public for caches is refused where there is an authorize, whatever it is', () => {
  class Report {
    constructor(readonly id: string) {}
    numbers() {
      return 1
    }
    static {
      safe({ public: true })(Report.prototype.numbers)
    }
  }
  const report = safe({ public: true, maxAge: 60 })(() => 1)
  const all: Record<string, unknown>[] = [{ report }, { office: { report } }, { Report }]
  for (const registered of all) {
    const make = () => new Router(registered, { authorize: () => true })
    expect(make).toThrow(/is public for caches, which do not ask authorize/)
  }
  const router = new Router({}, { authorize: () => true })
  expect(() => router.add('report', report)).toThrow(/do not ask authorize/)
})

class Door {
  constructor(readonly id: string) {}
  open(how: string) {
    return holders[how]?.(new Thing('behind'))
  }
  fail() {
    throw new Fault('no', { details: { deep: [new Thing('behind')] } })
  }
}
const secret = 'a secret of at least thirty-two bytes'
const expiring = new Router(
  { Thing, Door, share: () => link(new Door('d'), { expires: new Duration({ hours: 1 }) }) },
  { pipeline: true, log, secret },
)

/** The URLs of things in an answer, where whoever has them goes. */
function urlsIn(value: unknown, found: string[] = []): string[] {
  if (value instanceof Page || value instanceof Link || value instanceof Form) found.push(value.url as string)
  if (value instanceof Fault || value instanceof Extension) urlsIn([value.attributes, value.content], found)
  else if (value instanceof Map) urlsIn([...value], found)
  else if (value instanceof Set || Array.isArray(value)) for (const item of value) urlsIn(item, found)
  else if (typeof value === 'object' && value !== null) urlsIn(Object.values(value), found)
  return found
}

const statuses = (urls: readonly string[]) =>
  Promise.all(urls.map(async url => (await ask(expiring, new URL(url, 'http://test/').pathname)).status))

test.each([
  ...Object.keys(holders).filter(how => !['promise that rejects', 'thenable'].includes(how)),
  'fail',
])('what stands behind a URL that expires does so, too: %s', async how => {
  const shared = await ask(expiring, '/share/', { args: {} })
  const door = (shared.value as Link).url as string
  const path = new URL(door, 'http://test/share/').pathname
  const [name, args] = how === 'fail' ? ['fail', {}] : ['open', { how }]
  const alone = await ask(expiring, `${path}${name}`, { args })
  const { value } = await ask(expiring, '/_pipeline', {
    args: {
      steps: [
        [`.${path}${name}`, args],
        ['./Thing/', { id: 'z' }],
      ],
    },
  })
  const answers: unknown[] = []
  for await (const item of value as AsyncIterable<unknown>) answers.push(item)
  const piped = (answers as Answers).find(answer => answer[0] === 0)
  for (const given of [alone.value, piped]) {
    const urls = urlsIn(given)
    expect(urls.length).toBeGreaterThan(0)
    vi.setSystemTime(now + 1)
    expect(await statuses(urls)).not.toContain(403)
    vi.setSystemTime(now + 2 * 3_600_000)
    expect(new Set(await statuses(urls))).toEqual(new Set([403]))
  }
})
