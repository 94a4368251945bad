// What an object is called, for people: its class, and the first of its data that could be a name; and headings.

import type { Fault } from '../../../lib/values/fault.js'
import { Form, Link, type Page } from '../../../lib/values/nodes.js'
import { html, type Markup } from './markup.js'

export interface Title {
  readonly kind: string
  readonly name: string | undefined
}

const longestName = 60
const telling = ['title', 'name', 'label', 'id']

/** Is it followed or submitted, and no data? What is inline is data. */
export const isCallable = (value: unknown): value is Link | Form =>
  value instanceof Form || (value instanceof Link && !value.inline)

export function titleOf(page: Page): Title {
  const content = (page.content ?? {}) as Readonly<Record<string, unknown>>
  return { kind: page.title ?? 'page', name: nameIn(content, Object.keys(content)) }
}

/** The first of an object's data that could be its name, those that are called like one before others. */
export function nameIn(data: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  const preferred = telling.filter(key => keys.includes(key))
  for (const key of [...preferred, ...keys]) {
    const value = data[key]
    if (typeof value === 'number') return String(value)
    if (typeof value === 'string' && value.trim() !== '' && value.length <= longestName) return value
  }
  return undefined
}

/** The heading of a page that shows no more than what failed. */
export const failureTitle = ({ status }: Pick<Fault, 'status'>): string =>
  status === 404 ? 'Not here' : 'This did not work'

/** `level` is 1 to 6. */
export function heading(level: number, content: Markup): Markup {
  switch (level) {
    case 1:
      return html`<h1>${content}</h1>`
    case 2:
      return html`<h2>${content}</h2>`
    case 3:
      return html`<h3>${content}</h3>`
    case 4:
      return html`<h4>${content}</h4>`
    case 5:
      return html`<h5>${content}</h5>`
    default:
      return html`<h6>${content}</h6>`
  }
}
