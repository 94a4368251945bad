// Blobs go where a redirect moves the request that they are in, if they can be read again.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { blob, get } from '../../../client/index.js'
import { Form, Page } from '../../../lib/values/nodes.js'
import { openSite, redirectTo, type Site, value } from '../../fixtures/site.js'

// biome-ignore lint/suspicious/noExplicitAny: pages written by hand have no types.
type Untyped = any

let a: Site
let b: Site
let c: Site
beforeAll(async () => {
  ;[a, b, c] = await Promise.all([openSite(), openSite(), openSite()])
})
afterAll(() => Promise.all([a, b, c].map(site => site.close())))
beforeEach(() => {
  for (const site of [a, b, c]) site.seen.splice(0)
})

const repeatable: readonly (readonly [string, () => unknown])[] = [
  ['text', () => blob('~'.repeat(10))],
  ['bytes', () => blob(new TextEncoder().encode('~~~~~~~~~~'))],
  ['a Blob of the platform', () => new Blob(['~'.repeat(10)])],
  ['the same under another type', () => blob(blob(new Blob(['~'.repeat(10)])), 'text/csv')],
  ['two, one inside a list', () => [blob('~'), { deep: blob('~~~~~~~~~') }]],
]

test.each(repeatable)('a blob that can be read again goes where a redirect moves it: %s', async (_, make) => {
  a.routes['/'] = value(
    new Page(
      { url: '' },
      {
        act: new Form({ url: 'act', values: ['file'] }),
        put: new Form({ method: 'PUT', url: 'act', values: ['file'] }),
      },
    ),
  )
  a.routes['/act'] = redirectTo(`${b.url}1`, 307)
  b.routes['/1'] = redirectTo(`${c.url}2`, 308)
  c.routes['/2'] = value('done')
  const page: Untyped = await get(a.url)
  expect(await page.act(make())).toBe('done')
  const [first, second] = [b.seen[0], c.seen[0]]
  expect(second?.body).toEqual(first?.body)
  expect(
    Buffer.from(second?.body ?? [])
      .toString()
      .split('~'),
  ).toHaveLength(11)
  if (Array.isArray(make())) return
  expect(await page.put(make())).toBe('done')
  expect(Buffer.from(c.seen[1]?.body ?? []).toString()).toBe('~'.repeat(10))
  expect(c.seen[1]?.method).toBe('PUT')
})
