// Users in URLs: what `get` is given is sent to its origin; what a server says is not followed.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { fetchTransport, get, type Options, url } from '../../client/index.js'
import { Form, Link, Page } from '../../lib/values/nodes.js'
import { openSite, redirectTo, type Site, value } from '../fixtures/site.js'

// biome-ignore lint/suspicious/noExplicitAny: pages written by hand have no types.
type Untyped = any

let a: Site
let b: Site
beforeAll(async () => {
  ;[a, b] = await Promise.all([openSite(), openSite()])
})
afterAll(() => Promise.all([a, b].map(site => site.close())))
beforeEach(() => {
  for (const site of [a, b]) site.seen.splice(0)
})

test('a link to a URL with a user in it sends nothing', async () => {
  const user = a.url.replace('//', '//u:p@')
  a.routes['/'] = value(
    new Page({ url: '' }, { x: new Link({ url: `${user}x` }), y: new Form({ url: `${user}y` }) }),
  )
  const page: Untyped = await get(a.url)
  for (const call of [page.x(), page.y()]) await expect(call).rejects.toThrow('a URL with a user in it')
  expect(a.seen).toHaveLength(1)
})

test.each<[string, Options, string]>([
  ['bob:secret@', {}, `Basic ${btoa('bob:secret')}`],
  ['bob@', {}, `Basic ${btoa('bob:')}`],
  ['b%C3%B6b:s%3Acr%40t@', {}, `Basic ${Buffer.from('b\u00f6b:s:cr@t').toString('base64')}`],
  ['bob:50%@', {}, `Basic ${btoa('bob:50%')}`],
  ['bob:secret@', { headers: { Authorization: 'Bearer x' } }, 'Bearer x'],
  ['bob:secret@', { headers: { 'x-other': '1' } }, `Basic ${btoa('bob:secret')}`],
])(
  'a user in the URL of get is sent to its origin, and no headers are lost: %s %o',
  async (user, options, sent) => {
    a.routes['/'] = value(
      new Page({ url: '' }, { near: new Link({ url: 'x' }), far: new Link({ url: b.url }) }),
    )
    a.routes['/x'] = redirectTo(`${b.url}x`, 302)
    for (const transport of [undefined, fetchTransport()]) {
      a.seen.splice(0)
      b.seen.splice(0)
      const page: Untyped = await get(a.url.replace('//', `//${user}`), {
        ...options,
        ...(transport && { transport }),
      })
      await page.near().catch(() => undefined)
      await page.far().catch(() => undefined)
      expect(a.seen.map(({ headers }) => headers.authorization)).toEqual([sent, sent])
      expect(a.seen[0]?.headers['x-other']).toBe(
        (options.headers as Record<string, string> | undefined)?.['x-other'],
      )
      expect(b.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
      expect(url(page)).toBe(a.url)
    }
  },
)
