// Pages, links, forms and Faults as people get them.

import { expect, test } from 'vitest'
import { Fault } from '../../../../lib/values/fault.js'
import { inline, Resource, Router, redirect, safe, verb } from '../../../../server/index.js'
import { logbook } from '../../peer.js'
import { submitted, visit } from './page.js'

const { log, lines } = logbook()

class User extends Resource {
  constructor(readonly id: string) {
    super()
  }
  @safe bio() {
    return `All about ${this.id}`
  }
  @inline unread() {
    return 3
  }
  @safe friends() {
    return [new User('eve'), new User('tef')]
  }
  message(subject: string, body = '') {
    return `${subject} ${body}`
  }
  @verb('DELETE') remove() {
    return null
  }
}

const router = new Router(
  {
    User,
    hello: (name = 'World') => `Hello ${name}`,
    nothing: () => undefined,
    find_user: redirect((name: string) => new User(name)),
    refuse: (name: string) => {
      throw new Fault(`nobody is called ${name}`, {
        status: 404,
        details: { invalid: { name: 'Not a name.' } },
      })
    },
    crash: () => {
      throw new Error('the password is wonderland')
    },
    admin: { reset: () => 'done' },
  },
  { log, name: 'Example' },
)

test('the root page has a form for each function and class, and the way into each namespace', async () => {
  const { status, page } = await visit(router, '/')
  expect(status).toBe(200)
  expect(page.one('h1').text).toBe('Example')
  expect(page.all('form').map(({ attributes }) => attributes.action)).toEqual([
    './admin/reset/',
    './User/',
    './hello/',
    './nothing/',
    './find_user/',
    './refuse/',
    './crash/',
  ])
  expect(page.all('a').map(({ attributes }) => attributes.href)).toContain('./admin/')
})

test('an object is an article: data, what is inline, links, and forms with a control for each argument', async () => {
  const found = await visit(router, '/find_user/', submitted({ name: 'bob' }))
  expect(found.status).toBe(303)
  const { page } = await visit(
    router,
    new URL(found.headers.get('location')!, 'http://test/find_user/').pathname,
  )
  expect(page.one('h1').text).toBe('User bob')
  expect(page.all('dt').map(({ text }) => text)).toEqual(['id', 'unread'])
  expect(page.all('dd').map(({ text }) => text)).toEqual(['bob', '3'])
  const [message, remove] = page.all('form')
  expect(message!.one('input[name=subject]').attributes).toMatchObject({ required: '' })
  expect(message!.one('input[name=body]').attributes).not.toHaveProperty('required')
  expect(remove!.attributes.method).toBe('post')
  expect(remove!.one('input[name=Method]').attributes).toMatchObject({ type: 'hidden', value: 'DELETE' })
})

test('links on a page lead where they say', async () => {
  const { headers } = await visit(router, '/find_user/', submitted({ name: 'bob' }))
  const path = new URL(headers.get('location')!, 'http://test/find_user/').pathname
  const links = (await visit(router, path)).page.one('ul.links').all('a')
  expect(links.map(({ text }) => text)).toEqual(['bio', 'friends'])
  const friends = new URL(links[1]!.attributes.href!, `http://test${path}`).pathname
  const { page } = await visit(router, friends)
  const articles = page.all('article')
  expect(articles.map(article => article.one('h2').text)).toEqual(['User eve', 'User tef'])
  const eve = new URL(articles[0]!.one('h2').one('a').attributes.href!, `http://test${friends}`).pathname
  expect((await visit(router, eve)).page.one('h1').text).toBe('User eve')
  const bio = new URL(articles[0]!.one('ul.links').all('a')[0]!.attributes.href!, `http://test${friends}`)
    .pathname
  expect((await visit(router, bio)).page.one('section.result').text).toBe('All about eve')
})

test('the way back leads over the object to the root', async () => {
  const { headers } = await visit(router, '/find_user/', submitted({ name: 'bob' }))
  const path = `${new URL(headers.get('location')!, 'http://test/find_user/').pathname}bio`
  const { page } = await visit(router, path)
  const steps = page.one('nav').all('li')
  expect(steps.map(({ text }) => text)).toEqual(['Example', 'User bob', 'bio'])
  const back = steps
    .slice(0, 2)
    .map(step => new URL(step.one('a').attributes.href!, `http://test${path}`).pathname)
  expect(back).toEqual(['/', path.replace(/bio$/, '')])
  expect(page.one('[aria-current=page]').text).toBe('bio')
})

test('a result is shown with its form, to be called again, and the way back', async () => {
  const { status, page } = await visit(router, '/hello/', submitted({ name: 'Eve' }))
  expect(status).toBe(200)
  expect(page.one('section.result').text).toBe('Hello Eve')
  expect(page.one('form').one('input').attributes).toMatchObject({ name: 'name' })
  expect(page.all('a').map(({ text }) => text)).toContain('Back to Example')
})

test('what gives nothing says that it is done', async () => {
  const { status, page } = await visit(router, '/nothing/', submitted({}))
  expect([status, page.one('section.result').text]).toEqual([200, 'Done.'])
})

test('whoever comes to the URL of a form by a link gets the form', async () => {
  const { status, headers, page } = await visit(router, '/hello/')
  expect([status, headers.get('allow')]).toEqual([405, 'POST'])
  expect(page.one('form').one('input').attributes.value).toBe('World')
  expect(page.all('.fault')).toEqual([])
})

test('an accident is a page that has its logref, and nothing else of it', async () => {
  const { status, source, page } = await visit(router, '/crash/', submitted({}))
  expect(status).toBe(500)
  expect(source).not.toContain('wonderland')
  expect(lines.join()).toContain(page.one('div.fault').one('code').text)
})

test('a path that leads nowhere is a page that leads to the root', async () => {
  const { status, page } = await visit(router, '/nowhere/')
  expect([status, page.one('h1').text]).toEqual([404, 'Not here'])
  expect(page.one('nav').text).toBe('Example')
  expect(new URL(page.one('nav').one('a').attributes.href!, 'http://test/nowhere/').pathname).toBe('/')
  expect(page.all('[aria-current=page]')).toEqual([])
})
