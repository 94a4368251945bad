// Words about pages for people: a page on the console, and the error for a name that a page lacks.

import { describeUrl } from '../../lib/describe-url.js'
import { closest } from '../../lib/suggest.js'
import { Form } from '../../lib/values/nodes.js'
import { addressOf } from './address.js'
import { handleOf, type PageHandle } from './handles.js'

/** `; did you mean "hello"?`, behind a message about a name; empty where no other is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = closest(name, names)
  return near === undefined ? '' : `; did you mean "${near}"?`
}

/** The error for a name that a page lacks, with the name that was probably meant, and all that it offers. */
export function missing(page: PageHandle, name: string): TypeError {
  const { node } = page
  const names = page.members().map(([member]) => member)
  const where = ` at ${describeUrl(addressOf(node) ?? '')}`
  const title = node.title !== undefined ? `the page "${node.title}"` : 'the page'
  const hint = didYouMean(name, names) || '.'
  return new TypeError(`${title}${where} has no "${name}"${hint} It offers: ${names.join(', ') || 'nothing'}`)
}

/** `User { id: 'bob', message(subject, body?) }`. */
export function describe(title: string, page: object, show: (data: unknown) => string): string {
  const data = show(Object.fromEntries(Object.entries(page)))
  const methods: string[] = []
  for (const [name, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(page))) {
    if (!enumerable && typeof value === 'function') methods.push(signature(name, handleOf(value)?.node))
  }
  const parts = [data === '{}' ? '' : data.replace(/^\{\s?|\s?\}$/g, ''), methods.join(', ')].filter(Boolean)
  return `${title} ${parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`}`
}

function signature(name: string, node: unknown): string {
  const inputs = node instanceof Form ? node.inputs : []
  return `${name}(${inputs.map(input => input.argument + (input.optional ? '?' : '')).join(', ')})`
}
