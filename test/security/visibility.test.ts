// Names from the wire: what no page shows is reached on no path on which a name can come in. The names are in
// names.ts, the server in site.ts.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { get, local } from '../../client/index.js'
import { ask, construct, outline } from '../server/peer.js'
import { names, prototypes } from './names.js'
import { own, pipeline, ran, result, router, segment, url } from './site.js'

let thing: string
let before: string
beforeAll(async () => {
  thing = await construct(router, 'Thing', { id: 'x' })
  before = prototypes()
})
beforeEach(() => {
  ran.length = 0
})
afterAll(() => {
  expect(prototypes()).toBe(before)
})

const paths: readonly (readonly [where: string, path: (name: string) => string])[] = [
  ['at the root', name => `/${segment(name)}/`],
  ['in a namespace', name => `/space/${segment(name)}/`],
  ['below a function', name => `/hello/${segment(name)}/`],
  ['as the state of a class', name => `/Thing/${segment(name)}/`],
  ['on a class, as of an instance', name => `/Thing/${segment(name)}/visible`],
  ['on an instance', name => thing + segment(name)],
  ['on an instance, as a class', name => `${thing + segment(name)}/`],
  ['below a method', name => `${thing}visible/${segment(name)}`],
  ['in the state', name => url(own(name, 'x'))],
  ['beside the state', name => url(Object.assign(own(name, 'x'), { id: 'x' }))],
]

test.each(paths)('no hostile name leads anywhere %s', async (_where, path) => {
  for (const name of names) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const body = method === 'GET' ? {} : { args: {} }
      const { status, value } = await ask(router, path(name), { method, ...body })
      expect([name, method, status]).toEqual([name, method, 404])
      expect(value).toMatchObject({ message: 'nothing is here' })
    }
  }
  expect(ran).toEqual([])
})

const results = [
  'object',
  'dict',
  'list',
  'match',
  'set_',
  'map_',
  'date',
  'bytes_',
  'text_',
  'number',
  'file',
  'fn',
  'foreign',
] as const

test.each(results)('a walk reaches no hostile name of what %s() gives', async made => {
  // As many as one pipeline may have steps.
  for (let at = 0; at < names.length; at += 20) {
    const tried = names.slice(at, at + 20).flatMap(name => [
      [0, name],
      [0, name, []],
      [0, name, {}],
    ])
    const answers = await pipeline([[`./${made}/`, {}], ...tried])
    expect(answers.get(0)?.[0]).toBe(made === 'foreign' ? 500 : 200)
    for (const [index, step] of tried.entries())
      expect([step, answers.get(index + 1)]).toEqual([step, [424, null]])
  }
  expect(ran).toEqual([])
})

test('a walk over a list reaches no hostile name of its items', async () => {
  for (const name of names) {
    const steps = [
      ['./things/', {}],
      [0, [[0, name]], result(1)],
      [0, [[0, name, []]], result(1)],
    ]
    const answers = await pipeline(steps)
    for (const step of [1, 2]) {
      const [status, items] = answers.get(step) as [number, [unknown, unknown][]]
      expect([name, status, items.length, items[0]?.[1]]).toEqual([name, 424, 1, [424, null]])
    }
  }
  expect(ran).toEqual([])
})

test('the URL of a step leads to no hostile name', async () => {
  for (const name of names) {
    const urls = [`./${segment(name)}/`, `.${thing}${segment(name)}`, `.${url(own(name, 1))}`]
    const answers = await pipeline(urls.map(target => [target, {}]))
    expect([name, ...[0, 1, 2].map(step => answers.get(step)?.[0])]).toEqual([name, 404, 404, 404])
  }
  expect(ran).toEqual([])
})

test('of a list a walk reaches the items and their number, and of a match no more', async () => {
  const answers = await pipeline([
    ['./match/', {}],
    [0, '0'],
    [0, 'length'],
    ...['input', 'index', 'groups', '-1', '1', '1e0', '00', ''].map(name => [0, name]),
  ])
  expect(answers.get(1)).toEqual([200, 'b'])
  expect(answers.get(2)).toEqual([200, 1])
  expect([3, 4, 5, 6, 7, 8, 9, 10].map(step => answers.get(step)?.[0])).toEqual(Array(8).fill(424))
})

test('what a page shows is what a walk reaches', async () => {
  const { value } = await ask(router, thing)
  expect(outline(value)).toEqual({
    id: 'x',
    data: 'data',
    shown: 4,
    covered: null,
    visible: 'POST ()',
    inherited: 'POST ()',
  })
  const answers = await pipeline([
    ['./object/', {}],
    [0, 'data'],
    [0, 'shown'],
    [0, 'covered'],
    [0, 'visible', []],
    [0, 'inherited', []],
  ])
  expect([1, 2, 3, 4, 5].map(step => answers.get(step))).toEqual([
    [200, 'data'],
    [200, 4],
    [424, null],
    [200, 'visible'],
    [200, 'inherited'],
  ])
})

test('a hostile name in the header Method is no method', async () => {
  for (const name of ['TRACE', 'get hidden', '*', '', ...names].filter(
    other => other !== 'get' && other !== 'delete',
  )) {
    const { status, value } = await ask(router, '/hello/', { args: {}, headers: { Method: name } })
    expect([name, status]).toEqual([name, 400])
    expect(value).toMatchObject({ code: 'malformed' })
  }
})

test('a method that is marked with a verb answers to no other', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH']) {
    const args = method === 'GET' ? {} : { args: {} }
    expect((await ask(router, '/remove/', { method, ...args })).status).toBe(405)
  }
  expect((await ask(router, '/remove/', { args: {}, headers: { method: 'DELETE' } })).value).toBe('removed')
})

test.each(['secret', 'context', '_method', 'call', 'field', 'overridden'])(
  'a walk that our client records does not call %s',
  async name => {
    // biome-ignore lint/suspicious/noExplicitAny: names that no type has.
    const api: any = await get('http://test/', { transport: local(router) })
    await expect((async () => await api.object()[name]())()).rejects.toThrow()
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    await expect((async () => await api.things().map((item: any) => item[name]()))()).rejects.toThrow()
    expect(ran).toEqual([])
  },
)
