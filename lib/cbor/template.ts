// Templates as they are read: parsed once, kept in a bounded cache by their exact bytes.

import { DecodeError } from '../errors.js'
import { type Attributes, Form, Link, Page } from '../nodes.js'
import { setOwn } from '../template.js'

/** One entry of a parsed template: a hole, a scalar, or a node that every page gets its own copy of. */
export type Slot =
  | { readonly key: string; readonly kind: 'hole' }
  | { readonly key: string; readonly kind: 'constant'; readonly value: unknown }
  | { readonly key: string; readonly kind: 'link' | 'form'; readonly attributes: Attributes }

export interface ParsedTemplate {
  readonly bytes: Uint8Array
  readonly attributes: readonly Slot[]
  readonly content: readonly Slot[]
  readonly holes: number
}

/** How many templates are kept, the least recently used leaving first. One is a few hundred bytes. */
const kept = 256
/** Larger ones are parsed each time: what strangers send must not fill memory. */
const keptBytes = 16_384

const cache: ParsedTemplate[] = []

/** The cached template that has exactly the bytes `[start, end)`. */
export function cachedTemplate(bytes: Uint8Array, start: number, end: number): ParsedTemplate | undefined {
  const length = end - start
  for (let index = 0; index < cache.length; index++) {
    const candidate = cache[index] as ParsedTemplate
    if (candidate.bytes.length === length && same(candidate.bytes, bytes, start)) {
      if (index > 8) cache.unshift(...cache.splice(index, 1))
      return candidate
    }
  }
  return undefined
}

function same(template: Uint8Array, bytes: Uint8Array, start: number): boolean {
  // From the end: templates of one length differ in their last method more often than in their first.
  for (let index = template.length - 1; index >= 0; index--) {
    if (template[index] !== bytes[start + index]) return false
  }
  return true
}

export function keepTemplate(template: ParsedTemplate): void {
  if (template.bytes.length > keptBytes) return
  cache.unshift(template)
  if (cache.length > kept) cache.pop()
}

/** The slot that a decoded entry of a template makes. */
export function slotOf(key: string, value: unknown, offset: number): Slot {
  if (value instanceof Link && value.content === null)
    return { key, kind: 'link', attributes: value.attributes }
  if (value instanceof Form && value.content === null)
    return { key, kind: 'form', attributes: value.attributes }
  if (typeof value === 'object' && value !== null) {
    throw new DecodeError('a template may hold links, forms and scalars only', offset)
  }
  return { key, kind: 'constant', value }
}

/** The attributes of a page: `next` gives the values of the holes in turn. */
export function fillAttributes(template: ParsedTemplate, next: () => unknown): Attributes {
  const attributes: Record<string, unknown> = {}
  for (const slot of template.attributes) {
    setOwn(attributes, slot.key, slot.kind === 'hole' ? next() : slot.kind === 'constant' ? slot.value : null)
  }
  return attributes
}

/** The page: `base` is what its URL resolves against, `inner` what those in it do. */
export function fillPage(
  template: ParsedTemplate,
  attributes: Attributes,
  base: string | undefined,
  inner: string | undefined,
  next: () => unknown,
  node: ((node: Link | Form) => unknown) | undefined,
): Page {
  const content: Record<string, unknown> = {}
  for (const slot of template.content) {
    let value: unknown
    if (slot.kind === 'hole') value = next()
    else if (slot.kind === 'constant') value = slot.value
    else {
      const made =
        slot.kind === 'form' ? new Form(slot.attributes, null, inner) : new Link(slot.attributes, null, inner)
      value = node === undefined ? made : node(made)
    }
    setOwn(content, slot.key, value)
  }
  return new Page(attributes, content, base)
}
