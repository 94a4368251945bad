// Templates as they are read: parsed once, kept in a bounded cache by their exact bytes.

import { DecodeError } from '../errors.js'
import { setOwn } from '../values/dict.js'
import { kindOf } from '../values/kind.js'
import { type Attributes, type Extension, Form, Input, Link, type SharedMembers } from '../values/nodes.js'
import { itemsOf } from '../values/parts.js'

/** One entry of a parsed template: a hole, a scalar, or a node that every page gets its own copy of. */
export type Slot =
  | { readonly key: string; readonly kind: 'hole' }
  | { readonly key: string; readonly kind: 'constant'; readonly value: unknown }
  | MemberSlot

interface MemberSlot {
  readonly key: string
  readonly kind: 'link' | 'form'
  readonly attributes: Attributes
}

export interface ParsedTemplate {
  readonly bytes: DataView
  readonly attributes: readonly Slot[]
  readonly content: readonly Slot[]
  /** Of the content, in their order. */
  readonly names: readonly string[]
  readonly members: ReadonlyMap<string, MemberSlot>
  readonly holes: number
}

/** `bytes` are a copy of its own. */
export function parsedTemplate(
  bytes: Uint8Array,
  attributes: readonly Slot[],
  content: readonly Slot[],
): ParsedTemplate {
  const members = new Map<string, MemberSlot>()
  for (const slot of content) if ('attributes' in slot) members.set(slot.key, slot)
  const holes = [...attributes, ...content].filter(({ kind }) => kind === 'hole').length
  return {
    bytes: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    attributes,
    content,
    names: content.map(({ key }) => key),
    members,
    holes,
  }
}

/** How many templates are kept, the least recently used leaving first. One is a few hundred bytes. */
const kept = 256
/** Larger ones are parsed each time: what strangers send must not fill memory. */
const keptBytes = 16_384

const cache: ParsedTemplate[] = []

/** The cached template that has exactly the bytes `[start, end)` of the view. */
export function cachedTemplate(view: DataView, start: number, end: number): ParsedTemplate | undefined {
  const length = end - start
  for (let index = 0; index < cache.length; index++) {
    const candidate = cache[index] as ParsedTemplate
    if (candidate.bytes.byteLength === length && same(candidate.bytes, view, start)) {
      if (index > 8) cache.unshift(...cache.splice(index, 1))
      return candidate
    }
  }
  return undefined
}

/** Four bytes at a time: a page's template is longer than its data, and compared for each page. */
function same(template: DataView, view: DataView, start: number): boolean {
  let index = template.byteLength
  // From the end: templates of one length differ in their last method more often than in their first.
  while (index >= 4) {
    index -= 4
    if (template.getUint32(index) !== view.getUint32(start + index)) return false
  }
  while (--index >= 0) if (template.getUint8(index) !== view.getUint8(start + index)) return false
  return true
}

export function keepTemplate(template: ParsedTemplate): void {
  if (template.bytes.byteLength > keptBytes) return
  cache.unshift(template)
  if (cache.length > kept) cache.pop()
}

/** The slot that a decoded entry of a template makes. What pages share is frozen: it belongs to none. */
export function slotOf(key: string, value: unknown, offset: number): Slot {
  if (!isShared(value)) throw new DecodeError('a template may hold links, forms and scalars only', offset)
  if (!(value instanceof Link || value instanceof Form)) return { key, kind: 'constant', value }
  const attributes = value.given
  for (const part of Object.values(attributes)) freeze(part)
  return { key, kind: value instanceof Link ? 'link' : 'form', attributes }
}

/** May every page of a template have it? No blobs, which belong to one message; no pages, which have a path. */
export function isShared(value: unknown): boolean {
  if (!(value instanceof Link || value instanceof Form)) return typeof value !== 'object' || value === null
  return value.content === null && Object.values(value.given).every(isPlain)
}

/** Data, or a list of inputs with data as defaults. A link there would need a base of its own on each page. */
function isPlain(value: unknown): boolean {
  switch (typeof value === 'object' && value !== null ? kindOf(value) : 'bytes') {
    case 'list':
      return (value as unknown[]).every(item =>
        item instanceof Input ? item.content === null && isPlain(item.given) : isPlain(item),
      )
    case 'dict':
    case 'set':
    case 'map':
      return itemsOf(value as object).every(isPlain)
    case 'bytes':
    case 'date':
    case 'duration':
      return true
    default:
      return false
  }
}

function freeze(value: unknown): void {
  if (value instanceof Input) freeze(value.given)
  else if (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && kindOf(value) === 'dict')
  ) {
    for (const item of Object.values(Object.freeze(value))) freeze(item)
  }
}

/** A dict made of slots: `next` gives the values of the holes in turn. Nodes are left out unless `make` makes them. */
export function fill(
  slots: readonly Slot[],
  next: () => unknown,
  make?: (slot: MemberSlot) => unknown,
): Record<string, unknown> {
  const dict: Record<string, unknown> = {}
  for (const slot of slots) {
    if (slot.kind === 'hole') setOwn(dict, slot.key, next())
    else if (slot.kind === 'constant') setOwn(dict, slot.key, slot.value)
    else if (make !== undefined) setOwn(dict, slot.key, make(slot))
  }
  return dict
}

/** `base` is what the node resolves against, `node` what it becomes. */
export function nodeOf(
  slot: MemberSlot,
  base: string | undefined,
  node: ((node: Extension) => unknown) | undefined,
): unknown {
  const attributes = node === undefined ? slot.attributes : withInputs(slot.attributes, node)
  const made =
    slot.kind === 'form' ? new Form(attributes, null, { base }) : new Link(attributes, null, { base })
  return node === undefined ? made : node(made)
}

interface Sharing {
  readonly template: ParsedTemplate
  /** The page's own data. */
  readonly data: Readonly<Record<string, unknown>>
  /** The base of its nodes. */
  readonly base: string | undefined
  /** The option of decoding: the result for a node. */
  readonly node: ((node: Extension) => unknown) | undefined
}

/** The members that a page of a template shares with others. */
export class TemplateMembers implements SharedMembers {
  /** The page's own data. */
  readonly data: Readonly<Record<string, unknown>>
  readonly #template: ParsedTemplate
  readonly #base: string | undefined
  readonly #node: ((node: Extension) => unknown) | undefined

  constructor({ template, data, base, node }: Sharing) {
    this.#template = template
    this.data = data
    this.#base = base
    this.#node = node
  }

  get names(): readonly string[] {
    return this.#template.names
  }

  has(name: string): boolean {
    return this.#template.members.has(name)
  }

  make(name: string): unknown {
    const slot = this.#template.members.get(name)
    return slot && nodeOf(slot, this.#base, this.#node)
  }

  content(): Record<string, unknown> {
    const content = {}
    for (const name of this.names) setOwn(content, name, this.has(name) ? this.make(name) : this.data[name])
    return content
  }
}

/** The attributes with the inputs as what `node` makes of them; mostly it makes nothing of them. */
function withInputs(attributes: Attributes, node: (node: Extension) => unknown): Attributes {
  const { values } = attributes
  if (!Array.isArray(values)) return attributes
  const made = values.map(value => (value instanceof Input ? node(value) : value))
  return made.every((value, index) => value === values[index]) ? attributes : { ...attributes, values: made }
}
