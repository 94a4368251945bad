// What one pipeline may hold and do, beside the steps that it comes with: each limit at its boundary, one over it,
// and set to something else.

import { describe, expect, test } from 'vitest'
import { Router, safe } from '../../index.js'
import type { RouterLimits } from '../../lib/limits.js'
import { type Answer, ask } from '../server/peer.js'
import { refusal } from './peer.js'

const members = {
  look: safe((value = '') => typeof value),
  list: (count: number) => Array.from({ length: count }, (_, index) => index),
}
const routerOf = (limits: Partial<RouterLimits>) => new Router(members, { limits, pipeline: true })
const steps = (router: Router, list: unknown[]) => ask(router, '/_pipeline', { args: { steps: list } })

describe('a pipeline', () => {
  const walk = (router: Router, count: number, body: unknown[], result: unknown) =>
    steps(router, [
      ['/list/', { count }],
      [0, body, result],
    ])
  async function last(answer: Answer): Promise<unknown> {
    const items: unknown[] = []
    for await (const item of answer.value as AsyncIterable<unknown>) items.push(item)
    return items.find(item => Array.isArray(item) && item[0] === 1)
  }

  test.each<[keyof RouterLimits, number, Partial<RouterLimits>, number, number, unknown[]]>([
    ['mappedItems', 1024, {}, 1024, 1025, []],
    ['mappedItems', 5, { mappedItems: 5 }, 5, 6, []],
    // The list and the map are two, and each item has one.
    ['executedSteps', 1024, {}, 1022, 1023, [['/look/', {}]]],
    ['executedSteps', 12, { executedSteps: 12 }, 10, 11, [['/look/', {}]]],
  ])('walks no more than %s, %i, allows', async (limit, value, limits, most, over, body) => {
    const router = routerOf(limits)
    expect(await last(await walk(router, most, body, 1))).toEqual([1, 200, new Array(most).fill(1)])
    const [, status, fault] = (await last(await walk(router, over, body, 1))) as unknown[]
    expect(status).toBe(413)
    expect(fault).toMatchObject(refusal(limit, value, 413))
  })

  test('copies no more values for items than mappedValues allows', async () => {
    const router = routerOf({ mappedValues: 110 })
    // The list in the result, and ten numbers in it.
    const result = Array.from({ length: 10 }, (_, index) => index)
    expect(await last(await walk(router, 10, [], result))).toEqual([1, 200, new Array(10).fill(result)])
    const [, status, fault] = (await last(await walk(router, 11, [], result))) as unknown[]
    expect(status).toBe(413)
    expect(fault).toMatchObject(refusal('mappedValues', 110, 413))
    const beyond = Array.from({ length: 100_000 }, () => 0)
    const [, refused] = (await last(await walk(routerOf({}), 10, [], beyond))) as unknown[]
    expect(refused).toBe(413)
  })

  test('counts the items of maps in maps', async () => {
    const router = routerOf({ mappedItems: 12 })
    const nested = [
      ['/list/', { count: 3 }],
      [1, [], 1],
    ]
    const three = await last(await walk(router, 3, nested, 1))
    expect(three).toEqual([1, 200, [1, 1, 1]])
    const [, status] = (await last(await walk(router, 4, nested, 1))) as unknown[]
    expect(status).toBe(413)
  })
})
