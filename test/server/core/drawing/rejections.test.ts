// Promises that reject, late or at once, wherever an application has them: none ends the process, and each fails what
// depends on it and nothing else.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Fault } from '../../../../lib/values/fault.js'
import { allow, created, Resource, Router, redirect } from '../../../../server/index.js'
import type { RouterOptions } from '../../../../server/router.js'
import { type AnyRouter, batched, later, posted, quiet, slowly, watchRejections } from '../../failing.js'

watchRejections()

class User {
  constructor(readonly id: string) {}
  hello() {
    return `hello ${this.id}`
  }
}

/** Its page has a promise that rejects, and each object begins with one. */
class Broken extends Resource {
  readonly id: string
  readonly profile = Promise.reject(new Error('no profile'))
  constructor(id: string) {
    super()
    this.id = id
  }
  get first() {
    return Promise.reject(new Error('first'))
  }
  get second() {
    if (this.id === 'throws') throw new Error('second')
    return 2
  }
  hello() {
    return slowly('hello')
  }
}

const closure = () => 'a function that is not registered'
const members = {
  User,
  Broken,
  ok: () => 'ok',
  slow: (milliseconds: number) => slowly('slow', milliseconds),
  at_once: () => ({ b: Promise.reject(new Error('at once')) }),
  late: (milliseconds: number) => ({ b: later(milliseconds) }),
  beside: () => ({ late: later(5), slow: slowly(1, 40) }),
  never: () => ({ late: later(5), never: new Promise(() => undefined) }),
  in_turn: () => ({
    deep: Promise.resolve({ late: Promise.reject(new Error('inner')) }),
    slow: slowly(1, 20),
  }),
  refused: () => [closure, Promise.reject(new Error('behind'))],
  made: () => created(new Broken('a')),
  found: redirect(() => new Broken('a')),
  broken: (id: string) => new Broken(id),
  faulty(): never {
    throw new Fault('cannot be written \ud83d', {
      details: { late: Promise.reject(new Error('in details')) },
    })
  },
  map_of: () => new Map([['a', later(5)]]),
  set_of: () => new Set([later(5)]),
  thenable: () => ({
    // biome-ignore lint/suspicious/noThenProperty: a promise of another make.
    late: { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('own')) },
  }),
  list: () => [1, later(5), Promise.reject(new Error('item'))],
  long: redirect((length: number) => slowly(new User('x'.repeat(length)))),
  chain: (milliseconds: number) => chained(milliseconds),
}

const chained = async (milliseconds: number): Promise<unknown> => {
  await sleep(milliseconds)
  return { next: chained(milliseconds) }
}

const routerWith = (options: RouterOptions = {}) =>
  new Router(members, { pipeline: true, log: quiet, ...options })

const post = (path: string, body: unknown, router: AnyRouter = routerWith()) => posted(path, body, router)
const batch = (steps: readonly unknown[], brief: readonly number[] = [], router: AnyRouter = routerWith()) =>
  batched(steps, brief, router)

const rejecting: readonly (readonly [name: string, args: object])[] = [
  ['at_once', {}],
  ['late', { milliseconds: 5 }],
  ['beside', {}],
  ['never', {}],
  ['in_turn', {}],
  ['refused', {}],
  ['broken', { id: 'a' }],
  ['broken', { id: 'throws' }],
  ['faulty', {}],
  ['map_of', {}],
  ['set_of', {}],
  ['thenable', {}],
  ['list', {}],
]

test.each(rejecting)('a call whose result rejects fails: %s(%j)', async (name, args) => {
  expect((await post(`${name}/`, args)).status).toBe(500)
})

test.each(rejecting)('it fails by itself among other steps: %s(%j)', async (name, args) => {
  const steps = [
    ['./ok/', {}],
    [`./${name}/`, args],
    ['./slow/', { milliseconds: 30 }],
    ['./ok/', {}],
  ]
  const statuses = await batch(steps)
  expect(statuses).toEqual([200, 500, 200, 200])
  expect((await batch(steps.slice(0, 2))).at(1)).toBe(500)
})

test.each(rejecting)('nothing is left behind where nobody sees the result: %s(%j)', async (name, args) => {
  await batch(
    [
      [`./${name}/`, args],
      [0, 'b'],
      [0, [['./slow/', { milliseconds: 20 }]], 1],
    ],
    [0],
  )
})

test('a redirect to an object with a promise that rejects is a redirect', async () => {
  expect((await post('found/', {})).status).toBe(303)
  expect((await post('Broken/', { id: 'a' })).status).toBe(303)
})

test('a method of an object whose constructor began what rejects is called', async () => {
  const router = routerWith()
  const made = await router.fetch(new Request('http://local/found/', { method: 'POST' }))
  const url = new URL(`${made.headers.get('location')}hello`, 'http://local/found/')
  expect((await post(url.pathname.slice(1), {}, router)).text).toContain('hello')
})

test('an object that can have no URL fails the step that gives it, answered briefly or not', async () => {
  const long = ['./long/', { length: 3000 }]
  expect(await batch([long, ['./ok/', {}]], [0])).toEqual([500, 200])
  expect(await batch([long, ['./ok/', {}]])).toEqual([500, 200])
  expect(await batch([long, [0, 'hello', []]], [0])).toEqual([500, 200])
})

test('promises that lead to more without end fail their own step', async () => {
  expect(
    await batch([
      ['./chain/', { milliseconds: 0 }],
      ['./ok/', {}],
    ]),
  ).toEqual([500, 200])
  expect((await post('chain/', { milliseconds: 0 })).status).toBe(500)
})

/** Objects of which some may not be reached. */
class Note {
  constructor(readonly owner: string) {}
  text() {
    return this.owner
  }
}
allow(({ object }) => (object as Note | undefined)?.owner !== 'tef')(Note)

test.each([
  ['refused', () => [new Note('eve'), new Note('tef')], 403],
  ['refused before others', () => [new Note('tef'), new Note('eve'), new Note('tef')], 403],
  ['a promise of one that is refused', () => [slowly(new Note('tef')), new Note('eve')], 403],
  ['a promise that rejects', () => [later(5), new Note('eve'), later(1)], 500],
  ['all of it', () => [later(5), new Note('tef'), Promise.reject(new Error('item'))], 500],
])('a walk over a list with an item that is %s fails, and nothing beside it', async (_, notes, status) => {
  const router = new Router(
    { Note, notes, ok: () => 1, nap: () => slowly(1) },
    { pipeline: true, log: quiet, identify: () => ({ name: 'eve' }) },
  )
  const result = { $extension: 'result', attributes: { step: 1 } }
  const steps = [
    ['./notes/', {}],
    [
      0,
      [
        [0, 'text', []],
        ['./nap/', {}],
      ],
      result,
    ],
    ['./ok/', {}],
  ]
  expect((await batch(steps, [0], router)).slice(1)).toEqual([status, 200])
})
