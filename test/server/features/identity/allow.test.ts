// What `allow` marks is refused to others on every way on which it could be called or reached, and shown to nobody
// who may not call it.

import { beforeEach, describe, expect, test } from 'vitest'
import { Extension, Link, type Page } from '../../../../lib/values/nodes.js'
import { ask, construct, outline, type Question } from '../../peer.js'
import { as, ran, router } from './notes.js'

beforeEach(() => {
  ran.length = 0
})

const note = 'Note/oWJpZGF4/'
const status = async (user: string | undefined, path: string, question: Question = { args: {} }) =>
  (await ask(as(user), path, question)).status

test('the URL of a note is what the tests think', async () => {
  expect((await ask(as(undefined), `/${note}read`, { args: {} })).value).toBe('read')
})

describe.each([
  ['/reset/', 'reset', { admin: 200, editor: 403, both: 200 }],
  [`/${note}edit`, 'edit', { admin: 200, editor: 200, both: 200 }],
  [`/${note}erase`, 'erase', { admin: 200, editor: 403, both: 200 }],
  [`/${note}secret`, 'secret', { admin: 200, editor: 200, both: 200 }],
  ['/office/stamp/', 'stamp', { admin: 200, editor: 403, both: 200 }],
  ['/office/inner/file/', 'file', { admin: 403, editor: 403, both: 200 }],
  ['/Vault/oWRjb2RlAQ/open', 'open', { admin: 200, editor: 403, both: 200 }],
  ['/Vault/oWRjb2RlAQ/empty', 'empty', { admin: 403, editor: 403, both: 200 }],
])('%s', (path, name, expected) => {
  test.each([...Object.entries(expected), ['nobody', 401]] as [string, number][])(
    'is answered to %s with %i, as a request',
    async (user, code) => {
      expect(await status(user === 'nobody' ? undefined : user, path)).toBe(code)
      expect(ran).toEqual(code === 200 ? [name] : [])
    },
  )

  test.each([...Object.entries(expected), ['nobody', 401]] as [string, number][])(
    'is answered to %s with %i, as a step',
    async (user, code) => {
      const [outcome] = await steps(user === 'nobody' ? undefined : user, [[`.${path}`, {}]])
      expect(outcome).toEqual([0, code, code === 200 ? name : expect.anything()])
      expect(ran).toEqual(code === 200 ? [name] : [])
    },
  )

  test.each([...Object.entries(expected), ['nobody', 401]] as [string, number][])(
    'may be passed on by %s with %i',
    async (user, code) => {
      const value = { deep: [new Link({ url: `..${path}` })] }
      expect(await status(user === 'nobody' ? undefined : user, '/echo/', { args: { value } })).toBe(code)
      expect(ran).toEqual(code === 200 ? ['echo object'] : [])
    },
  )
})

async function steps(user: string | undefined, posted: readonly unknown[]): Promise<unknown[]> {
  const { value } = await ask(as(user), '/_pipeline', { args: { steps: posted } })
  const items: unknown[] = []
  for await (const item of value as AsyncIterable<unknown>) items.push(item)
  return items
}

test.each([
  ['nobody', { id: 'x', read: 'POST ()' }],
  [
    'admin',
    {
      id: 'x',
      read: 'POST ()',
      edit: 'POST ()',
      erase: 'POST ()',
      secret: { inline: 'secret' },
    },
  ],
  ['editor', { id: 'x', read: 'POST ()', edit: 'POST ()', secret: { inline: 'secret' } }],
])('the page of an object shows %s what may be called', async (user, expected) => {
  expect(outline((await ask(as(user), `/${note}`)).value)).toEqual(expected)
})

test.each([
  ['nobody', ['Note', 'echo', 'hello', 'notes', 'vaults']],
  ['admin', ['Note', 'Vault', 'echo', 'hello', 'notes', 'office', 'reset', 'vaults']],
  ['editor', ['Note', 'echo', 'hello', 'notes', 'vaults']],
])('the root page shows %s what may be called', async (user, expected) => {
  const page = (await ask(as(user), '/')).value as Page
  expect(Object.keys(page.content as object).sort()).toEqual(expected)
})

test('of a namespace a user sees what may be called; one in which that is nothing is refused', async () => {
  const shown = async (user: string) => outline((await ask(as(user), '/office/')).value)
  expect(await shown('both')).toEqual({ stamp: 'POST ()', inner: { file: 'POST ()' } })
  expect(await shown('admin')).toEqual({ stamp: 'POST ()' })
  expect(await status('editor', '/office/', {})).toBe(403)
  expect(await status(undefined, '/office/', {})).toBe(401)
})

test('what a walk reaches is what it would be by itself', async () => {
  const result = new Extension('result', { step: 0 })
  const into = (name: string) => [
    ['./vaults/', {}],
    [result, 'in'],
    [new Extension('result', { step: 1 }), '0'],
    [new Extension('result', { step: 2 }), name, []],
  ]
  expect((await steps('admin', into('open'))).slice(3)).toEqual([[3, 200, 'open'], 4])
  expect((await steps('admin', into('empty')))[3]).toEqual([3, 403, expect.anything()])
  expect((await steps(undefined, into('open')))[3]).toEqual([3, 401, expect.anything()])
  expect(ran).toEqual(['open'])
})

test('an object that somebody may not see arrives as a link, which does not open', async () => {
  const answer = await ask(as('editor'), '/vaults/', { args: {} })
  expect(outline(answer.value)).toEqual({ in: ['GET link'] })
  expect(answer.text).not.toContain('code')
  const [vault] = (answer.value as { in: [Link] }).in
  expect(await status('editor', new URL(vault.url as string).pathname, {})).toBe(403)
  expect(outline((await ask(as('admin'), '/vaults/', { args: {} })).value)).toEqual({
    in: [{ code: 1, open: 'POST ()' }],
  })
})

test('a function decides by user, object and arguments, and is asked before the call', async () => {
  expect(await status('editor', `/${note}mine`)).toBe(403)
  expect(await status(undefined, `/${note}mine`)).toBe(401)
  expect(await status('editor', `/${await construct(router, 'Note', { id: 'editor' })}mine`.slice(1))).toBe(
    200,
  )
  expect(ran).toEqual(['mine'])
})
