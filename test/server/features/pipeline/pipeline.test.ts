// Pipelines on the server: many calls in one request, run against live objects.

import { expect, test } from 'vitest'
import { cbor, json } from '../../../../lib/codecs.js'
import { Fault } from '../../../../lib/values/fault.js'
import { Extension, type Page } from '../../../../lib/values/nodes.js'
import {
  type Access,
  type CallEntry,
  hidden,
  Router,
  type RouterOptions,
  redirect,
  safe,
} from '../../../../server/index.js'

class Profile {
  constructor(readonly id: string) {}
  name() {
    return `Name of ${this.id}`
  }
}

class User {
  constructor(readonly id: string) {}
  get shout() {
    return this.id.toUpperCase()
  }
  profile() {
    return new Profile(this.id)
  }
  friends() {
    return [new User(`${this.id}1`), new User(`${this.id}2`)]
  }
  @safe bio() {
    return { lines: [`life of ${this.id}`] }
  }
  @hidden secret() {
    return 'secret'
  }
  greet(other: User, word = 'hello') {
    return `${this.id}: ${word} ${other.id}`
  }
}

const makeRouter = (options: RouterOptions = {}) =>
  new Router(
    {
      User,
      Profile,
      find_user: redirect((wanted: string) => new User(wanted)),
      add: (a: number, b = 1) => a + b,
      fail: (): string => {
        throw new Fault('no luck', { status: 409, code: 'luck' })
      },
      crash: () => {
        throw new Error('secret detail')
      },
      later: async (ms: number) => {
        await new Promise(resolve => setTimeout(resolve, ms))
        return ms
      },
      nothing: () => undefined,
      closure: () => () => 1,
    },
    {
      pipeline: true,
      log: { error: () => undefined, warn: () => undefined, info: () => undefined },
      ...options,
    },
  )

const result = (step: number, up?: number) =>
  new Extension('result', up === undefined ? { step } : { step, up })

async function post(steps: unknown, brief: number[] = [], router = makeRouter()) {
  const response = await router.fetch(
    new Request('http://test/_pipeline', {
      method: 'POST',
      headers: { 'content-type': cbor.type, accept: cbor.type },
      body: cbor.encode({ steps, brief }) as Uint8Array<ArrayBuffer>,
    }),
  )
  const bytes = new Uint8Array(await response.arrayBuffer())
  const items: unknown[] = []
  const value = cbor.decode(bytes, { baseUrl: 'http://test/_pipeline' })
  if (response.status === 200) for await (const item of value as AsyncIterable<unknown>) items.push(item)
  return { status: response.status, value, items, response }
}

test('the root page and the page of an instance say where pipelines are posted to', async () => {
  const pipelineOf = async (path: string) => {
    const response = await makeRouter().fetch(
      new Request(`http://test${path}`, { headers: { accept: json.type } }),
    )
    const page = json.decode(new Uint8Array(await response.arrayBuffer())) as Page
    return new URL(String(page.attributes.pipeline), `http://test${path}`).pathname
  }
  expect(await pipelineOf('/')).toBe('/_pipeline')
  const found = await makeRouter().fetch(
    new Request('http://test/User/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"bob"}',
    }),
  )
  const path = new URL(found.headers.get('location') as string, 'http://test/User/').pathname
  expect(await pipelineOf(path)).toBe('/_pipeline')
})

test('a mounted router answers no pipelines unless it is told to', async () => {
  const { status } = await post([], [], makeRouter({ pipeline: false }))
  expect(status).toBe(404)
})

test('independent calls are answered in one request', async () => {
  const { items, response } = await post([
    ['./add/', { a: 1, b: 2 }],
    ['./add/', { a: 5 }],
    ['./nothing/', {}],
  ])
  expect(items).toEqual([[0, 200, 3], [1, 200, 6], [2, 200, null], 3])
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('a chain of three runs on live objects', async () => {
  const { items } = await post(
    [
      ['./find_user/', { wanted: 'bob' }],
      [0, 'profile', []],
      [1, 'name', []],
    ],
    [0, 1],
  )
  expect(items.at(-2)).toEqual([2, 200, 'Name of bob'])
  const [first] = items as [[number, number, string]]
  expect(first.slice(0, 2)).toEqual([0, 303])
  expect(first[2]).toMatch(/^\.\/User\/[\w-]+\/$/)
})

test.each<[string, unknown[], unknown]>([
  [
    'a result as an argument',
    [
      ['./find_user/', { wanted: 'a' }],
      ['./find_user/', { wanted: 'b' }],
      [0, 'greet', [result(1)]],
    ],
    [2, 200, 'a: hello b'],
  ],
  [
    'a result in a list of arguments by name',
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'greet', { other: result(0), word: 'hi' }],
    ],
    [1, 200, 'a: hi a'],
  ],
  [
    'an own property',
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'id'],
    ],
    [1, 200, 'a'],
  ],
  [
    'a getter',
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'shout'],
    ],
    [1, 200, 'A'],
  ],
  [
    'into plain data',
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'bio', []],
      [1, 'lines'],
      [2, '0'],
    ],
    [3, 200, 'life of a'],
  ],
  [
    'a fan-out',
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
    [2, 200, ['Name of a1', 'Name of a2']],
  ],
  [
    'a fan-out that refers outward',
    [
      ['./find_user/', { wanted: 'a' }],
      [0, 'friends', []],
      [1, [[0, 'greet', [result(0, 1)]]], { said: result(1) }],
    ],
    [2, 200, [{ said: 'a1: hello a' }, { said: 'a2: hello a' }]],
  ],
])('%s', async (_name, steps, expected) => {
  const { items } = await post(steps)
  expect(items.at(-2)).toEqual(expected)
})

test('a step that fails fails what depends on it with the same fault, and nothing else', async () => {
  const { items } = await post([
    ['./fail/', {}],
    [0, 'length'],
    ['./add/', { a: 1, b: result(0) }],
    ['./add/', { a: 1 }],
  ])
  const fault = { message: 'no luck', code: 'luck', status: 409 }
  expect(items).toMatchObject([[0, 409, fault], [1, 409, fault], [2, 409, fault], [3, 200, 2], 4])
})

test('an accident leaks nothing but a logref', async () => {
  const { items } = await post([
    ['./crash/', {}],
    ['./closure/', {}],
  ])
  expect(items).toMatchObject([
    [0, 500, { message: 'internal error' }],
    [1, 500, { message: 'internal error' }],
    2,
  ])
  expect(JSON.stringify(items)).not.toContain('secret')
})

test.each(['secret', 'constructor', '__proto__', 'toString', 'then', 'hasOwnProperty', 'nosuch'])(
  'a walk does not reach %s',
  async name => {
    const { items } = await post([
      ['./find_user/', { wanted: 'a' }],
      [0, name, []],
      [0, name],
    ])
    expect(items.slice(1)).toEqual([[1, 424, null], [2, 424, null], 3])
  },
)

test('answers come as steps finish', async () => {
  const { items } = await post([
    ['./later/', { ms: 60 }],
    ['./later/', { ms: 20 }],
    ['./add/', { a: 0 }],
  ])
  expect(items).toEqual([[2, 200, 1], [1, 200, 20], [0, 200, 60], 3])
})

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
