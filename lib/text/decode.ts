// The text format (spec/protocol.md, "Text") to values: the table of its type bytes, and what holds other values.

import { LimitError } from '../errors.js'
import { completeLimits, type Limits } from '../limits.js'
import type { Arrivals } from '../message/arrivals.js'
import type { DecodeOptions } from '../message/codec.js'
import { decodeUtf8 } from '../message/utf8.js'
import type { Blob } from '../values/blob.js'
import { setOwn } from '../values/dict.js'
import { type Distinct, Tables } from '../values/distinct.js'
import { Fault, type Node } from '../values/fault.js'
import { isKnown, revive } from '../values/node-table.js'
import { type Attributes, Extension } from '../values/nodes.js'
import { resolveInner } from '../values/resolve.js'
import { fail, nameOf, Tokens } from './tokens.js'

const end = 0x3b

/** Attributes that the format says are text, and Python 2 sends as byte strings: they arrive as text. */
export const textual = new Set(['url', 'method', 'envelope', 'name', 'profile', 'logref', 'message', 'code'])
export const textualOfBlobs = new Set(['content-type', 'url'])

export class Decoder {
  protected readonly tokens: Tokens
  protected readonly limits: Limits
  readonly #arrivals: Arrivals
  protected readonly tables = new Tables()
  readonly #node: ((node: Node) => unknown) | undefined

  constructor(bytes: Uint8Array, options: DecodeOptions, arrivals: Arrivals) {
    this.limits = completeLimits(options.limits)
    this.tokens = new Tokens(bytes, this.limits)
    this.#arrivals = arrivals
    this.#node = options.node
  }

  /** The end of what was read so far: what is read next begins there. */
  get position(): number {
    return this.tokens.position
  }

  set position(position: number) {
    this.tokens.position = position
  }

  value(base: string | undefined, depth: number): unknown {
    return this.item(this.tokens.next(), base, depth)
  }

  /** The value whose type byte was just read. */
  protected item(type: number, base: string | undefined, depth: number): unknown {
    const tokens = this.tokens
    const start = tokens.position - 1
    switch (type) {
      case 0x75: // u
        return tokens.text()
      case 0x62: // b
        return tokens.byteString()
      case 0x69: // i
        return tokens.integer(start)
      case 0x66: // f
        return tokens.float(start)
      case 0x4e: // N
        return tokens.close(null)
      case 0x54: // T
        return tokens.close(true)
      case 0x46: // F
        return tokens.close(false)
      case 0x64: // d
        return tokens.date(start)
      case 0x70: // p
        return tokens.duration(start)
      case 0x4c: // L
        return this.#list(base, this.inside(depth, start), start)
      case 0x53: // S
        return this.#set(base, this.inside(depth, start), start)
      case 0x44: // D
        return this.#dict(base, this.inside(depth, start), start)
      case 0x4f: // O
        return this.#entries(new Map(), base, this.inside(depth, start), start)
      case 0x58: // X
        return this.#extension(base, this.inside(depth, start), start)
      case 0x42: // B
        return this.#blob(this.inside(depth, start), start)
      default:
        return fail(`expected a value, not ${nameOf(type)}`, start)
    }
  }

  /** The depth of what a collection holds. */
  protected inside(depth: number, start: number): number {
    if (depth >= this.limits.depth) {
      throw new LimitError(`nested deeper than ${this.limits.depth}`, start, { limit: 'depth' })
    }
    return depth + 1
  }

  /** Fails where a collection of this size may not have one more. */
  protected room(size: number, start: number): void {
    if (size < this.limits.collection) return
    throw new LimitError(`more than ${this.limits.collection} items`, start, { limit: 'collection' })
  }

  #list(base: string | undefined, depth: number, start: number): unknown[] {
    const tokens = this.tokens
    const items: unknown[] = []
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      this.room(items.length, start)
      items.push(this.item(type, base, depth))
    }
    return items
  }

  #set(base: string | undefined, depth: number, start: number): Set<unknown> {
    const tokens = this.tokens
    const items = new Set<unknown>()
    const distinct = this.tables.distinct(items)
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      this.room(items.size, start)
      const item = this.item(type, base, depth)
      unique(distinct, item, 'item', offset)
      items.add(item)
    }
    return items
  }

  /** A plain object, or from the first key that is not text on, a Map. */
  #dict(base: string | undefined, depth: number, start: number): object {
    const tokens = this.tokens
    const dict: Record<string, unknown> = {}
    let size = 0
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      if (type !== 0x75) {
        tokens.position = offset
        return this.#entries(new Map(Object.entries(dict)), base, depth, start)
      }
      this.room(size++, start)
      const key = tokens.key()
      if (Object.hasOwn(dict, key)) fail(`duplicate key ${JSON.stringify(key)}`, offset)
      setOwn(dict, key, this.value(base, depth))
    }
    return dict
  }

  #entries(
    map: Map<unknown, unknown>,
    base: string | undefined,
    depth: number,
    start: number,
  ): Map<unknown, unknown> {
    const tokens = this.tokens
    const keys = this.tables.distinct(map)
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      this.room(map.size, start)
      const key = this.item(type, base, depth)
      unique(keys, key, 'key', offset)
      map.set(key, this.value(base, depth))
    }
    return map
  }

  #extension(base: string | undefined, depth: number, start: number): unknown {
    const tokens = this.tokens
    const name = tokens.name(tokens.next(), "an extension's name")
    const attributes = this.#attributes(base, depth, isKnown(name) ? textual : undefined)
    const type = tokens.next()
    const content = this.item(type, this.baseOfContent(type, attributes, base, start), depth)
    return this.extensionOf(name, attributes, content, base, start)
  }

  /** The base of the URLs in the content, whose type byte was read. */
  protected baseOfContent(type: number, attributes: Attributes, base: string | undefined, start: number) {
    // A node without content, as most links and forms are, resolves its URL when somebody asks for it.
    const leaf = base === undefined || type === 0x4e
    return leaf ? base : resolveInner(attributes, base, start)
  }

  /** Reads its end. */
  protected extensionOf(
    name: string,
    attributes: Attributes,
    given: unknown,
    base: string | undefined,
    start: number,
  ): unknown {
    let content = given
    if (content instanceof Map && (name === 'resource' || name === 'error')) content = this.asDict(content)
    this.tokens.closeOuter()
    const value = revive(name, attributes, content, base, start)
    if (this.#node === undefined) return value
    return value instanceof Extension || value instanceof Fault ? this.#node(value) : value
  }

  /** A dict, ordered or not, with names as its keys. What it holds resolves against the outer URL. */
  #attributes(base: string | undefined, outerDepth: number, texts?: ReadonlySet<string>): Attributes {
    const tokens = this.tokens
    const { start, depth } = this.attributesStart(outerDepth)
    const attributes = {}
    let size = 0
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      this.room(size++, start)
      const key = tokens.name(type, 'a text key')
      if (Object.hasOwn(attributes, key)) fail(`duplicate key ${JSON.stringify(key)}`, offset)
      const value = this.value(base, depth)
      setOwn(attributes, key, value instanceof Uint8Array && texts?.has(key) ? textIn(value) : value)
    }
    return attributes
  }

  protected attributesStart(outerDepth: number): { start: number; depth: number } {
    const type = this.tokens.next()
    const start = this.tokens.position - 1
    if (type !== 0x44 && type !== 0x4f) fail(`expected attributes, not ${nameOf(type)}`, start)
    return { start, depth: this.inside(outerDepth, start) }
  }

  /** Pages and errors hold a dict by definition; Ruby sends it ordered, Python with byte strings as keys. */
  protected asDict(map: Map<unknown, unknown>): unknown {
    const dict = {}
    for (const [key, value] of map) {
      const name = key instanceof Uint8Array ? textIn(key) : key
      if (typeof name !== 'string' || name.length > this.limits.keyBytes || Object.hasOwn(dict, name))
        return map
      setOwn(dict, name, value)
    }
    return dict
  }

  #blob(depth: number, start: number): Blob {
    const id = this.blobId(start)
    return this.arriving(id, this.#attributes(undefined, depth, textualOfBlobs), start)
  }

  protected blobId(start: number): number {
    const id = this.tokens.count()
    return Number.isSafeInteger(id) && id >= 0 ? id : fail('not the id of a blob', start + 1)
  }

  /** Reads its end. */
  protected arriving(id: number, attributes: Attributes, start: number): Blob {
    this.tokens.closeOuter()
    return this.#arrivals.add(id, attributes, start)
  }
}

/**
 * Fails for a second equal item. JavaScript has one number where the format has an integer 1 and a float 1.0,
 * and its sets and maps don't tell 0 from −0: both in one set, or as keys of one dict, are duplicates here.
 */
export function unique(distinct: Distinct, value: unknown, noun: string, offset: number): void {
  if (!distinct.add(value, offset)) fail(`duplicate ${noun}`, offset)
}

/** UTF-8 as text; bytes that are none stay as they came. */
export function textIn(bytes: Uint8Array): string | Uint8Array {
  try {
    return decodeUtf8(bytes, 0, bytes.length)
  } catch {
    return bytes
  }
}
