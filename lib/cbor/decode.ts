// CBOR to values, strictly: a table of initial bytes would have 256 rows; its major types have a method each, and the
// tags that hold other values.

import type { DecodeOptions } from '../message/codec.js'
import { isDict } from '../plain.js'
import { setOwn } from '../values/dict.js'
import { Tables } from '../values/distinct.js'
import type { Duration } from '../values/duration.js'
import { Fault, type Node } from '../values/fault.js'
import { revive } from '../values/node-table.js'
import { type Attributes, Extension, Page } from '../values/nodes.js'
import { resolveInner } from '../values/resolve.js'
import { noBlobs, readTemplate } from './read-template.js'
import { type ByteRange, CborReader } from './reader.js'
import { bignum, durationOf, durationProblem, narrow, negative, timeOfEpoch, timeOfText } from './scalars.js'
import { tag } from './tags.js'
import {
  cachedTemplate,
  fill,
  keepTemplate,
  nodeOf,
  type ParsedTemplate,
  TemplateMembers,
} from './template.js'

export const problems = {
  extension: 'an extension must be [name, attributes, content]',
  set: 'a set must hold an array',
  map: 'an ordered dict must hold a map',
  blob: 'a blob must be [id, attributes]',
} as const

/** Where the blobs of a message are put as they are met: `Arrivals`. */
interface Blobs {
  add(id: number, attributes: Attributes, offset: number): unknown
}

export class CborDecoder extends CborReader {
  readonly #blobs: Blobs
  readonly #node: ((node: Node) => unknown) | undefined
  readonly #templates: boolean
  // Made when they are needed: each item of a stream has a decoder of its own, and few have need of them.
  #tables: Tables | undefined
  /** The templates that stood in this frame, by their numbers. */
  #seen: ParsedTemplate[] | undefined

  constructor(range: ByteRange, options: DecodeOptions, blobs: Blobs) {
    super(range, options.limits)
    this.#blobs = blobs
    this.#node = options.node
    this.#templates = options.templates ?? true
  }

  protected get tables(): Tables {
    return (this.#tables ??= new Tables())
  }

  value(base: string | undefined, depth: number): unknown {
    const start = this.position
    if (start >= this.end) this.truncated()
    const initial = this.bytes[start] as number
    this.position = start + 1
    switch (initial >> 5) {
      case 0:
        return this.count(initial)
      case 1:
        return negative(this.count(initial))
      case 2: {
        const end = this.run(initial)
        return this.bytes.slice(this.position, (this.position = end))
      }
      case 3:
        return this.text(initial)
      case 4:
        return this.#list(initial, base, depth)
      case 5:
        return this.#dict(initial, base, depth)
      case 6:
        return this.#tagged(initial, base, depth, start)
      default:
        return this.simple(initial, start)
    }
  }

  #list(initial: number, base: string | undefined, depth: number): unknown[] {
    const size = this.size(initial, depth, 1)
    const items: unknown[] = []
    for (let index = 0; index < size; index++) items.push(this.value(base, depth + 1))
    return items
  }

  /** A plain object, or from the first key that is not text on, a Map. */
  #dict(initial: number, base: string | undefined, depth: number): object {
    const size = this.size(initial, depth, 2)
    const dict: Record<string, unknown> = {}
    for (let index = 0; index < size; index++) {
      const offset = this.position
      const head = this.bytes[offset] as number
      if (head >> 5 !== 3) return this.#entries(new Map(Object.entries(dict)), size - index, base, depth)
      this.position = offset + 1
      const key = this.key(head, offset)
      if (Object.hasOwn(dict, key)) this.fail(`duplicate key ${JSON.stringify(key)}`, offset)
      setOwn(dict, key, this.value(base, depth + 1))
    }
    return dict
  }

  #entries(
    map: Map<unknown, unknown>,
    size: number,
    base: string | undefined,
    depth: number,
  ): Map<unknown, unknown> {
    const keys = this.tables.distinct(map)
    for (let index = 0; index < size; index++) {
      const offset = this.position
      const key = this.value(base, depth + 1)
      if (!keys.add(key, offset)) this.fail('duplicate key', offset)
      map.set(key, this.value(base, depth + 1))
    }
    return map
  }

  #tagged(initial: number, base: string | undefined, depth: number, start: number): unknown {
    const number = this.count(initial)
    switch (number) {
      case tag.dateText:
        return timeOfText(this.#scalar(start), start)
      case tag.epoch:
        return timeOfEpoch(this.#scalar(start), start)
      case tag.positive:
        return narrow(this.#bignum(start))
      case tag.negative:
        return narrow(-1n - this.#bignum(start))
      case tag.extension:
        return this.#extension(base, depth, start)
      case tag.set:
        return this.#set(base, depth, start)
      case tag.map:
        return this.#entries(new Map(), this.map(depth, problems.map, start), base, depth)
      case tag.duration:
        return this.#duration(depth, start)
      case tag.blob:
        return this.#blob(depth, start)
      case tag.template:
        return this.#template(base, depth, start)
      default:
        return this.fail(`tag ${number} is not part of the format`, start)
    }
  }

  /** The value in a tag of a scalar. Not `value`: tags in tags would recurse without passing a depth check. */
  #scalar(start: number): unknown {
    const major = (this.bytes[this.position] ?? 0) >> 5
    if (major >= 4 && major < 7) this.fail('a tag here must hold a scalar', start)
    return this.value(undefined, 0)
  }

  #bignum(start: number): bigint {
    return bignum(this.#scalar(start), this.limits.integerDigits, start)
  }

  #extension(base: string | undefined, depth: number, start: number): unknown {
    const size = this.array(depth, problems.extension, start)
    const name = size === 3 ? this.value(base, depth + 1) : undefined
    if (typeof name !== 'string') return this.fail(problems.extension, start)
    const attributes = this.attributesIn(this.value(base, depth + 1), start)
    const inner = this.baseOfContent(attributes, base, start)
    return this.finished(revive(name, attributes, this.value(inner, depth + 1), base, start))
  }

  /** The base of the URLs in the content that comes next. */
  protected baseOfContent(
    attributes: Attributes,
    base: string | undefined,
    start: number,
  ): string | undefined {
    // A node without content, as most links and forms are, resolves its URL when somebody asks for it.
    const leaf = base === undefined || this.bytes[this.position] === 0xf6
    return leaf ? base : resolveInner(attributes, base, start)
  }

  /** The result for a node, or for an instance that an extension stands for. */
  protected finished(value: unknown): unknown {
    if (this.#node === undefined) return value
    return value instanceof Extension || value instanceof Fault ? this.#node(value) : value
  }

  protected attributesIn(value: unknown, start: number): Attributes {
    const dict = value instanceof Map ? fromMap(value, this.limits.keyBytes) : value
    return isDict(dict) ? dict : this.fail('attributes must be a dict with text keys', start)
  }

  #set(base: string | undefined, depth: number, start: number): Set<unknown> {
    const size = this.array(depth, problems.set, start)
    const items = new Set<unknown>()
    const distinct = this.tables.distinct(items)
    for (let index = 0; index < size; index++) {
      const offset = this.position
      const item = this.value(base, depth + 1)
      if (!distinct.add(item, offset)) this.fail('duplicate item', offset)
      items.add(item)
    }
    return items
  }

  /** Keys and values are scalars, and few: a decoder in parts reads them at once. */
  #duration(depth: number, start: number): Duration {
    const size = this.map(depth, 'a duration must hold a map', start)
    if (size > 3) this.fail(durationProblem, start)
    const map = new Map<unknown, unknown>()
    for (let index = 0; index < size; index++) {
      const offset = this.position
      const key = this.#scalar(start)
      if (map.has(key)) this.fail('duplicate key', offset)
      map.set(key, this.#scalar(start))
    }
    return durationOf(map, start)
  }

  #blob(depth: number, start: number): unknown {
    const size = this.array(depth, problems.blob, start)
    const id = this.blobId(size === 2 ? this.value(undefined, depth + 1) : undefined, start)
    return this.arriving(id, this.attributesIn(this.value(undefined, depth + 1), start), start)
  }

  protected blobId(id: unknown, start: number): number {
    return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : this.fail(problems.blob, start)
  }

  protected arriving(id: number, attributes: Attributes, start: number): unknown {
    return this.#blobs.add(id, attributes, start)
  }

  #template(base: string | undefined, depth: number, start: number): unknown {
    if (!this.#templates) return this.fail('a template is not accepted here', start)
    const problem = 'a template must be followed by a value for each hole'
    const size = this.array(depth, problem, start)
    const template = size > 0 ? this.#templateGiven(start) : undefined
    if (template?.holes !== size - 1) return this.fail(problem, start)
    const attributes = fill(
      template.attributes,
      () => this.value(base, depth + 2),
      slot => nodeOf(slot, base, this.#node),
    )
    const inner = base === undefined ? undefined : resolveInner(attributes, base, start)
    const data = fill(template.content, () => this.value(inner, depth + 2))
    const members = new TemplateMembers({ template, data, base: inner, node: this.#node })
    return this.finished(Page.sharing(attributes, members, base))
  }

  /** A template given as bytes, or by the number of one that stood in this frame before. */
  #templateGiven(start: number): ParsedTemplate | undefined {
    const initial = this.next()
    if (initial >> 5 === 0) {
      const number = Number(this.count(initial))
      return this.#seen?.[number] ?? this.fail(`no template ${number} stands before this in its frame`, start)
    }
    if (initial >> 5 !== 2) return undefined
    const end = this.run(initial)
    let template = cachedTemplate(this.view, this.position, end)
    if (template === undefined) {
      const range = { bytes: this.bytes, start: this.position, end }
      template = readTemplate(new CborDecoder(range, { limits: this.limits, templates: false }, noBlobs))
      keepTemplate(template)
    }
    this.position = end
    this.#seen ??= []
    this.#seen.push(template)
    return template
  }
}

function fromMap(map: Map<unknown, unknown>, keyBytes: number): unknown {
  const dict = {}
  for (const [key, value] of map) {
    if (typeof key !== 'string' || key.length > keyBytes) return undefined
    setOwn(dict, key, value)
  }
  return dict
}
