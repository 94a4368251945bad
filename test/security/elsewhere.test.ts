// URLs of other servers, sent to a server or to a client: the one follows none, the other goes there with nothing
// that belongs to its own server.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { get, url } from '../../client/index.js'
import { encodeCanonical } from '../../lib/cbor/index.js'
import { codecs, text } from '../../lib/codecs.js'
import { Form, Link, Page } from '../../lib/values/nodes.js'
import { args, Router } from '../../server/index.js'
import { openSite, redirectTo, type Site, value } from '../fixtures/site.js'
import { ask } from '../server/peer.js'

let canary: Site
let home: Site
beforeAll(async () => {
  ;[canary, home] = await Promise.all([openSite(), openSite()])
})
afterAll(() => Promise.all([canary.close(), home.close()]))
beforeEach(() => {
  for (const site of [canary, home]) {
    site.seen.length = 0
    for (const path of Object.keys(site.routes)) delete site.routes[path]
  }
})

class Thing {
  constructor(readonly id: unknown) {}
  take(item: unknown) {
    return item
  }
}

const router = new Router(
  { Thing, take: (item: unknown) => item, open: args({ item: z.any() })((item: unknown) => item) },
  { pipeline: true },
)
const nodes = (target: string) => [
  new Link({ url: target }),
  new Form({ url: target, values: [] }),
  new Page({ url: target, pipeline: target }, {}),
]

test.each([...codecs.values()])('a server follows nothing that it is sent: $type', async ({ type }) => {
  for (const target of [
    canary.url,
    canary.url.replace('http:', ''),
    canary.url.replace('127.0.0.1', '2130706433'),
  ]) {
    for (const node of nodes(target)) {
      for (const sent of [node, [node], { in: node }, new Map([[1, node]])]) {
        const { status, value: fault } = await ask(router, '/take/', { args: { item: sent }, type })
        expect(status).toBe(400)
        expect(fault).toMatchObject({ code: 'foreign_argument' })
        expect((await ask(router, '/open/', { args: { item: sent }, type })).status).toBe(200)
      }
    }
  }
  expect(canary.seen).toEqual([])
})

test('nor what stands in a query, in state, or in the steps of a pipeline', async () => {
  const [link = new Link({})] = nodes(canary.url)
  const query = Buffer.from(text.encode({ item: link }))
    .toString('latin1')
    .replace(/[^\w]/g, escape)
  await ask(router, `/take/?${query}`)
  const state = Buffer.from(encodeCanonical({ id: link })).toString('base64url')
  expect((await ask(router, `/Thing/${state}/`)).status).toBe(404)
  const steps = [
    [canary.url, {}],
    ['./Thing/', { id: 1 }],
    [1, 'take', [link]],
    ['./open/', { item: link }],
    [3, 'anything', []],
    [3, 'url'],
  ]
  expect((await ask(router, '/_pipeline', { args: { steps } })).status).toBe(200)
  await ask(router, '/take/', {
    args: {},
    headers: { referer: canary.url, 'x-forwarded-host': new URL(canary.url).host },
  })
  expect(canary.seen).toEqual([])
})

const headers = { authorization: 'Bearer secret', cookie: 'session=secret', 'x-key': 'secret' }

test('what a client has for its server goes nowhere else, by whatever a page or an answer says', async () => {
  const there = (path: string) => `${canary.url}${path}`
  home.routes['/'] = value(
    new Page(
      { url: '', pipeline: there('_pipeline') },
      {
        link: new Link({ url: there('x') }),
        form: new Form({ url: there('x'), values: ['a'] }),
        query: new Form({ url: there('x'), method: 'GET', values: [] }),
        put: new Form({ url: there('x'), method: 'PUT', envelope: 'form', values: [] }),
        blob: new Form({ url: there('x'), method: 'PUT', values: ['a'] }),
        page: new Page({ url: there('page/') }, { own: new Form({ url: 'own', values: [] }) }),
        go: new Form({ url: 'go', values: ['a'] }),
        made: new Form({ url: 'made', values: [] }),
        own: new Form({ url: 'own', values: [] }),
      },
    ),
  )
  home.routes['/own'] = value('own')
  home.routes['/go'] = redirectTo(there('x'), 307)
  home.routes['/made'] = response =>
    response.writeHead(201, { location: there('x'), 'content-length': 0 }).end()
  for (const path of ['/x', '/page/own']) canary.routes[path] = value('there')
  // biome-ignore lint/suspicious/noExplicitAny: a page written by hand has no type.
  const page: any = await get(home.url, { headers, retries: 0 })
  const calls = [
    () => page.link(),
    () => page.form(1),
    () => page.query(),
    () => page.put(),
    () => page.blob('x'),
    () => page.page.own(),
    () => page.go(1),
    async () => (await page.made())(),
    // Together: where its page says that many calls are taken.
    () => Promise.allSettled([page.own(), page.go(2)]),
    () => page.own().further(),
  ]
  for (const call of calls) await (async () => await call())().catch(() => undefined)
  expect(canary.seen.length).toBeGreaterThan(8)
  for (const seen of canary.seen) {
    expect(seen.headers).not.toHaveProperty('authorization')
    expect(JSON.stringify(seen.headers) + Buffer.from(seen.body).toString('latin1')).not.toContain('secret')
  }
  for (const seen of home.seen) expect(seen.headers).toMatchObject(headers)
})

test('what one caller may see is in no answer for another, whatever is kept', async () => {
  home.routes['/'] = (response, { headers: { authorization } }) => {
    const body = JSON.stringify(authorization ?? 'nobody')
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' }).end(body)
  }
  for (const authorization of ['a', 'b', 'a'])
    expect(await get(home.url, { headers: { authorization } })).toBe(authorization)
  expect(await get(home.url)).toBe('nobody')
  expect(home.seen.length).toBe(3)
})

test('a URL that is stored has no credentials in it', async () => {
  home.routes['/'] = value(new Page({ url: '' }, {}))
  const page: object = await get(home.url, { headers })
  expect(url(page)).toBe(home.url)
})
