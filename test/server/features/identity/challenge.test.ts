// Logging in with a real browser: by what it asks people for itself, and by a form of the application's.

import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  allow,
  basic,
  type Context,
  Router,
  redirect,
  type Server,
  safe,
  serve,
  session,
} from '../../../../server/index.js'
import { ensure } from '../../../system.js'

const secret = 'a secret of at least thirty-two bytes'
const verify = (name: string, password: string) =>
  name === 'tef' && password === 'wonderland' ? { name, rights: ['reader'] } : undefined

class Home {
  readonly title = 'Home'
}
const members = {
  Home,
  diary: allow('reader')(safe(() => 'dear diary')),
  login: redirect(function (this: Context, name: string, password: string) {
    this.session.set('user', verify(name, password))
    return new Home()
  }),
  logout: redirect(function (this: Context) {
    this.session.destroy()
    return new Home()
  }),
}

const chromiumPath = ensure('chromium')

describe.skipIf(chromiumPath === undefined)('in chromium', () => {
  let browser: Browser
  const servers: Server[] = []
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await Promise.all(servers.map(server => server.close(0)))
  })
  const start = async (router: Router) => {
    const server = await serve(router, { port: 0 })
    servers.push(server)
    return server.url
  }

  test('it answers the challenge with what a person types, and asks nobody else', async () => {
    const url = await start(new Router(members, { identify: basic({ realm: 'diaries', verify }) }))
    const answers: number[] = []
    const known = await browser.newContext({ httpCredentials: { username: 'tef', password: 'wonderland' } })
    const page = await known.newPage()
    page.on('response', response => response.url().endsWith('/diary/') && answers.push(response.status()))
    const answer = await page.goto(`${url}diary/`)
    expect([answer?.status(), answers.at(-1)]).toEqual([200, 200])
    expect(await page.textContent('body')).toContain('dear diary')
    const stranger = await (await browser.newContext()).newPage()
    expect((await stranger.request.get(`${url}diary/`)).headers()['www-authenticate']).toContain(
      'realm="diaries"',
    )
  }, 30_000)

  test('a form logs in, the session lasts from page to page, and a form ends it', async () => {
    const url = await start(new Router(members, { identify: session(), secret }))
    const page = await (await browser.newContext()).newPage()
    expect((await page.goto(`${url}diary/`))?.status()).toBe(401)
    await page.goto(url)
    expect(await page.textContent('body')).not.toContain('diary')
    const login = page.locator('form[action*="login"]')
    await login.locator('[name="name"]').fill('tef')
    await login.locator('[name="password"]').fill('wonderland')
    await login.locator('button').click()
    await page.waitForURL(/\/Home\//)
    expect((await page.goto(`${url}diary/`))?.status()).toBe(200)
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'session', httpOnly: true, sameSite: 'Lax', path: '/' })
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.goto(url)
    await page.locator('form[action*="logout"] button').click()
    await page.waitForURL(/\/Home\//)
    expect((await page.goto(`${url}diary/`))?.status()).toBe(401)
  }, 30_000)
})
