// The example application as a person uses it, in a real browser: looked at, typed into, clicked through. Each walk
// ends with what the browser complained of (policies, missing files), which must be nothing.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Server, serve } from 'hyperglyph'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { router } from '../../examples/start/api.js'
import { archive, archiveIsAt } from '../../examples/start/archive.js'
import { cleanUp, closeOffice } from '../../examples/start/post.js'
import { findings, isTooWide, open, type Person, person, program } from './chromium.js'

const megabytes = 20
let folder: string
let post: Server
let second: Server
let browser: Browser

beforeAll(async () => {
  if (program === undefined) return
  folder = await mkdtemp(join(tmpdir(), 'hyperglyph-walk-'))
  post = await serve(router, { port: 0, signals: false, on: { stop: closeOffice } })
  second = await serve(archive, { port: 0, signals: false })
  archiveIsAt(second.url)
  browser = await open()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await Promise.all([post?.close(), second?.close(), cleanUp()])
  if (folder !== undefined) await rm(folder, { recursive: true })
})

const people: Person[] = []
afterEach(async () => {
  for (const { leave } of people.splice(0)) await leave()
})

async function come(options?: BrowserContextOptions): Promise<Person> {
  const someone = await person(browser, options)
  people.push(someone)
  return someone
}

const walk = test.skipIf(program === undefined)
const patience = 60_000

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece)
  return hash.digest('hex')
}

walk(
  'a person finds a user, after a name that nobody has, and says hello',
  async () => {
    const { page, complaints } = await come()
    await page.goto(post.url)
    expect(await findings(page)).toEqual([])
    const finding = page.locator('form', { has: page.getByRole('button', { name: 'find_user' }) })
    await finding.getByLabel('name').fill('nobody')
    await finding.getByRole('button').click()
    const name = page.getByLabel('name')
    expect(await name.inputValue()).toBe('nobody')
    expect(await name.getAttribute('aria-invalid')).toBe('true')
    expect(await page.locator('.problem').textContent()).toBe('nobody is called "nobody"')
    expect(await findings(page)).toEqual([])
    await name.fill('bob')
    await page.getByRole('button', { name: 'find_user' }).click()
    await page.getByRole('heading', { name: 'User bob' }).waitFor()
    await page.getByRole('link', { name: 'Post office', exact: true }).click()
    await page.getByRole('button', { name: 'hello' }).click()
    expect(await page.getByRole('region', { name: 'Result' }).textContent()).toBe('Hello World')
    expect(await findings(page)).toEqual([])
    expect(complaints).toEqual([])
  },
  patience,
)

walk(
  'a form is filled in, refused and mended by keys alone, and what was right is kept',
  async () => {
    const { page, complaints } = await come()
    await page.goto(`${post.url}sign_up/`)
    expect(await findings(page)).toEqual([])
    const { keyboard } = page
    await keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
    await keyboard.press('Enter')
    await keyboard.press('Tab')
    await keyboard.type('Zoe!')
    await keyboard.press('Tab')
    await keyboard.press('Control+A')
    await keyboard.type('Came by keys.')
    await keyboard.press('Tab')
    await keyboard.press('Enter')
    await page.getByText('Take 2 to 20 small letters.').last().waitFor()
    expect(await page.getByLabel('name').inputValue()).toBe('Zoe!')
    expect(await findings(page)).toEqual([])
    for (const key of ['Tab', 'Enter', 'Tab', 'Control+A']) await keyboard.press(key)
    await keyboard.type('zoe')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'User zoe' }).waitFor()
    expect(await page.getByText('Came by keys.').count()).toBe(1)
    expect(complaints).toEqual([])
  },
  patience,
)

walk(
  `a message is sent with a file of ${megabytes} MiB, read, its file downloaded, and archived on another host`,
  async () => {
    const file = join(folder, 'holiday.bin')
    await writeFile(file, Buffer.alloc(megabytes * 2 ** 20, 'sun, sea; '))
    const { page, complaints } = await come()
    await page.goto(post.url)
    await page.getByRole('link', { name: 'people' }).click()
    expect(await findings(page)).toEqual([])
    await page.getByRole('link', { name: 'User tef' }).click()
    await page.getByLabel('subject').fill('Holiday')
    await page.getByLabel('body').fill('Where I was.\n<script>alert(1)</script>')
    await page.getByLabel('attachment').setInputFiles(file)
    await page.getByRole('button', { name: 'message' }).click()
    await page.getByText('Done.').waitFor()
    expect(await findings(page)).toEqual([])

    await page.getByRole('link', { name: 'User tef', exact: true }).click()
    await page.getByRole('link', { name: 'inbox' }).click()
    expect(await findings(page)).toEqual([])
    await page.getByRole('link', { name: 'Message Holiday' }).click()
    expect(await page.getByText('<script>alert(1)</script>').count()).toBe(1)
    expect(await findings(page)).toEqual([])
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name: 'attachment' }).click()
    const download = await coming
    expect(download.suggestedFilename()).toBe('holiday.bin')
    expect(await digestOf(await download.path())).toBe(await digestOf(file))

    await page.getByRole('button', { name: 'archive' }).click()
    await page.waitForURL(`${second.url}**`)
    await page.getByRole('heading', { name: 'Archived Holiday' }).waitFor()
    expect(await findings(page)).toEqual([])
    await page.getByRole('link', { name: 'Archive', exact: true }).click()
    await page.getByRole('link', { name: 'all' }).click()
    expect(await page.getByRole('link', { name: 'Archived Holiday' }).count()).toBe(1)
    expect(complaints).toEqual([])
  },
  patience,
)

walk(
  'news come while a person looks at the page, without a script',
  async () => {
    const [reader, writer] = [await come({ javaScriptEnabled: false }), await come()]
    const send = async (subject: string) => {
      await writer.page.goto(post.url)
      await writer.page.getByRole('link', { name: 'people' }).click()
      await writer.page.getByRole('link', { name: 'User eve' }).click()
      await writer.page.getByLabel('subject').fill(subject)
      await writer.page.getByRole('button', { name: 'message' }).click()
      await writer.page.getByText('Done.').waitFor()
    }
    await send('first')
    // It never ends, so it is never loaded.
    await reader.page.goto(`${post.url}news`, { waitUntil: 'commit' })
    await reader.page.getByText('somebody to eve: first').waitFor()
    expect(await reader.page.getByText('somebody to eve: second').count()).toBe(0)
    await send('second')
    await reader.page.getByText('somebody to eve: second').waitFor()
    expect([...reader.complaints, ...writer.complaints]).toEqual([])
  },
  patience,
)

walk(
  'a person logs in, after a wrong password, does what only they may do, and logs out',
  async () => {
    const { page, complaints } = await come()
    const visit = async () => {
      await page.goto(post.url)
      await page.getByRole('link', { name: 'people' }).click()
      await page.getByRole('link', { name: 'User bob' }).click()
      await page.getByRole('heading', { name: 'User bob' }).waitFor()
    }
    const describe = async (about: string) => {
      await visit()
      await page.getByLabel('about').fill(about)
      await page.getByRole('button', { name: 'describe' }).click()
    }
    const login = async (password: string) => {
      await page.getByLabel('name').fill('bob')
      await page.getByLabel('password').fill(password)
      await page.getByRole('button', { name: 'login' }).click()
    }
    await visit()
    expect(await page.getByRole('button', { name: 'describe' }).count()).toBe(0)
    await page.goto(`${post.url}login/`)
    await login('wonderland')
    await page.getByText('Wrong.').waitFor()
    expect(await page.getByLabel('name').inputValue()).toBe('bob')
    expect(await page.getByLabel('password').inputValue()).toBe('')
    expect(await findings(page)).toEqual([])
    await login('hypermedia')
    await page.getByRole('heading', { name: 'User bob' }).waitFor()
    await describe('It is me.')
    await page.getByText('Done.').waitFor()
    await page.goto(post.url)
    await page.getByRole('button', { name: 'logout' }).click()
    await page.getByText('Done.').waitFor()
    await visit()
    expect(await page.getByRole('button', { name: 'describe' }).count()).toBe(0)
    expect(await page.getByText('It is me.').count()).toBe(1)
    expect(complaints).toEqual([])
  },
  patience,
)

walk(
  'a person introduces two users to each other by the addresses of their pages, after one that is none',
  async () => {
    const { page, complaints } = await come()
    const addressOf = async (name: string) => {
      await page.goto(`${post.url}people/`)
      await page.getByRole('link', { name: `User ${name}` }).click()
      await page.getByRole('heading', { name: `User ${name}`, level: 1 }).waitFor()
      return page.url()
    }
    const [bob, eve] = [await addressOf('bob'), await addressOf('eve')]
    await page.goto(post.url)
    const form = page.locator('form', { has: page.getByRole('button', { name: 'introduce' }) })
    await form.getByLabel('user').fill(bob)
    await form.getByLabel('other').fill('/User/nobody/')
    await form.getByRole('button').click()
    await page
      .locator('.wrong', { has: page.getByLabel('other') })
      .locator('.problem')
      .waitFor()
    expect(await page.getByLabel('user').inputValue()).toBe(bob)
    expect(await findings(page)).toEqual([])
    await page.getByLabel('other').fill(new URL(eve).pathname)
    await page.getByRole('button', { name: 'introduce' }).click()
    await page.getByText('Done.').waitFor()
    await page.goto(bob)
    await page.getByRole('link', { name: 'inbox' }).click()
    await page.getByRole('heading', { name: 'Message Meet eve' }).waitFor()
    expect(complaints).toEqual([])
  },
  patience,
)

const phone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true } as const

walk.each<[device: string, paths: readonly string[], options: BrowserContextOptions]>([
  [
    'a phone at night',
    [
      '',
      'people/',
      'sign_up/',
      'hello/',
      'introduce/',
      'news/',
      'nowhere',
      'factory/help/',
      'factory/status/',
    ],
    { ...phone, colorScheme: 'dark' },
  ],
  ['a screen by day', ['', 'news/', 'nowhere', 'factory/help/', 'factory/status/'], {}],
])(
  'pages of all kinds are good on %s: %j',
  async (_, paths, options) => {
    const { page, complaints } = await come(options)
    for (const path of paths) {
      // What is live is never loaded.
      await page.goto(post.url + path, { waitUntil: path === 'news/' ? 'commit' : 'load' })
      await page.locator('main').waitFor()
      for (const summary of await page.locator('main > article > details > summary').all())
        await summary.click()
      expect(await findings(page), path).toEqual([])
      expect(await isTooWide(page), path).toBe(false)
    }
    const dark = options.colorScheme === 'dark'
    const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(paper === 'rgb(255, 255, 255)').toBe(!dark)
    expect(complaints).toEqual([])
  },
  patience,
)
