// Templates: what is the same for every page of a class, encoded once (spec/protocol.md, "Templates").
// Only the CBOR codec sends them as such; the others send the page that a drawing stands for.

import { setOwn } from './dict.js'
import { Page } from './nodes.js'

/** Stands in a template where each page has a value of its own. */
export const hole: unique symbol = Symbol('hole')

export type Entry = readonly [key: string, value: unknown]

/**
 * The skeleton of a page. Entries hold `hole`, or a link, a form or a scalar that all pages share.
 * Make few and keep them: encoders remember what they made of one by its identity.
 */
export class Template {
  readonly attributes: readonly Entry[]
  readonly content: readonly Entry[]
  readonly holes: number

  constructor(attributes: readonly Entry[], content: readonly Entry[]) {
    this.attributes = attributes
    this.content = content
    this.holes = [...attributes, ...content].filter(([, value]) => value === hole).length
  }
}

/** A page drawn from a template: its values in the order of the holes, attributes first. */
export class Drawing {
  readonly template: Template
  readonly values: readonly unknown[]
  /** The page's own path, for the references inside its content. */
  readonly path: string | undefined

  constructor(template: Template, values: readonly unknown[], path?: string) {
    this.template = template
    this.values = values
    this.path = path
  }

  /** The page in full. */
  page(): Page {
    let next = 0
    const fill = (entries: readonly Entry[]) => {
      const filled: Record<string, unknown> = {}
      for (const [key, value] of entries) {
        // A property that is undefined is nil on a page, while a dict leaves it out.
        setOwn(filled, key, (value === hole ? this.values[next++] : value) ?? null)
      }
      return filled
    }
    const attributes = fill(this.template.attributes)
    return new Page(attributes, fill(this.template.content), { path: this.path })
  }
}
