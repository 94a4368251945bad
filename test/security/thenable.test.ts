// Objects with a method called `then`, as arguments: nobody but the application calls it, however its body came.

import { beforeEach, expect, test } from 'vitest'
import { codecs } from '../../lib/codecs.js'
import { Extension, Form, Link } from '../../lib/values/nodes.js'
import { allow, Router } from '../../server/index.js'
import { ask } from '../server/peer.js'

let called = 0
class Task {
  constructor(readonly id: string) {}
  // biome-ignore lint/suspicious/noThenProperty: what is called so must not be taken for a promise.
  then() {
    called++
  }
}
beforeEach(() => {
  called = 0
})

const kinds = [...codecs.values()].flatMap(codec =>
  ['a length', 'no length', 'much besides'].map(how => [codec.type, how] as const),
)

test.each(kinds)('no method called then is called by being passed on: %s, %s', async (type, how) => {
  const router = new Router({
    Task,
    take: (given: unknown, beside: unknown) => [given instanceof Task, typeof beside],
  })
  const task = new Link({ url: '../Task/oWJpZGFh/' })
  const more = how === 'much besides' ? 'x'.repeat(100_000) : 'x'
  const body = codecs.get(type)?.encode({ given: task, beside: more }) as Uint8Array<ArrayBuffer>
  const length = how === 'no length' ? {} : { 'content-length': String(body.length) }
  const headers = { 'content-type': type, accept: 'application/json', ...length }
  const answer = await router.fetch(new Request('http://local/take/', { method: 'POST', headers, body }))
  expect([await answer.json(), called]).toEqual([[true, 'string'], 0])
})

const many = Array(5000).fill('x')
/** What a promise would call. */
const trap = Object.fromEntries([['then', new Form({ url: './wipe/' })]])
const result = (step: number) => new Extension('result', { step })

test.each<[where: string, steps: unknown[], statuses: number[]]>([
  ['a long dict of arguments', [['./take/', { ...trap, many }]], [403]],
  [
    'what a walk gives',
    [
      ['./items/', {}],
      [0, [], trap],
      ['./wait_for/', { items: result(1) }],
    ],
    [200, 400, 400],
  ],
  [
    'the much that a walk gives',
    [
      ['./items/', {}],
      [0, [], { ...trap, many }],
    ],
    [200, 400],
  ],
])('no function that a caller calls then is called in %s of a pipeline', async (_, steps, statuses) => {
  const members = {
    wipe: allow('admin')(() => called++),
    take: (given: unknown) => typeof given,
    items: () => [1],
    wait_for: async (items: unknown[]) => typeof (await items[0]),
  }
  const router = new Router(members, { pipeline: true, identify: () => ({ name: 'eve', rights: [] }) })
  const answering = ask(router, '/_pipeline', { args: { steps } }).then(async ({ value }) => {
    const answers: unknown[] = []
    for await (const item of value as AsyncIterable<unknown>) if (Array.isArray(item)) answers.push(item)
    return (answers as [number, number][]).sort(([one], [other]) => one - other).map(([, status]) => status)
  })
  // A promise that has called it never settles.
  const late = new Promise(resolve => setTimeout(resolve, 2000, 'late'))
  expect([await Promise.race([answering, late]), called]).toEqual([statuses, 0])
})
