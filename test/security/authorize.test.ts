// `authorize` is asked before anything is done or reached, on every way on which objects come in: it is told of the
// very objects that the application's code then meets, and what it refuses does not happen.

import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { encodeCanonical } from '../../lib/cbor/index.js'
import { codecs } from '../../lib/codecs.js'
import { Extension, Link } from '../../lib/values/nodes.js'
import { type Access, inline, Router } from '../../server/index.js'
import { ask, construct, outline } from '../server/peer.js'

interface Ran {
  readonly label: string
  readonly object: object | undefined
  readonly args: readonly unknown[]
}

const ran: Ran[] = []
let told: Access[] = []
let denied = new Set<unknown>()
beforeEach(() => {
  ran.length = 0
  told = []
  denied = new Set()
})

class Thing {
  constructor(readonly id: string) {}
  get next(): Thing | null {
    return this.id.endsWith('+') ? null : new Thing(`${this.id}+`)
  }
  child(value: unknown = null) {
    ran.push({ label: 'Thing.child', object: this, args: [value] })
    return new Thing(`${this.id}c`)
  }
  children(value: unknown = null) {
    ran.push({ label: 'Thing.children', object: this, args: [value] })
    return [new Thing(`${this.id}1`), { deep: [new Thing(`${this.id}2`)] }, new Thing(`${this.id}3`)]
  }
}

class Box {
  constructor(readonly thing: unknown) {}
  open() {
    ran.push({ label: 'Box.open', object: this, args: [] })
    return this.thing
  }
}

const echo = (value: unknown) => {
  ran.push({ label: 'echo', object: undefined, args: [value] })
  return value
}

const log = { error: () => undefined, warn: () => undefined, info: () => undefined }

const router = new Router(
  { Thing, Box, echo },
  {
    pipeline: true,
    log,
    authorize: async access => {
      told.push(access)
      await Promise.resolve()
      return !denied.has(access.member) && !denied.has((access.object as Thing | undefined)?.id)
    },
  },
)

const segment = (state: object) => Buffer.from(encodeCanonical(state)).toString('base64url')
const thingAt = (id: string) => `Thing/${segment({ id })}/`
const result = (step: number) => new Extension('result', { step })
const link = (url: string) => new Link({ url })

/** The objects in a value, as code that is given it may find them. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return []
  if (value instanceof Thing) return [value]
  if (value instanceof Box) return [value, ...objectsIn(value.thing)]
  const items =
    value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value)
  return items.flatMap(objectsIn)
}

/** What ran without `authorize` having been told of it, or of an object that it was given. */
function untold(): string[] {
  const objects = new Set(told.map(access => access.object))
  return ran.flatMap(({ label, object, args }) => {
    const call = told.some(
      access =>
        access.label === label &&
        access.object === object &&
        access.via !== 'argument' &&
        args.every((value, index) => Object.is(access.args[index] ?? null, value)),
    )
    const arguments_ = args.flatMap(objectsIn).filter(item => !objects.has(item))
    return [...(call ? [] : [label]), ...arguments_.map(() => `an object for ${label}`)]
  })
}

const inData = (value: unknown): unknown[] => [
  value,
  [value],
  { in: { a: [value] } },
  new Set([value]),
  new Map([[value, 1]]),
  new Map([[1, { in: value }]]),
]

test.each([...codecs.values()])(
  'it is told of an object in arguments, however deep: $type',
  async ({ type }) => {
    for (const value of inData(link(`../${thingAt('a')}`))) {
      told = []
      ran.length = 0
      await ask(router, '/echo/', { args: { value }, type })
      expect(told.map(({ via, label }) => [via, label])).toEqual([
        ['request', 'echo'],
        ['argument', 'Thing'],
      ])
      expect([untold(), ran.length]).toEqual([[], 1])
      denied = new Set(['a'])
      const { status } = await ask(router, '/echo/', { args: { value }, type })
      expect([status, ran.length]).toEqual([403, 1])
      denied = new Set()
    }
  },
)

test.each([
  ['a request', (url: string) => ask(router, `/${url}open`, { args: {} })],
  ['an argument', (url: string) => ask(router, '/echo/', { args: { value: link(`../${url}`) } })],
  [
    'a method in arguments',
    (url: string) => ask(router, '/echo/', { args: { value: link(`../${url}open`) } }),
  ],
])('it is told of an object that the URL of another one holds: %s', async (_how, send) => {
  const url = `Box/${segment({ thing: link(`Box/${segment({ thing: link(thingAt('a')) })}/`) })}/`
  expect((await send(url)).status).toBe(200)
  expect(told.map(({ object }) => object).filter(object => object instanceof Thing)).toHaveLength(1)
  expect(untold()).toEqual([])
  denied = new Set(['a'])
  ran.length = 0
  expect((await send(url)).status).toBe(403)
  expect(ran).toEqual([])
})

test('it is told of a step to a method whose object holds another one', async () => {
  denied = new Set(['a'])
  const url = `./Box/${segment({ thing: link(thingAt('a')) })}/open`
  await ask(router, '/_pipeline', { args: { steps: [[url, {}]] } })
  expect(told.map(({ label }) => label)).toEqual(['Box', 'Thing'])
  expect(ran).toEqual([])
})

test('it is told of functions, methods and classes in arguments as of calls', async () => {
  const urls = ['../echo/', `../${thingAt('a')}child`, '../Thing/']
  for (const url of urls) await ask(router, '/echo/', { args: { value: link(url) } })
  expect(told.filter(({ via }) => via === 'argument').map(({ label, member }) => [label, member])).toEqual([
    ['echo', 'echo'],
    ['Thing.child', 'child'],
    ['Thing', 'Thing'],
  ])
  denied = new Set(['child'])
  ran.length = 0
  const refused = await ask(router, '/echo/', { args: { value: link(`../${thingAt('a')}child`) } })
  expect([refused.status, ran]).toEqual([403, []])
})

test('of data that leads back to itself it is told once', async () => {
  const cycle: Record<string, unknown> = { thing: new Thing('a') }
  cycle.self = cycle
  const circular = new Router(
    { Thing, cycle: () => cycle, take: (value: unknown) => value === cycle },
    { pipeline: true, log, authorize: access => void told.push(access) },
  )
  const steps = [
    ['./cycle/', {}],
    ['./take/', { value: result(0) }],
  ]
  await ask(circular, '/_pipeline', { args: { steps } })
  expect(told.map(({ label, via }) => `${via} ${label}`)).toEqual([
    'pipeline cycle',
    'pipeline take',
    'argument Thing',
  ])
})

const ids = fc.constantFrom('a', 'b')
const names = fc.constantFrom('child', 'children', 'open', 'next', 'thing', 'deep', '0', '1', 'constructor')

/** Any steps, sensible or not; what they refer to is earlier. */
const steps = fc
  .array(fc.tuple(fc.nat(5), fc.nat(), fc.nat(), ids, names), { minLength: 2, maxLength: 9 })
  .map(rows =>
    rows.map(([kind, first, second, id, name], index): unknown[] => {
      const of = index === 0 ? 0 : first % index
      const value = inData(
        index === 0 || second % 3 === 0 ? link(`./${thingAt(id)}`) : result(second % index),
      )[second % 6]
      if (index === 0 || kind === 0) return [`./${thingAt(id)}`, {}]
      if (kind === 1) return ['./echo/', { value }]
      if (kind === 2) return [`./Box/${segment({ thing: link(thingAt(id)) })}/open`, {}]
      if (kind === 3) return [of, name]
      if (kind === 4) return [of, name, second % 2 === 0 ? [] : [value]]
      return [
        of,
        [
          [0, name, []],
          [0, 'child', [result(1)]],
        ],
        result(2),
      ]
    }),
  )

test('of whatever steps do, it is told before, and what it refuses is not done', async () => {
  let calls = 0
  let refusals = 0
  await fc.assert(
    fc.asyncProperty(steps, fc.subarray(['b', 'ac', 'a+', 'a2', 'children']), async (posted, refused) => {
      ran.length = 0
      told = []
      denied = new Set(refused)
      const { status } = await ask(router, '/_pipeline', { args: { steps: posted } })
      expect(status).toBe(200)
      expect(untold()).toEqual([])
      const met = ran.flatMap(({ object, args }) => objectsIn([object, args]))
      expect(met.filter(object => denied.has((object as Thing).id))).toEqual([])
      expect(ran.filter(({ label }) => denied.has(label.split('.')[1]))).toEqual([])
      calls += ran.length
      refusals += told.filter(
        ({ object, member }) => denied.has(member) || denied.has((object as Thing)?.id),
      ).length
    }),
    { numRuns: 300, seed: 4 },
  )
  // Else this would have said nothing.
  expect(calls).toBeGreaterThan(300)
  expect(refusals).toBeGreaterThan(100)
})

test('where calls have to be allowed, no inline method runs by being drawn', async () => {
  class Note {
    constructor(readonly id = 'x') {}
    @inline body() {
      ran.push({ label: 'Note.body', object: this, args: [] })
      return 'text'
    }
  }
  const open = new Router({ Note })
  const guarded = new Router({ Note }, { authorize: ({ member }) => member !== 'body' })
  const path = await construct(open, 'Note')
  expect(outline((await ask(open, path)).value)).toEqual({ id: 'x', body: { inline: 'text' } })
  ran.length = 0
  expect(outline((await ask(guarded, path)).value)).toEqual({ id: 'x', body: 'GET link' })
  expect((await ask(guarded, `${path}body`)).status).toBe(403)
  expect(ran).toEqual([])
})
