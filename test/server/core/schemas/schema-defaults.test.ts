// Arguments that their schemas let be left out: the form says so, so that clients that know nothing of schemas may.

import { expect, test } from 'vitest'
import { z } from 'zod'
import { get } from '../../../../client/index.js'
import { local } from '../../../../client/transport/local.js'
import { args, Router, safe } from '../../../../server/index.js'
import { ask } from '../../peer.js'

const router = new Router({
  standard: args({ x: z.number().default(5) })((x: number) => x),
  maybe: args({ x: z.string().optional() })((x?: string) => x ?? 'none'),
  nullish: args({ x: z.string().nullish() })((x?: string | null) => (x === null ? 'nil' : (x ?? 'none'))),
  later: args({ x: z.string().default(() => 'made') })((x: string) => x),
  needed: args({ x: z.string() })((x: string) => x),
  both: args({ x: z.string(), y: z.number().default(2) })((x: string, y: number) => [x, y]),
  found: safe({ args: { x: z.string().optional() } })((x?: string) => x ?? 'none'),
  Named: class Named {
    static {
      args({ id: z.string().default('first') })(Named as never)
    }
    constructor(readonly id: string) {}
  },
})
// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
const api = (await get('http://local/', { transport: local(router) })) as any

test.each<[name: string, given: unknown[], result: unknown]>([
  ['standard', [], 5],
  ['standard', [undefined], 5],
  ['standard', [3], 3],
  ['maybe', [], 'none'],
  ['maybe', [undefined], 'none'],
  ['nullish', [], 'none'],
  ['nullish', [null], 'nil'],
  ['later', [], 'made'],
  ['both', ['a'], ['a', 2]],
  ['both', ['a', undefined], ['a', 2]],
  ['found', [], 'none'],
  ['found', ['a'], 'a'],
])('our client calls %s(%j)', async (name, given, result) => {
  expect(await api[name](...given)).toEqual(result)
})

test('an object is made without what its schema knows', async () => {
  expect((await api.Named()).id).toBe('first')
})

test('what is needed is still missed before anything is sent', async () => {
  await expect(api.needed()).rejects.toThrow('missing argument "x"')
  await expect(api.both()).rejects.toThrow('missing argument "x"')
})

test('the published default, or nil in its place, means the default to peers that send it', async () => {
  const { value } = await ask(router, '/', { accept: 'application/vnd.hyperglyph' })
  const { content } = value as { content: Record<string, { inputs: { argument: string; value: unknown }[] }> }
  const published = (name: string) => content[name]?.inputs.map(({ value }) => value)
  expect(published('standard')).toEqual([5])
  expect(published('maybe')).toEqual([null])
  for (const [name, result] of [
    ['maybe', 'none'],
    ['later', 'made'],
    ['nullish', 'nil'],
  ] as const) {
    expect((await ask(router, `/${name}/`, { args: { x: null } })).value).toBe(result)
  }
})
