// A page as a browser takes it apart, for tests: what elements it has, and what they say.

import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes as Tree } from 'parse5'
import type { Router } from '../../../../server/index.js'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

export class Element {
  readonly #node: Tree.Element | Tree.Document

  constructor(node: Tree.Element | Tree.Document) {
    this.#node = node
  }

  get name(): string {
    return this.#node.nodeName
  }

  /** Attributes by name. */
  get attributes(): Readonly<Record<string, string>> {
    const given = 'attrs' in this.#node ? this.#node.attrs : []
    return Object.fromEntries(given.map(({ name, value }) => [name, value]))
  }

  /** All text in it, spaces put together. */
  get text(): string {
    return textOf(this.#node).replace(/\s+/g, ' ').trim()
  }

  /** All text in it, as it is. */
  get exact(): string {
    return textOf(this.#node)
  }

  /** The elements in it, in order, that have a name, a class, and attributes: `a`, `p.problem`, `input[name=x]`. */
  all(selector: string): Element[] {
    const match = /^([\w-]*)(?:\.([\w-]+))?(?:\[([\w-]+)(?:=(.*))?\])?$/.exec(selector)
    if (match === null) throw new Error(`no selector of this small kind: ${selector}`)
    const [, name, kind, attribute, value] = match
    return [...within(this.#node)].filter(element => {
      const given = element.attributes
      if (name && element.name !== name) return false
      if (kind && !given.class?.split(' ').includes(kind)) return false
      return (
        attribute === undefined || (value === undefined ? attribute in given : given[attribute] === value)
      )
    })
  }

  /** The one element of that kind. Throws where there is none, or more. */
  one(selector: string): Element {
    const found = this.all(selector)
    if (found.length !== 1) throw new Error(`${found.length} elements are ${selector}`)
    return found[0] as Element
  }
}

function* within(node: Tree.ParentNode): Generator<Element> {
  for (const child of node.childNodes) {
    if (!defaultTreeAdapter.isElementNode(child)) continue
    yield new Element(child)
    yield* within(child)
  }
}

function textOf(node: Tree.Node): string {
  if (defaultTreeAdapter.isTextNode(node)) return node.value
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : ''
}

export const parsed = (source: string): Element => new Element(parse(source))

export interface Shown {
  readonly status: number
  readonly headers: Headers
  readonly source: string
  readonly page: Element
}

/** What a browser gets: of a GET, or of a form, where there are fields. */
export async function visit(
  router: Pick<Router, 'fetch'>,
  path: string,
  init: RequestInit = {},
): Promise<Shown> {
  const request = new Request(new URL(path, 'http://test/'), init)
  request.headers.set('accept', browser)
  const response = await router.fetch(request)
  const source = await response.text()
  return { status: response.status, headers: response.headers, source, page: parsed(source) }
}

/** What a browser sends of a form. */
export const submitted = (fields: Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
})
