// Hooks of an application that fail: they throw, or give promises that reject, by themselves, in lists and objects, or in
// what they become. None ends the process, and each fails what depends on it and nothing else.

import { expect, test } from 'vitest'
import { allow, Router } from '../../../../server/index.js'
import type { RouterOptions } from '../../../../server/router.js'
import { type AnyRouter, batched, later, posted, quiet, slowly, watchRejections } from '../../failing.js'

watchRejections()

class User {
  constructor(readonly id: string) {}
  hello() {
    return `hello ${this.id}`
  }
}

const members = { User, ok: () => 'ok', at_once: () => ({ b: Promise.reject(new Error('at once')) }) }
const routerWith = (options: RouterOptions = {}) =>
  new Router(members, { pipeline: true, log: quiet, ...options })
const post = (path: string, body: unknown, router: AnyRouter) => posted(path, body, router)
const batch = (steps: readonly unknown[], brief: readonly number[], router: AnyRouter) =>
  batched(steps, brief, router)

test.each(['authorize', 'identify'])('a step that %s rejects for is refused', async hook => {
  const failing = async () => later(1)
  const router = new Router(
    { User, ok: () => [new User('a')] },
    { pipeline: true, log: quiet, [hook]: failing },
  )
  const { text, status } = await post(
    '_pipeline',
    {
      steps: [
        ['./ok/', {}],
        [0, [[0, 'hello', []]], 1],
      ],
    },
    router,
  )
  expect(hook === 'identify' ? status : text.match(/,500,/g)?.length).toBe(hook === 'identify' ? 500 : 2)
})

const failures: readonly [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw new Error('hook')
    },
  ],
  ['rejects', () => later(1)],
  ['rejects at once', () => Promise.reject(new Error('hook'))],
  ['rejects in a list', () => [1, later(1)]],
  ['rejects in an object', () => ({ a: { b: later(1) } })],
  ['rejects in what it becomes', () => slowly(0, 1).then(() => [later(1)])],
]

test.each(failures)('an onCall that %s is logged, and breaks no call', async (_, onCall) => {
  const told: unknown[] = []
  const log = { ...quiet, error: (...parameters: unknown[]) => void told.push(parameters[1]) }
  const router = routerWith({ onCall, log })
  expect((await post('ok/', {}, router)).status).toBe(200)
  expect(
    await batch(
      [
        ['./ok/', {}],
        ['./ok/', {}],
      ],
      [],
      router,
    ),
  ).toEqual([200, 200])
  await expect.poll(() => told.length).toBe(3)
})

test.each(failures)('a log that %s breaks no answer', async (_, error) => {
  const { error: write } = console
  const written: unknown[] = []
  console.error = (...parameters: unknown[]) => void written.push(parameters)
  try {
    const router = routerWith({ log: { ...quiet, error } })
    expect((await post('at_once/', {}, router)).status).toBe(500)
    expect(
      await batch(
        [
          ['./at_once/', {}],
          ['./ok/', {}],
        ],
        [],
        router,
      ),
    ).toEqual([500, 200])
    await expect.poll(() => written.length).toBe(4)
  } finally {
    console.error = write
  }
})

test.each(failures)('rights that %s are an error of the application', async (_, rights) => {
  const secret = allow('admin')(() => 'secret')
  const options = { pipeline: true, log: quiet, identify: () => 'eve', rights: rights as () => string[] }
  const router = new Router({ secret, ok: () => 1 }, options)
  expect((await post('secret/', {}, router)).status).toBe(500)
  expect((await router.fetch(new Request('http://local/'))).status).toBe(500)
  expect(
    await batch(
      [
        ['./secret/', {}],
        ['./ok/', {}],
      ],
      [],
      router,
    ),
  ).toEqual([500, 200])
})

test.each(failures)('a locate that %s fails what gives such an object', async (_, locate) => {
  const router = new Router({ ok: () => 1, placed: () => new User('a') }, { pipeline: true, log: quiet })
  router.add(User, { locate: locate as () => string })
  expect((await post('placed/', {}, router)).status).toBe(500)
  expect(
    await batch(
      [
        ['./placed/', {}],
        ['./ok/', {}],
        [0, 'hello', []],
      ],
      [0],
      router,
    ),
  ).toEqual([500, 200, 500])
})

test.each(failures.slice(3))(
  'one who may call, whom a hook that %s lets in or not, ends nothing',
  async (_, hook) => {
    const shut = allow(hook as () => boolean)(() => 'shut')
    const identify = () => hook() as object
    const options = { pipeline: true, log: quiet, identify, authorize: hook as () => boolean }
    const router = new Router({ shut, open: () => [new User('a')], User }, options)
    expect((await post('shut/', {}, router)).status).toBe(403)
    const steps = [
      ['./open/', {}],
      ['./shut/', {}],
      [0, [[0, 'hello', []]], 1],
    ]
    expect(await batch(steps, [], router)).toEqual([200, 403, 200])
  },
)
