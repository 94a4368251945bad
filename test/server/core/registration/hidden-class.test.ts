// Classes marked `hidden`: callers reach objects that they are given, and make none, by whatever way they ask.

import { describe, expect, test } from 'vitest'
import { json } from '../../../../lib/codecs.js'
import { Link, Page } from '../../../../lib/values/nodes.js'
import { pipelinePath } from '../../../../server/core/urls/paths.js'
import { factory, hidden, link, Router, safe } from '../../../../server/index.js'
import { ask, outline } from '../../peer.js'

const secret = 'x'.repeat(32)

function application(sealed: boolean) {
  const made: number[] = []
  @hidden
  class Invoice {
    constructor(readonly number: number) {
      made.push(number)
    }
    @safe total() {
      return this.number * 10
    }
    next() {
      return new Invoice(this.number + 1)
    }
  }
  class Credit extends Invoice {}
  class Plain {
    constructor(readonly number: number) {}
  }
  const members = {
    Invoice: hidden(Invoice),
    Credit,
    Plain: hidden(Plain),
    only: { Within: hidden(class Within {}) },
    share: (number: number) => link(new Invoice(number)),
    credit: (number: number) => new Credit(number),
    plain: (number: number) => new Plain(number),
    take: (value: unknown) => typeof value,
    give: () => Invoice,
  }
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined }
  const router = new Router(members, { secret: sealed && secret, pipeline: true, log: silent as never })
  return { router, made }
}

describe.each([true, false])('a hidden class (URLs sealed: %s)', sealed => {
  const { router, made } = application(sealed)

  test('is on no page, in whatever representation', async () => {
    const page = await ask(router, '/')
    expect(Object.keys((page.value as Page).content as object)).toEqual([
      'only',
      'share',
      'credit',
      'plain',
      'take',
      'give',
    ])
    const shown = await ask(router, '/', { accept: 'text/html' })
    expect(shown.text).toContain('share')
    expect(shown.text).not.toMatch(/Invoice|Credit|Plain|Within/)
  })

  const step = (url: string, args: object) => ({ steps: [[url, args]], brief: [] })
  test.each([
    ['a request', '/Invoice/', {}],
    ['HEAD', '/Invoice/', { method: 'HEAD' }],
    ['a page for people', '/Invoice/', { accept: 'text/html' }],
    ['a POST of values', '/Invoice/', { args: { number: 8 } }],
    ['a POST of none', '/Invoice/', { method: 'POST' }],
    ['a path without its slash', '/Invoice', { args: { number: 8 } }],
    [
      'a form',
      '/Invoice/',
      { body: 'number=8', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    [
      'a form that people sent',
      '/Invoice/',
      {
        body: 'number=8',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        accept: 'text/html',
      },
    ],
    ['JSON', '/Invoice/', { args: { number: 8 }, type: json.type }],
    ['a derived class', '/Credit/', { args: { number: 8 } }],
    ['a class marked by a call', '/Plain/', { args: { number: 8 } }],
    ['a namespace', '/only/Within/', { args: {} }],
  ])('its constructor is not there for %s', async (_, path, question) => {
    made.length = 0
    expect((await ask(router, path, question)).status).toBe(404)
    expect(made).toEqual([])
  })

  test('its constructor is not there for the step of a pipeline', async () => {
    made.length = 0
    const other = await ask(router, pipelinePath, { args: step('/Nothing/', {}) })
    const { status, bytes } = await ask(router, pipelinePath, { args: step('/Invoice/', { number: 8 }) })
    expect([status, bytes]).toEqual([200, other.bytes])
    expect(made).toEqual([])
  })

  test('is no argument by reference, as what does not exist', async () => {
    const value = (url: string) =>
      ask(router, '/take/', { args: { value: new Link({ url, method: 'GET' }) } })
    expect((await value('/Invoice/')).status).toBe((await value('/Nothing/')).status)
    expect((await value('/Invoice/')).status).toBe(400)
  })

  test('is not given out by a function either', async () => {
    expect((await ask(router, '/give/', { args: {} })).status).toBe(500)
  })

  test('has objects that are reached, called and passed as before', async () => {
    const { value } = await ask(router, '/share/', { args: { number: 7 } })
    const path = new URL((value as Link).url as string, 'http://test/share/').pathname
    const page = await ask(router, path)
    expect(outline(page.value)).toMatchObject({ number: 7 })
    expect((await ask(router, `${path}total`)).value).toBe(70)
    expect((await ask(router, `${path}next`, { args: {} })).value).toBeInstanceOf(Page)
    expect((await ask(router, path, { accept: 'text/html' })).status).toBe(200)
    const taken = await ask(router, '/take/', { args: { value: new Link({ url: path, method: 'GET' }) } })
    expect(taken.value).toBe('object')
    expect(outline((await ask(router, '/plain/', { args: { number: 3 } })).value)).toMatchObject({
      number: 3,
    })
  })

  test('is left out of the help and the OpenAPI document', async () => {
    const { app } = factory(router, { open: 'all' })
    for (const path of ['/openapi.json', '/help']) {
      const response = await app.request(path, { headers: { accept: 'application/json' } })
      const told = await response.text()
      expect(response.status).toBe(200)
      expect(told).toContain('share')
      expect(told).not.toMatch(/Invoice|Credit|Plain|Within/)
    }
  })
})

test('a page of hidden classes alone is an empty one, also where others are for some only', async () => {
  const router = new Router({ Within: hidden(class Within {}) }, { allow: ['staff'] })
  const { status, value } = await ask(router, '/')
  expect([status, (value as Page).content]).toEqual([200, {}])
})
