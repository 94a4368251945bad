// What the steps of a pipeline cost before they are allowed: it does not grow with how many of them are given one big
// result, and others have their turns meanwhile.

import { expect, test } from 'vitest'
import { allow, Router } from '../../server/index.js'

class Note {
  constructor(readonly id: number) {}
}

const rows = Array.from({ length: 30_000 }, (_, id) => [id])
const notes = Array.from({ length: 1000 }, (_, id) => new Note(id))
const items = Array.from({ length: 900 }, (_, id) => id)
const members = {
  Note,
  rows: () => rows,
  notes: () => notes,
  items: () => items,
  take: (_value: unknown, _other = null) => 1,
  admin: allow('admin')(() => 1),
}
const router = new Router(members, { pipeline: true })
const asked: string[] = []
const asking = new Router(members, {
  pipeline: true,
  authorize: ({ label, via }) => {
    asked.push(`${via} ${label}`)
    return true
  },
})

const result = (step: number, up = 0) => ({ $extension: 'result', attributes: { step, up } })
const elsewhere = { $extension: 'link', attributes: { url: 'http://elsewhere.example/' } }

function requestOf(steps: readonly unknown[]): Request {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ steps })
  return new Request('http://local/_pipeline', { method: 'POST', headers, body })
}

async function send(steps: readonly unknown[], to: Pick<Router<object>, 'fetch'>): Promise<string> {
  const response = await to.fetch(requestOf(steps))
  return response.text()
}

/** Milliseconds of CPU, the least of some: what else the machine does is not the pipeline's. */
async function cost(steps: readonly unknown[], to: Pick<Router<object>, 'fetch'>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 4; attempt++) {
    const before = process.cpuUsage()
    await send(steps, to)
    least = Math.min(least, process.cpuUsage(before).user / 1000)
  }
  return least
}

/** The list stands in each step's arguments, and in the answer once. */
const given = (name: string, count: number, args: object) => [
  [`./${name}/`, {}],
  ...Array.from({ length: count }, () => ['./take/', args]),
]

test.each([
  ['a list, where there are rules', 'rows', { _value: result(0) }, router],
  ['a list, where somebody is asked', 'rows', { _value: result(0) }, asking],
  ['a list, beside a link to elsewhere', 'rows', { _value: result(0), _other: elsewhere }, asking],
  ['objects, where somebody is asked', 'notes', { _value: result(0) }, asking],
])(
  '%s that many steps are given is not looked through for each',
  async (_, name, args, to) => {
    const few = await cost(given(name, 3, args), to)
    // Twenty times as many would cost twenty times as much; those that begin before the first has ended look too.
    expect(await cost(given(name, 60, args), to)).toBeLessThan(10 * few + 40)
  },
  60_000,
)

test('about each object in arguments somebody is asked once in a request', async () => {
  asked.length = 0
  await send(given('notes', 5, { _value: result(0) }), asking)
  expect(asked.filter(each => each === 'argument Note')).toHaveLength(notes.length)
  expect(asked.filter(each => each === 'pipeline take')).toHaveLength(5)
})

test.each([
  ['with rules', router],
  ['where somebody is asked', asking],
  ['with no rules', new Router({ items: members.items, take: members.take }, { pipeline: true })],
])(
  'a walk that copies much for each item gives others their turns: %s',
  async (_, to) => {
    const body = [['./take/', { _value: new Array(400).fill([1]) }]]
    const steps = [
      ['./items/', {}],
      [0, body, 0],
    ]
    const { turns, milliseconds } = await turnsWhile(() => send(steps, to))
    expect(turns).toBeGreaterThan(milliseconds / 50)
  },
  60_000,
)

/** Turns of the event loop, and the milliseconds of CPU that they took in all, and the longest of them. */
async function turnsWhile(run: () => Promise<unknown>) {
  let turns = 0
  let longest = 0
  const start = process.cpuUsage()
  let before = start
  const turn = () => {
    turns++
    longest = Math.max(longest, process.cpuUsage(before).user / 1000)
    before = process.cpuUsage()
  }
  let running = true
  const watch = () => {
    turn()
    if (running) setImmediate(watch)
  }
  setImmediate(watch)
  await run()
  running = false
  turn()
  return { turns, longest, milliseconds: process.cpuUsage(start).user / 1000 }
}

const many = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => item(i))

test.each([
  ['lists', many(300_000, () => [1])],
  ['dicts', many(150_000, a => ({ a }))],
  ['pairs', { $map: many(100_000, i => [`k${i}`, [i]]) }],
])(
  'arguments of a step with many %s give others their turns, from their bytes to the call',
  async (_, value) => {
    for (const to of [new Router({ rows: members.rows, take: members.take }, { pipeline: true }), asking]) {
      const steps = [
        ['./rows/', {}],
        ['./take/', { _value: value }],
        ['./take/', { _value: value, _other: result(0) }],
      ]
      let share = 1
      // What the collector takes falls on one turn or another.
      for (let attempt = 0; attempt < 3; attempt++) {
        const request = requestOf(steps)
        const { longest, milliseconds } = await turnsWhile(async () => (await to.fetch(request)).text())
        share = Math.min(share, longest / milliseconds)
      }
      // Each way through them took a third of the time, or more, in one turn.
      expect(share).toBeLessThan(0.2)
    }
  },
  60_000,
)
