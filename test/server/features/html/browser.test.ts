// The face in a real browser, for what only one can tell: the headers that its forms carry, to addresses that it trusts
// and to those that it doesn't; what the policy lets through; and what axe-core finds.

import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Blob, blob } from '../../../../lib/values/blob.js'
import { Fault } from '../../../../lib/values/fault.js'
import { args, Router, redirect, type Server, safe, serve, verb } from '../../../../server/index.js'
import { ensure } from '../../../system.js'

const program = ensure('chromium')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let removed = 0
let elsewhere = ''

class Thing {
  constructor(readonly id: string) {}
  @safe colour() {
    return 'red'
  }
  @verb('DELETE') remove() {
    removed++
  }
}

class Far {
  static locate = () => elsewhere
  constructor(readonly id: string) {}
}

class Picky {
  constructor(readonly id: string) {}
}
args({ id: z.string().refine(id => id.length > 2, 'Too small') })(Picky)

const wanted = { kind: z.enum(['tea', 'coffee']), cups: z.number().max(9), milk: z.boolean(), at: z.date() }

const router = new Router({
  Thing,
  Far,
  Picky,
  order: args(wanted)((kind: string, cups: number, milk: boolean, at: Date) => ({ kind, cups, milk, at })),
  guess: (text: string) => {
    throw new Fault('not so', { status: 422, details: { invalid: { text: `It is not ${text}.` } } })
  },
  upload: args({ file: Blob })((file: Blob) => `${file.filename} has ${file.size}`),
  album: args({ photos: z.array(z.custom<Blob>(given => given instanceof Blob)), days: z.array(z.date()) })(
    (photos: readonly Blob[], days: readonly Date[]) =>
      `${photos.map(({ filename }) => filename).join(' and ') || 'nothing'} on ${days.length} days`,
  ),
  values: safe(() => [new Uint8Array([1, 2, 3]), blob(new Uint8Array(8), 'image/png'), [{ a: 1 }, { a: 2 }]]),
  large: safe((length: number) => [blob(new Uint8Array(length), 'text/plain', { filename: 'large.txt' })]),
  away: redirect((id: string) => new Far(id)),
})

describe.skipIf(program === undefined)('in Chromium', () => {
  let browser: Browser
  let page: Page
  let server: Server
  let other: Server
  const problems: string[] = []

  beforeAll(async () => {
    const hosts = ['app.test', 'other.test']
    server = await serve(router, { port: 0, hosts, signals: false })
    other = await serve(
      new Router({
        Far: class Far {
          constructor(readonly id: string) {}
        },
      }),
      {
        port: 0,
        hosts,
        signals: false,
      },
    )
    elsewhere = other.url.replace('127.0.0.1', 'other.test')
    browser = await chromium.launch({
      executablePath: program as string,
      args: ['--no-sandbox', '--host-resolver-rules=MAP *.test 127.0.0.1'],
    })
    page = await browser.newPage()
    page.on('console', message => problems.push(message.text()))
    page.on('pageerror', error => problems.push(String(error)))
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await server?.close()
    await other?.close()
  })

  const submit = async (name: string) => {
    const answered = page.waitForResponse(response => response.request().method() === 'POST')
    await page.getByRole('button', { name, exact: true }).click()
    const response = await answered
    await page.waitForLoadState()
    return response
  }

  /** What axe-core holds against the page. */
  const violations = async () => {
    const found = await page.evaluate(`${axe}; axe.run()`)
    const { violations, passes } = found as Record<string, { id: string }[]>
    expect(passes!.length).toBeGreaterThan(10)
    return violations!.map(({ id }) => id)
  }

  test.each([
    ['a trustworthy address', '127.0.0.1'],
    ['a name over plain http', 'app.test'],
  ])('forms of our own pages are taken at %s', async (_, host) => {
    await page.goto(server.url.replace('127.0.0.1', host))
    await page.getByRole('heading', { name: 'Thing', exact: true }).click()
    await page.locator('form[action$="Thing/"]').getByLabel('id').fill('lamp')
    const redirected = await submit('Thing')
    expect(redirected.status()).toBe(303)
    expect((await redirected.request().allHeaders()).origin).toBe(new URL(page.url()).origin)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Thing lamp')
    const before = removed
    expect((await submit('remove')).status()).toBe(200)
    expect([removed, await page.locator('.result').textContent()]).toEqual([before + 1, 'Done.'])
    await page.getByRole('link', { name: 'Back to Thing lamp' }).click()
    await page.getByRole('link', { name: 'colour' }).click()
    expect(await page.locator('.result').textContent()).toBe('red')
  })

  test('controls send what their arguments take', async () => {
    await page.goto(server.url)
    const form = page.locator('form[action$="order/"]')
    await form.getByLabel('kind').selectOption('coffee')
    await form.getByLabel('cups').fill('3')
    await form.getByLabel('milk').check()
    await form.getByLabel('at').fill('2026-11-21T12:30:00')
    await submit('order')
    const shown = await page.locator('.result dd').allInnerTexts()
    expect(shown).toEqual(['coffee', '3', 'yes', '2026-11-21 12:30 UTC'])
  })

  test('a file is uploaded', async () => {
    await page.goto(server.url)
    const bytes = Buffer.alloc(3_000_000)
    await page.getByLabel('file').setInputFiles({ name: 'a.bin', mimeType: 'text/plain', buffer: bytes })
    await submit('upload')
    expect(await page.locator('.result').textContent()).toBe('a.bin has 3000000')
  })

  test('files of a list are as many as were chosen, which may be none', async () => {
    const named = (name: string) => ({ name, mimeType: 'image/png', buffer: Buffer.alloc(10) })
    for (const [files, days, shown] of [
      [[], '', 'nothing on 0 days'],
      [['a.png'], '["2026-11-21T12:00"]', 'a.png on 1 days'],
      [['a.png', 'b.png'], '', 'a.png and b.png on 0 days'],
    ] as const) {
      await page.goto(server.url)
      const form = page.locator('form[action$="album/"]')
      await form.getByLabel('photos').setInputFiles(files.map(named))
      await form.getByLabel('days').fill(days)
      await submit('album')
      expect(await page.locator('.result').textContent()).toBe(shown)
    }
  })

  test('forms that make objects are folded, opened by keys, and open by themselves where they were refused', async () => {
    await page.goto(server.url)
    const id = page.locator('form[action$="Picky/"]').getByLabel('id')
    expect([await id.isVisible(), await page.getByLabel('cups').isVisible()]).toEqual([false, true])
    await page.locator('summary', { hasText: 'Picky' }).focus()
    await page.keyboard.press('Enter')
    expect(await id.isVisible()).toBe(true)
    expect(await violations()).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.type('x')
    await page.keyboard.press('Enter')
    await page.getByText('Too small').last().waitFor()
    expect(await page.getByLabel('id').inputValue()).toBe('x')
    expect(await page.getByLabel('id').isVisible()).toBe(true)
    expect(await violations()).toEqual([])
  })

  test('what is too large to be part of a page is downloaded', async () => {
    problems.length = 0
    await page.goto(`${server.url}large/?length=3000000`)
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name: 'large.txt' }).click()
    const file = await coming
    expect([file.suggestedFilename(), statSync(await file.path()).size]).toEqual(['large.txt', 3_000_000])
    expect(problems).toEqual([])
  })

  test('a form that is refused says why beside its field, and keeps what was typed', async () => {
    await page.goto(server.url)
    await page.getByLabel('text').fill('<i>"this"')
    expect((await submit('guess')).status()).toBe(422)
    const field = page.getByLabel('text')
    expect(await field.inputValue()).toBe('<i>"this"')
    expect(await page.locator('p.problem').textContent()).toBe('It is not <i>"this".')
    expect(await violations()).toEqual([])
  })

  test('a redirect to another server is followed', async () => {
    await page.goto(server.url)
    await page.locator('form[action$="away/"]').getByLabel('id').fill('x')
    await page.getByRole('button', { name: 'away', exact: true }).click()
    await page.waitForURL(/other\.test/)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Far x')
  })

  test('the page of a refusal has its look, by the hash of its own stylesheet, and axe-core finds nothing', async () => {
    for (const [colorScheme, width] of [
      ['light', 900],
      ['dark', 320],
    ] as const) {
      problems.length = 0
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 700 })
      const response = await page.goto(server.url.replace('127.0.0.1', 'stranger.test'))
      expect(response!.status()).toBe(421)
      expect(await page.getByRole('alert').textContent()).toContain('stranger.test')
      expect(await page.evaluate("getComputedStyle(document.querySelector('.fault')).borderLeftWidth")).toBe(
        '4px',
      )
      expect(await violations()).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      // That it was refused is all that a browser has to say.
      expect(problems.filter(problem => !problem.includes('status of 421'))).toEqual([])
    }
  })

  test.each(['', 'values/', 'nowhere/'])(
    'axe-core finds nothing, light or dark, wide or narrow: /%s',
    async path => {
      for (const [colorScheme, width] of [
        ['light', 900],
        ['dark', 320],
      ] as const) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 700 })
        await page.goto(server.url + path)
        expect(await violations()).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      }
    },
  )

  test('the policy lets through the stylesheet, pictures and downloads, and no script', async () => {
    problems.length = 0
    await page.goto(`${server.url}values/`)
    expect(await page.evaluate("getComputedStyle(document.querySelector('.skip')).position")).toBe('absolute')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '3 bytes' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('bytes.bin')
    expect(problems).toEqual([])
    const script =
      "document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))"
    await page.evaluate(script)
    expect(await page.evaluate('window.ran ?? 0')).toBe(0)
    expect(problems.join()).toContain('Content Security Policy')
  })
})
