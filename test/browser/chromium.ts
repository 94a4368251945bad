// Debian's Chromium as a person has it before them: pages, what is wrong with them for those who cannot see them
// (axe-core), and what they complain of. Nothing is downloaded, and nothing but this machine is reached.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { ensure } from '../system.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Undefined where there is no Chromium, and none can be installed. */
export const program = ensure('chromium')

/** What vitest waits for is longer: who fails here says which element was missing. */
const patience = 15_000

export const open = (): Promise<Browser> =>
  chromium.launch({
    ...(program === undefined ? {} : { executablePath: program }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    handleSIGINT: false,
    handleSIGTERM: false,
  })

export interface Person {
  readonly page: Page
  /** What the browser complained of: violated policies, scripts that failed, resources that were missing. */
  readonly complaints: readonly string[]
  /** Closes the pages, with all cookies. */
  leave(): Promise<void>
}

/** A person who was never here before. */
export async function person(browser: Browser, options: BrowserContextOptions = {}): Promise<Person> {
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1000, height: 800 },
    ...options,
  })
  context.setDefaultTimeout(patience)
  const complaints: string[] = []
  context.on('console', message => {
    // That a form is refused is said in its answer, which is what the tests look at; a suggestion is no complaint.
    const isRefusal = /the server responded with a status of 4\d\d/.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text())
  })
  context.on('weberror', error => complaints.push(String(error.error())))
  const page = await context.newPage()
  return { page, complaints, leave: () => context.close() }
}

/** What axe-core finds wrong with a page: rule, and the elements. */
export async function findings(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, which no policy of the page's forbids.
  await page.evaluate(axe)
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as Result
  return found.violations.map(
    ({ id, nodes }) => `${page.url()} ${id}: ${nodes.map(({ html }) => html).join(' ')}`,
  )
}

interface Result {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/** Is the page wider than the window? Phones would make the window wider then. */
export async function isTooWide(page: Page): Promise<boolean> {
  const width = await page.evaluate('document.documentElement.scrollWidth')
  return (width as number) > (page.viewportSize()?.width ?? 0)
}
