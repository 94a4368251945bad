// Queues whose items leave in the order in which they came, at the same cost however many wait.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from '../../lib/fifo.js'

test('gives what an array would give, whatever is done with it', () => {
  const steps = fc.array(fc.oneof(fc.constant('shift'), fc.constant('splice'), fc.nat(3000)), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, steps => {
      const queue = new Fifo<number>()
      const array: number[] = []
      let next = 0
      for (const step of steps) {
        if (step === 'shift') expect(queue.shift()).toBe(array.shift())
        else if (step === 'splice') expect(queue.splice()).toEqual(array.splice(0))
        else
          for (let count = 0; count < Number(step); count++) {
            queue.push(next)
            array.push(next++)
          }
        for (let count = 0; count < next % 1500; count++) expect(queue.shift()).toBe(array.shift())
        expect(queue.length).toBe(array.length)
      }
    }),
    { numRuns: 30 },
  )
})

test('takes as long for each of many as for each of few', () => {
  const queue = new Fifo<number>()
  const count = 300_000
  for (let index = 0; index < count; index++) queue.push(index)
  const began = process.cpuUsage()
  let sum = 0
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) sum += item
  expect(sum).toBe((count * (count - 1)) / 2)
  // An array takes minutes.
  expect(process.cpuUsage(began).user).toBeLessThan(2_000_000)
})
