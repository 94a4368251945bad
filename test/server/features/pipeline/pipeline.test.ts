// Pipelines on the server: many calls in one request, run against live objects.

import { expect, test } from 'vitest'
import { json } from '../../../../lib/codecs.js'
import type { Page } from '../../../../lib/values/nodes.js'

import { makeRouter, post, result } from './service.js'

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
