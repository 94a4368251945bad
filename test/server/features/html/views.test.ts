// An application's own views of its classes, what stands around every page, and streams that are shown as they come.

import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { Fault } from '../../../../lib/values/fault.js'
import { Router, redirect, safe, type View, view } from '../../../../server/index.js'
import { ask, logbook } from '../../peer.js'
import { parsed, submitted, visit } from './page.js'

const { log } = logbook()

const drawn: View<Card> = (card, parts) =>
  html`<h1>${card.title}!</h1>${parts.data('size')}<div class="do">${parts.call('turn')}</div>${parts.calls('turn')}`

class Card {
  constructor(readonly title: string) {}
  get size() {
    return 3
  }
  @safe turn() {
    return 'turned'
  }
  rename(name: string) {
    return new Card(name)
  }
}
view(drawn)(Card)

class Slow {
  static view: View<Slow> = async (slow, parts) => html`${await parts.heading()}<p>${slow.id} came late</p>`
  constructor(readonly id: string) {}
}

class Plain {
  static view = (plain: Plain) => `<b>${plain.id}</b>`
  constructor(readonly id: string) {}
}

class Broken {
  static view: View<Broken> = (_, parts) => parts.call('nothing')
  constructor(readonly id: string) {}
}

const router = new Router(
  {
    Card,
    Slow,
    Plain,
    Broken,
    cards: safe(() => [new Card('<one>'), new Slow('s'), new Plain('<p>')]),
    broken: safe(() => new Broken('x')),
    *count(to: number) {
      for (let at = 1; at <= to; at++) yield { at }
    },
    async *fail() {
      yield '<first>'
      throw new Fault('the disk is gone', { status: 503 })
    },
  },
  { log },
)

class Far {
  static locate = () => 'https://far.example/'
  constructor(readonly id: string) {}
  move(to: string) {
    return to
  }
}

test('a class is shown by its view, wherever it stands, and everything around stays', async () => {
  const { page, source } = await visit(router, '/cards/')
  const [card, slow, plain] = page.all('article')
  expect(card!.one('h1').text).toBe('<one>!')
  expect(card!.all('dt').map(({ text }) => text)).toEqual(['size'])
  expect(card!.one('div.do').one('a').text).toBe('turn')
  expect(card!.one('form').one('input').attributes.name).toBe('name')
  expect(slow!.text).toBe('Slow ss came late')
  expect(plain!.text).toBe('<b><p></b>')
  expect(source).toContain('</nav>')
})

test('other types of answers know nothing of views', async () => {
  expect(JSON.stringify((await ask(router, '/cards/')).value)).not.toContain('came late')
})

test('a view that asks for what the page has not is an accident', async () => {
  const { status, source } = await visit(router, '/broken/')
  expect([status, source.includes('no link or form')]).toEqual([500, false])
})

const far = new Router({
  Far,
  go: redirect((id: string) => new Far(id)),
  look: safe(() => [new Far('x')]),
})

test('a form that leads to another server is a link to it there', async () => {
  const { page } = await visit(far, '/look/')
  expect(page.one('article').all('form')).toEqual([])
  const links = page
    .one('article')
    .all('a')
    .map(({ attributes }) => attributes.href)
  expect(links).toEqual([
    expect.stringMatching(/^https:\/\/far\.example\/Far\/\w+\/$/),
    expect.stringMatching(/\/move$/),
  ])
})

test('a form that is redirected to another server is a page that goes on there', async () => {
  const { status, page, headers } = await visit(far, '/go/', submitted({ id: 'x' }))
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
  const target = page.one('main').one('a').attributes.href
  expect(target).toMatch(/^https:\/\/far\.example\/Far\/\w+\/$/)
  expect(page.one('meta[http-equiv=refresh]').attributes.content).toBe(`0; url=${target}`)
  expect((await ask(far, '/go/', { args: { id: 'x' } })).status).toBe(303)
})

test.each<[path: string, init: RequestInit]>([
  ['/', {}],
  ['/cards/', {}],
  ['/nowhere/', {}],
  ['/broken/', {}],
  ['/count/', submitted({ to: '1' })],
])(
  'every page forbids scripts, frames and other origins, and tells none of them its URL: %s',
  async (path, init) => {
    const { headers } = await visit(router, path, init)
    const policy = headers.get('content-security-policy')!.split('; ')
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ]),
    )
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('vary')).toBe('Accept, Accept-Encoding')
  },
)

test('the stylesheet is kept for ever under its hash, and asked about under another', async () => {
  const { page } = await visit(router, '/cards/')
  const path = new URL(page.one('link[rel=stylesheet]').attributes.href!, 'http://test/cards/').pathname
  const get = (to: string, headers = {}) => router.fetch(new Request(`http://test${to}`, { headers }))
  const style = await get(path)
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(style.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await get(path, { 'if-none-match': style.headers.get('etag')! })).status).toBe(304)
  expect((await get('/_face/0123456789abcdef.css')).headers.get('cache-control')).toBe('no-cache')
  expect((await get('/_face/other.txt')).status).toBe(404)
})

test('the items of a stream are shown one by one, and then that it was all', async () => {
  const { status, page } = await visit(router, '/count/', submitted({ to: '2' }))
  expect(status).toBe(200)
  expect(
    page
      .one('ol.stream')
      .all('li')
      .map(({ text }) => text),
  ).toEqual(['at1', 'at2'])
  expect(page.one('main').text).toContain('That was all: 2 items.')
})

test('a stream that breaks says so after the items that came', async () => {
  const { page } = await visit(router, '/fail/', submitted({}))
  expect(page.one('ol.stream').text).toBe('<first>')
  expect(page.one('div.fault').text).toContain('the disk is gone')
})

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>(resolved => (resolve = resolved))
  return { promise, resolve: () => resolve() }
}

test('an item of a stream is there before the next is made', async () => {
  const { promise: waiting, resolve: release } = deferred()
  const slow = new Router({
    async *items() {
      yield 'first'
      await waiting
      yield 'second'
    },
  })
  const request = new Request('http://test/items/', { method: 'POST', headers: { accept: 'text/html' } })
  const { body } = await slow.fetch(request)
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  let read = ''
  while (!read.includes('first')) read += (await reader.read()).value
  expect(parsed(read).one('ol.stream').text).toBe('first')
  release()
  for (let next = await reader.read(); !next.done; next = await reader.read()) read += next.value
  expect(parsed(read).one('ol.stream').all('li').length).toBe(2)
})
