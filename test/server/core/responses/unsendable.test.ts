// What a step gives that cannot be sent, or breaks on its way: blobs, answers that are too much, Faults. Nothing beside it
// fails, and everything is answered to its end.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { json } from '../../../../lib/codecs.js'
import { type Blob, blob } from '../../../../lib/values/blob.js'
import { Fault } from '../../../../lib/values/fault.js'
import { Router } from '../../../../server/index.js'
import { batched as batch, later, posted as post, quiet, slowly, watchRejections } from '../../failing.js'

watchRejections()

const closure = () => 'a function that is not registered'

class User {
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
  hello() {
    return `hello ${this.id}`
  }
}

const breaking = () =>
  blob(
    (async function* () {
      yield new Uint8Array(10)
      await sleep(5)
      throw new Error('the source broke')
    })(),
  )
const streamed = () =>
  blob(
    (async function* () {
      yield new Uint8Array(3)
    })(),
  )
const files = {
  ok: () => 'ok',
  nap: () => slowly('nap', 30),
  streamed,
  breaking,
  held: () => ({ file: streamed() }),
  size: async (file: Blob) => (await file.bytes()).length,
  lazy: async (file: Blob) => slowly((await slowly(file)).bytes()),
}
const first = { $extension: 'result', attributes: { step: 0 } }

test('a blob that is passed on goes to who reads it, and breaks nothing', async () => {
  const router = new Router(files, { pipeline: true, log: quiet })
  for (const name of ['size', 'lazy']) {
    const steps = [
      ['./streamed/', {}],
      [`./${name}/`, { file: first }],
      ['./ok/', {}],
    ]
    expect((await batch(steps, [0], router)).slice(1)).toEqual([200, 200])
  }
  expect(
    (
      await batch(
        [
          ['./held/', {}],
          [0, 'file'],
          ['./nap/', {}],
        ],
        [0],
        router,
      )
    ).slice(1),
  ).toEqual([200, 200])
  const both = await batch(
    [
      ['./streamed/', {}],
      ['./size/', { file: first }],
      ['./ok/', {}],
    ],
    [],
    router,
  )
  expect(both.slice(1)).toEqual([200, 200])
})

test.each(['ok', 'nap'])('a blob that breaks fails no step beside it: %s', async name => {
  const router = new Router(files, { pipeline: true, log: quiet })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({
    steps: [
      ['./breaking/', {}],
      [`./${name}/`, {}],
    ],
  })
  const response = await router.fetch(
    new Request('http://local/_pipeline', { method: 'POST', headers, body }),
  )
  const items: unknown[] = []
  const stream = (await json.decodeStream(response.body as never)) as AsyncIterable<[number, number, Blob]>
  for await (const item of stream) items.push(item)
  expect(items.at(-1)).toBe(2)
  const file = (items as [number, number, Blob][]).find(item => item[0] === 0)?.[2] as Blob
  await expect(file.bytes()).rejects.toThrow()
})

test.each([10, 16, 40, 64])('%i steps whose answers are too much are answered to the end', async count => {
  const big = (number: number) => slowly('x'.repeat(200_000), number % 3)
  const router = new Router({ big }, { pipeline: true, log: quiet, limits: { answerBytes: 300_000 } })
  const steps = Array.from({ length: count }, (_, number) => ['./big/', { number }])
  const statuses = await batch(steps, [], router)
  expect(statuses).toHaveLength(count)
  expect(statuses.filter(status => status === 200)).toHaveLength(1)
})

const unsendable: readonly [string, () => unknown][] = [
  ['half a character', () => new Fault('\ud83d', { status: 404 })],
  ['an object without a URL', () => new Fault('no', { details: { user: new User('x'.repeat(3000)) } })],
  ['a closure', () => new Fault('no', { details: { closure } })],
  ['a promise that rejects', () => new Fault('no', { details: { late: later(1) } })],
  ['what holds itself', () => new Fault('no', { details: cyclic() })],
]
function cyclic() {
  const dict: Record<string, unknown> = {}
  dict.self = dict
  return dict
}

test.each(unsendable)('a stream that breaks with a Fault that holds %s ends', async (_, fault) => {
  async function* tail() {
    yield 1
    throw fault()
  }
  function* at_once() {
    yield 1
    throw fault()
  }
  const router = new Router({ User, tail, at_once }, { log: quiet })
  for (const name of ['tail', 'at_once']) {
    const { text } = await post(`${name}/`, {}, router)
    const items: unknown[] = []
    const read = async () => {
      for await (const item of json.decode(Buffer.from(text)) as AsyncIterable<unknown>) items.push(item)
    }
    await expect(read()).rejects.toMatchObject({ status: 500, code: 'internal' })
    expect(items).toEqual([1])
  }
})

test.each(unsendable)('a step that fails with a Fault that holds %s is answered', async (_, fault) => {
  const fail = () => {
    throw fault()
  }
  class Page {
    readonly id: number
    constructor(id: number) {
      this.id = id
    }
    get part() {
      throw fault()
    }
  }
  const router = new Router(
    { User, Page, fail, page: () => new Page(1), ok: () => 1 },
    { pipeline: true, log: quiet },
  )
  const statuses = await batch(
    [
      ['./fail/', {}],
      ['./page/', {}],
      ['./ok/', {}],
    ],
    [],
    router,
  )
  expect(statuses[2]).toBe(200)
  expect(Math.min(...statuses.slice(0, 2))).toBeGreaterThanOrEqual(400)
})
