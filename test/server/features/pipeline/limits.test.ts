// What is wrong with a pipeline, how much of it runs at once, and who is told of its steps.

import { expect, test } from 'vitest'
import type { Fault } from '../../../../lib/values/fault.js'
import type { Access, CallEntry } from '../../../../server/index.js'

import { makeRouter, post, result } from './service.js'

test.each<[string, unknown, string]>([
  ['no list', 5, 'a list of steps'],
  ['a step that is no list', [5], 'step 0 is no list'],
  [
    'a later step',
    [
      [1, 'x'],
      ['./add/', {}],
    ],
    'step 0 refers to no earlier step',
  ],
  ['itself', [[0, 'x']], 'step 0 refers to no earlier step'],
  ['a later result in arguments', [['./add/', { a: result(3) }]], 'step 0 refers to no earlier step'],
  [
    'no name',
    [
      ['./add/', {}],
      [0, 7],
    ],
    'neither a name nor steps',
  ],
  ['no arguments', [['./add/']], 'must be [url, arguments]'],
  [
    'a map that refers to its later step',
    [
      ['./add/', {}],
      [0, [[2, 'x']], result(1)],
    ],
    'refers to no earlier step',
  ],
])('%s is refused before anything runs', async (_name, steps, message) => {
  const { status, value } = await post(steps)
  expect(status).toBe(400)
  expect((value as Fault).message).toContain(message)
})

test.each<[number, number]>([
  [64, 200],
  [65, 413],
])('%i steps have status %i', async (count, status) => {
  const answer = await post(Array.from({ length: count }, () => ['./add/', { a: 1 }]))
  expect(answer.status).toBe(status)
})

test('a fan-out runs no more steps than the limit', async () => {
  const router = makeRouter({ limits: { executedSteps: 4 } })
  const { items } = await post(
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'friends', []],
      [
        1,
        [
          [0, 'profile', []],
          [1, 'name', []],
        ],
        result(2),
      ],
    ],
    [],
    router,
  )
  expect(items.at(-2)).toMatchObject([2, 413, { code: 'limit' }])
})

test('authorize sees every call, every object and every object in arguments', async () => {
  const seen: string[] = []
  const authorize = ({ label, member, via }: Access) => {
    seen.push(`${via} ${label}${member === undefined ? '' : '()'}`)
    return label !== 'Profile.name'
  }
  const { items } = await post(
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'profile', []],
      [1, 'name', []],
      [0, 'greet', [result(0)]],
    ],
    [],
    makeRouter({ authorize }),
  )
  const byStep = new Map(
    (items.slice(0, 4) as [number, number, unknown][]).map(([step, ...rest]) => [step, rest]),
  )
  expect(byStep.get(2)).toMatchObject([403, { code: 'forbidden' }])
  expect(byStep.get(3)).toEqual([200, 'a: hello a'])
  expect(seen.sort()).toEqual([
    'argument User',
    'pipeline Profile',
    'pipeline Profile.name()',
    'pipeline User',
    'pipeline User.greet()',
    'pipeline User.profile()',
    'pipeline find_user()',
  ])
})

test('every step has an entry of its own', async () => {
  const entries: CallEntry[] = []
  await post(
    [
      ['./add/', { a: 1 }],
      ['./fail/', {}],
      ['./nothing/', {}],
    ],
    [],
    makeRouter({ onCall: entry => entries.push(entry) }),
  )
  expect(entries.map(({ label, via, status }) => [label, via, status])).toEqual([
    ['fail', 'pipeline', 409],
    ['add', 'pipeline', 200],
    ['nothing', 'pipeline', 204],
  ])
})
