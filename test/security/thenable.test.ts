// Objects with a method called `then`, as arguments: nobody but the application calls it, however its body came.

import { beforeEach, expect, test } from 'vitest'
import { codecs } from '../../lib/codecs.js'
import { Link } from '../../lib/values/nodes.js'
import { Router } from '../../server/index.js'

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
