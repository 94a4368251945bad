// What somebody who is not logged in is told and shown, where a session would log them in.

import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { get, local, type RemoteError } from '../../../../client/index.js'
import { Fault } from '../../../../lib/values/fault.js'
import {
  allow,
  anyone,
  basic,
  type Context,
  Router,
  redirect,
  safe,
  session,
} from '../../../../server/index.js'
import { ask } from '../../peer.js'
import { lines, log, secret } from './browser.js'

class Home {
  readonly title = 'Home'
}
allow(anyone)(Home)

const members = {
  Home,
  diary: safe(() => 'dear diary'),
  write: (text: string) => text,
  picky: allow(anyone)(() => {
    throw new Fault('sorry', { status: 401, code: 'mine' })
  }),
  account: {
    login: allow(anyone)(
      redirect(function (this: Context, name: string, password: string) {
        if (password !== 'wonderland') throw new Fault('wrong password', { status: 401, code: 'wrong' })
        this.session.set('user', name)
        return new Home()
      }),
    ),
  },
}
const make = (login?: string, more: readonly ReturnType<typeof basic>[] = []) =>
  new Router(members, {
    secret,
    log,
    allow: [],
    pipeline: true,
    identify: [session(login === undefined ? {} : { login }), ...more],
  })
const router = make('account.login')
const browser = { accept: 'text/html' }

test('a program is told by the Fault how to log in, and by the header', async () => {
  const { status, headers, value } = await ask(router, '/diary/')
  expect(status).toBe(401)
  expect(value).toMatchObject({
    code: 'unauthenticated',
    message: 'not logged in: diary (log in: account.login(name, password))',
    details: { login: 'account.login' },
  })
  expect(headers.get('www-authenticate')).toBe('Cookie realm="hyperglyph", form-action="../account/login/"')
})

test('so is a client that sends many calls together, in each of their errors', async () => {
  const api = await get<typeof router>('http://local/', { transport: local(router) })
  const calls = [api.picky(), api.picky()] as Promise<unknown>[]
  const errors = await Promise.all(calls.map(call => call.catch((error: unknown) => error as RemoteError)))
  const told = { status: 401, code: 'mine', details: { login: 'account.login' } }
  expect(errors).toMatchObject([told, told])
  expect(String(errors[0])).toMatch(/401 sorry$/)
})

test('a browser is shown the form that logs in, which leads there from anywhere', async () => {
  const page = async (app: Parameters<typeof ask>[0], path: string, question = {}) =>
    ask(app, path, { accept: 'text/html', ...question })
  const { status, headers, text } = await page(router, '/diary/')
  expect([status, headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8'])
  expect(text).toContain('<h1>Log in</h1>')
  expect(text).toContain('<form method="post" action="../account/login/"')
  expect(text).toMatch(/name="password"[^>]*type="password"|type="password"[^>]*name="password"/)
  const body = { body: 'text=x', type: 'application/x-www-form-urlencoded' }
  expect((await page(router, '/write/', body)).text).toContain('action="../account/login/"')
  const mounted = new Hono().route('/api', router.app)
  const below = await page(mounted, '/api/diary/')
  expect(below.text).toContain('action="../account/login/"')
  expect(below.headers.get('www-authenticate')).toContain('form-action="../../api/account/login/"')
})

test('what that form refuses is said beside it, once', async () => {
  const question = {
    ...browser,
    body: 'name=tef&password=no',
    type: 'application/x-www-form-urlencoded',
  }
  const { status, text } = await ask(router, '/account/login/', { ...question })
  expect(status).toBe(401)
  expect(text).toContain('wrong password')
  expect(text.match(/<form/g)).toHaveLength(1)
  expect(text).toContain('value="tef"')
})

test('a page of the application’s own is linked to', async () => {
  const own = make('/login.html')
  const { text, headers } = await ask(own, '/diary/', browser)
  expect(text).toContain('<a href="/login.html">Log in</a>')
  expect(text).not.toContain('<form')
  expect(headers.get('www-authenticate')).toBe('Cookie realm="hyperglyph", form-action="/login.html"')
  expect((await ask(own, '/diary/')).value).toMatchObject({
    message: 'not logged in: diary (log in: /login.html)',
    details: { login: '/login.html' },
  })
})

test('it goes along with other ways, and nothing is said where none is named', async () => {
  const both = make('account.login', [basic({ verify: () => undefined })])
  expect((await ask(both, '/diary/')).headers.get('www-authenticate')).toBe(
    'Basic realm="hyperglyph", charset="UTF-8", Cookie realm="hyperglyph", form-action="../account/login/"',
  )
  const { headers, value } = await ask(make(), '/diary/')
  expect(headers.get('www-authenticate')).toBeNull()
  expect(value).toMatchObject({ message: 'not logged in: diary', details: {} })
})

test('a login that names no function is an error, which the log explains', async () => {
  expect((await ask(make('acount.login'), '/diary/')).status).toBe(500)
  expect(JSON.stringify(lines)).toContain('no function is called \\"acount.login\\"')
})
