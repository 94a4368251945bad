// What middleware of Hono and of Express has set before the router, and where it hides the path: nothing of it is left
// out, and pages lead to where they are.

import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono, type MiddlewareHandler } from 'hono'
import { setCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { describe, expect, test } from 'vitest'
import { get } from '../../client/index.js'
import { stricter } from '../../server/core/responses/caching.js'
import { Router } from '../../server/index.js'
import { behind, listening, members, router, secret, served } from './core/requests/behind.js'

test('below a path of Express, asked without the slash, a page leads to where it is', async () => {
  const piped = new Router(members, { secret, pipeline: true })
  const app = express().use('/api', getRequestListener(piped.fetch))
  const at = (await listening(app)).replace(/\/$/, '')
  for (const url of [at, `${at}/`, `${at}?x=1`]) {
    // biome-ignore lint/suspicious/noExplicitAny: its types are tested elsewhere.
    const api = (await get(url)) as any
    expect(await api.hello('x')).toEqual(['x', null])
    expect(await Promise.all([api.hello('a'), api.hello('b')])).toEqual([
      ['a', null],
      ['b', null],
    ])
  }
  const html = await (await fetch(at, { headers: { accept: 'text/html' } })).text()
  expect(html).toContain('action="api/hello/"')
  const hono = await served(new Hono().mount('/api', piped.fetch))
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  expect(await ((await get(hono.replace(/\/$/, ''))) as any).hello('x')).toEqual(['x', null])
})

describe('what middleware has set before the router', () => {
  const setting: MiddlewareHandler = async (c, next) => {
    setCookie(c, 'visitor', '1')
    setCookie(c, 'other', '2')
    c.header('x-mine', 'yes')
    c.header('cache-control', 'public')
    c.header('content-type', 'text/plain')
    c.header('vary', 'Cookie, accept')
    await next()
  }
  const paths: [path: string, init: RequestInit, status: number][] = [
    ['', {}, 200],
    ['hello/', { method: 'POST' }, 200],
    ['nothing/', { method: 'POST' }, 204],
    ['broken/', { method: 'POST' }, 409],
    ['absent/', {}, 404],
    ['hello/', { method: 'DELETE' }, 405],
    ['items/', {}, 200],
    ['page/', { headers: { 'if-none-match': '*' } }, 304],
    ['page/', { method: 'HEAD' }, 200],
    ['login/', { method: 'POST' }, 204],
  ]
  const looked = async (at: string, path: string, init: RequestInit) => {
    const { status, headers } = await fetch(at + path, init)
    return { status, headers, cookies: headers.getSetCookie().map(cookie => cookie.split('=')[0]) }
  }

  test.each(paths)('by Hono is on the answer of %s %j', async (path, init, status) => {
    const at = await served(behind(setting))
    const answer = await looked(at, path, init)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-mine')).toBe('yes')
    expect(answer.headers.get('vary')?.toLowerCase()).toBe('accept, accept-encoding, cookie')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-type')).not.toBe('text/plain')
    expect(answer.cookies.slice(0, 2)).toEqual(['visitor', 'other'])
    expect(answer.cookies.length).toBe(path === 'login/' ? 3 : 2)
    // What the router says itself holds.
    if (path === 'page/') expect(answer.headers.get('cache-control')).toContain('max-age=60')
  })

  test.each(paths)('by Express is on the answer of %s %j', async (path, init, status) => {
    const app = express()
    app.use((_, response, next) => {
      response.cookie('visitor', '1')
      response.cookie('other', '2')
      response.set('x-mine', 'yes').vary('Cookie')
      next()
    })
    app.use('/api', getRequestListener(router.fetch))
    const answer = await looked(await listening(app), path, init)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-mine')).toBe('yes')
    expect(answer.headers.get('vary')?.toLowerCase()).toBe('accept, accept-encoding, cookie')
    expect(answer.cookies.slice(0, 2)).toEqual(['visitor', 'other'])
    expect(answer.cookies.length).toBe(path === 'login/' ? 3 : 2)
  })

  const caching: [before: string, own: string, both: string][] = [
    ['no-store', 'page/', 'no-store'],
    ['No-Store, max-age=0', '', 'no-store'],
    ['no-store', 'absent/', 'no-store'],
    ['public, max-age=600', 'absent/', 'no-store'],
    ['public, max-age=600', '', 'private, no-cache'],
    ['no-transform', '', 'private, no-cache, no-transform'],
    ['public, max-age=600', 'page/', 'private, max-age=60'],
    ['private', 'page/', 'private, max-age=60'],
    ['private="x"', 'page/', 'private, max-age=60'],
    ['max-age=5', 'page/', 'private, max-age=5'],
    ['max-age', 'page/', 'private, max-age=0'],
    ['s-maxage=5, must-revalidate', 'page/', 'private, max-age=60, must-revalidate, s-maxage=5'],
    ['s-maxage=600', 'page/', 'private, max-age=60'],
    ['no-cache', 'page/', 'private, no-cache'],
  ]

  test.each(caching)('%s and what %j says itself are %s together', async (before, path, both) => {
    const hono: MiddlewareHandler = async (c, next) => {
      c.header('cache-control', before)
      await next()
    }
    const app = express()
    app.use((_, response, next) => {
      response.set('cache-control', before)
      next()
    })
    app.use('/api', getRequestListener(router.fetch))
    for (const at of [await served(behind(hono)), await listening(app)]) {
      const { headers } = await fetch(at + path)
      expect(headers.get('cache-control')).toBe(both)
    }
  })

  test.each([
    ['public, max-age=60', 'private', 'max-age=60, private'],
    ['public, max-age=60', 'max-age=5', 'public, max-age=5'],
    ['public, max-age=60, immutable', 'no-cache', 'public, no-cache'],
    ['public, no-cache', 'max-age=60', 'public, no-cache'],
    ['max-age=60', 'public, s-maxage=600, stale-while-revalidate=60', 'max-age=60'],
    ['no-store', 'public', 'no-store'],
  ])('of %s and %s what both allow is %s', (own, before, both) => {
    expect(stricter(own, before)).toBe(both)
  })

  test('nothing that may be kept is said where the answer says nothing, but what was set before', async () => {
    const at = await served(
      behind(async (c, next) => {
        c.header('cache-control', 'max-age=5')
        await next()
      }),
    )
    const { headers } = await fetch(`${at}hello/`, { method: 'POST' })
    expect(headers.get('cache-control')).toBe('max-age=5')
  })

  test('by middleware that uses the response goes together with what the router says', async () => {
    const at = await served(behind(cors({ origin: 'https://app.example', credentials: true })))
    const { headers } = await fetch(at, { headers: { origin: 'https://app.example' } })
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(headers.get('vary')).toBe('Accept, Accept-Encoding, Cookie, Origin')
  })

  test('middleware around it still sees and changes the answer', async () => {
    const seen: number[] = []
    const at = await served(
      behind(async (c, next) => {
        c.header('x-before', '1')
        await next()
        seen.push(c.res.status)
        c.header('x-after', '2')
      }),
    )
    const answer = await fetch(`${at}items/`)
    expect([await answer.text(), answer.headers.get('x-before'), answer.headers.get('x-after')]).toEqual([
      expect.stringContaining('2'),
      '1',
      '2',
    ])
    expect(seen).toEqual([200])
  })
})
