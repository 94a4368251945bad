// How long answers may be, and how long a pipeline may take in all: each limit at its boundary, one over it, and in
// pipelines whose steps multiply what others gave.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { codecs } from '../../lib/codecs.js'
import { Router } from '../../server/index.js'
import { ask, logbook } from '../server/peer.js'
import { refusal, start } from './peer.js'

const megabyte = 2 ** 20
const ran: string[] = []
const members = {
  texts: (count: number, length: number) => Array.from({ length: count }, () => 'x'.repeat(length)),
  echo: (value: unknown) => value,
  set: (items: unknown[]) => new Set(items),
  map: (keys: unknown[]) => new Map(keys.map(key => [key, 1])),
  *items(length: number) {
    yield 'first'
    yield 'x'.repeat(length)
  },
  mark: (name: string) => void ran.push(name),
  never: () => new Promise(() => undefined),
  promising: () => ({ later: new Promise(() => undefined) }),
  failing: () => sleep(5).then(() => ({ later: Promise.reject(new Error('broken')) })),
  soon: (value: unknown) => sleep(5).then(() => value),
}
const types = [...codecs.keys()]
const vendor = types.filter(type => type.includes('vnd'))

async function all(stream: unknown): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of stream as AsyncIterable<unknown>) items.push(item)
  return items
}
const reference = (step: number) => [{ $extension: 'result', attributes: { step } }]
/** Steps as JSON, in which a reference to a result can be written by hand. */
const steps = async (router: Router, list: unknown[], accept = types[0]) => {
  const body = JSON.stringify({ steps: list })
  const question = { method: 'POST', body, type: 'application/json', ...(accept && { accept }) }
  return all((await ask(router, '/_pipeline', question)).value)
}

describe('an answer', () => {
  test.each(types)('has as many bytes as are allowed, and no more: %s', async accept => {
    const args = { count: 100, length: 100 }
    const { bytes } = await ask(new Router(members), '/texts/', { args, accept })
    const { log, lines } = logbook()
    const routerOf = (answerBytes: number) => new Router(members, { limits: { answerBytes }, log })
    const exact = await ask(routerOf(bytes.length), '/texts/', { args, accept })
    expect(exact.status).toBe(200)
    expect(exact.bytes).toEqual(bytes)
    expect(lines).toEqual([])
    const over = await ask(routerOf(bytes.length - 1), '/texts/', { args, accept })
    expect(over.status).toBe(500)
    expect(over.value).toMatchObject(refusal('answerBytes', bytes.length - 1, 500))
    expect(lines).toHaveLength(1)
  })

  describe('for people', () => {
    const accept = 'text/html'
    const shown = (text: string) => /<section class="result"[^>]*>(.*)<\/section>/s.exec(text)?.[1] ?? ''

    test.each([
      ['a text', 'echo', { value: 'é&'.repeat(500) }],
      ['a list of texts', 'texts', { count: 40, length: 100 }],
      ['nested lists', 'echo', { value: Array.from({ length: 20 }, () => Array(20).fill([])) }],
      ['a dict', 'echo', { value: { a: 'x'.repeat(500), b: [1, 2, 3] } }],
    ])('has as many bytes of HTML as are allowed, and no more: %s', async (_, name, args) => {
      const whole = shown((await ask(new Router(members), `/${name}/`, { args, accept })).text)
      const size = Buffer.byteLength(whole)
      expect(size).toBeGreaterThan(500)
      const { log, lines } = logbook()
      const routerOf = (answerBytes: number) => new Router(members, { limits: { answerBytes }, log })
      const exact = await ask(routerOf(size), `/${name}/`, { args, accept })
      expect([exact.status, shown(exact.text)]).toEqual([200, whole])
      expect(lines).toEqual([])
      const over = await ask(routerOf(size - 1), `/${name}/`, { args, accept })
      expect([over.status, over.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8'])
      expect(over.text).toContain(`an answer of more than ${size - 1} bytes`)
      expect(over.text).not.toContain('class="result"')
      expect(lines).toHaveLength(1)
    })

    test('breaks a stream at an item that is too long, and says so at its end', async () => {
      const router = new Router(members, { limits: { answerBytes: 1000 }, log: logbook().log })
      const { status, text } = await ask(router, '/items/', { args: { length: 1000 }, accept })
      expect(status).toBe(200)
      expect(text).toContain('first')
      expect(text).toMatch(/an answer of more than 1000 bytes[\s\S]*It broke after 1 item/)
    })

    test('gives up while it is made, though one value stands in it many times', async () => {
      const once = 'x'.repeat(megabyte)
      const twice = (value: unknown, times: number): unknown =>
        times === 0 ? value : twice([value, value], times - 1)
      const router = new Router({ bomb: () => twice(once, 20) }, { log: logbook().log })
      const answer = await ask(router, '/bomb/', { method: 'POST', accept })
      expect(answer.status).toBe(500)
      expect(answer.text).toContain('an answer of more than 33554432 bytes')
    })
  })

  test('of more than 32 MiB is refused where nothing else is said', async () => {
    const router = new Router(members, { log: logbook().log })
    const answer = await ask(router, '/texts/', { args: { count: 33, length: megabyte } })
    expect(answer.value).toMatchObject(refusal('answerBytes', 32 * megabyte, 500))
  })

  test.each(types)('a stream breaks at an item that is too long: %s', async accept => {
    const router = new Router(members, { limits: { answerBytes: 1000 }, log: logbook().log })
    const { value } = await ask(router, '/items/', { args: { length: 1000 }, accept })
    const stream = value as AsyncIterableIterator<unknown>
    expect(await stream.next()).toEqual({ value: 'first', done: false })
    await expect(stream.next()).rejects.toMatchObject(refusal('answerBytes', 1000, 500))
  })
})

describe('the answers of a pipeline', () => {
  const texts = (length: number) => ['/texts/', { count: 1, length }]

  test.each(vendor)('have a limit together, and the number of steps none: %s', async accept => {
    const router = new Router(members, { limits: { answerBytes: 1000 }, pipeline: true })
    const list = [texts(400), texts(400), texts(400), texts(1)]
    const answers = await steps(router, list, accept)
    expect(answers.map(answer => (Array.isArray(answer) ? answer.slice(0, 2) : answer))).toEqual([
      [0, 200],
      [1, 200],
      [2, 413],
      [3, 413],
      4,
    ])
    expect((answers[2] as unknown[])[2]).toMatchObject(refusal('answerBytes', 1000, 413))
    const roomy = new Router(members, { limits: { answerBytes: 2000 }, pipeline: true })
    expect((await steps(roomy, list, accept)).map(answer => Array.isArray(answer) && answer[1])).toEqual([
      200,
      200,
      200,
      200,
      false,
    ])
  })

  test('a step that has not started when the limit is passed is not run', async () => {
    ran.length = 0
    const router = new Router(members, {
      limits: { answerBytes: 1000, concurrentSteps: 1 },
      pipeline: true,
    })
    const list = [
      ['/soon/', { value: 'x'.repeat(2000) }],
      ['/soon/', { value: 1 }],
      ['/mark/', { name: 'after' }],
    ]
    const answers = await steps(router, list)
    const shown = answers.map(answer => (Array.isArray(answer) ? `${answer[0]} ${answer[1]}` : answer))
    expect(shown.sort()).toEqual(['0 413', '1 413', '2 413', 3])
    expect(ran).toEqual([])
  })

  const lists = (depth: number) => [
    ['/texts/', { count: 10, length: 1 }],
    ...Array.from({ length: depth }, (_, step) => [
      '/echo/',
      { value: Array.from({ length: 10 }, () => reference(step)[0]) },
    ]),
  ]
  // 10 ** 13 texts, in 2 KB.
  test.each(vendor)('hold no more of a list of lists of lists than is allowed: %s', async accept => {
    const router = new Router(members, { limits: { answerBytes: megabyte }, pipeline: true })
    const answers = await steps(router, lists(12), accept)
    expect(answers).toHaveLength(14)
    expect(answers.map(answer => (answer as unknown[])[1]).slice(0, 4)).toEqual([200, 200, 200, 200])
    expect(answers[12]).toEqual([12, 413, expect.objectContaining(refusal('answerBytes', megabyte, 413))])
  })

  test.each(['set', 'map'])('nor where it has to be compared with others in a %s', async name => {
    const router = new Router(members, { limits: { answerBytes: megabyte }, pipeline: true })
    const argument = name === 'set' ? 'items' : 'keys'
    const list = [...lists(12), [`/${name}/`, { [argument]: [...reference(12), ...reference(11)] }]]
    const answers = await steps(
      router,
      [...list].map(step => step),
    )
    expect(answers[13]).toEqual([13, 413, expect.objectContaining(refusal('answerBytes', megabyte, 413))])
  })
})

describe('a pipeline under serve', () => {
  const limits = { requestTime: 300 }
  const post = async (list: unknown[], options: object = {}) => {
    const server = await start(new Router(members, options), limits)
    const response = await fetch(`${server.url}_pipeline`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/vnd.hyperglyph+json' },
      body: JSON.stringify({ steps: list }),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return all(codecs.get('application/vnd.hyperglyph+json')?.decode(bytes))
  }
  const late = expect.objectContaining(refusal('requestTime', 300, 503))

  test('has one time for all of its steps: what is not done then is answered without', async () => {
    ran.length = 0
    const answers = await post(
      [
        ['/echo/', { value: 1 }],
        ['/never/', {}],
        [1, 'member'],
        ['/mark/', { name: 'queued' }],
        ['/promising/', {}],
      ],
      { limits: { concurrentSteps: 1 } },
    )
    expect(answers).toEqual([[0, 200, 1], [1, 503, late], [2, 503, late], [3, 503, late], [4, 503, late], 5])
    expect(ran).toEqual([])
  })

  test('waits no longer for what a result has promised', async () => {
    const answers = await post([
      ['/echo/', { value: 1 }],
      ['/promising/', {}],
      ['/soon/', { value: 2 }],
      ['/never/', {}],
    ])
    expect(answers.filter(answer => Array.isArray(answer) && answer[1] === 503)).toEqual([
      [1, 503, late],
      [3, 503, late],
    ])
    expect(answers.at(-1)).toBe(4)
  })
})

test('a promise in the result of a step that rejects is an error of that step alone', async () => {
  const router = new Router(members, { pipeline: true, log: logbook().log })
  const answers = await steps(router, [
    ['/failing/', {}],
    ['/soon/', { value: 2 }],
  ])
  expect(answers).toContainEqual([1, 200, 2])
  expect(answers).toContainEqual([0, 500, expect.objectContaining({ code: 'internal' })])
  expect(answers.at(-1)).toBe(2)
})
