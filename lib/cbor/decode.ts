// CBOR to values, strictly: a table of initial bytes would have 256 rows; its major types have a method each.
// Every length is checked against what is there before anything is made of it.

import { DecodeError, keyTooLong, LimitError, tooLong } from '../errors.js'
import { bytesOfDigits, completeLimits, type Limits } from '../limits.js'
import type { Arrivals, EndPiece, ItemPiece } from '../message/arrivals.js'
import type { DecodeOptions } from '../message/codec.js'
import { decodeKey } from '../message/keys.js'
import { decodeUtf8 } from '../message/utf8.js'
import { isDict } from '../plain.js'
import { setOwn } from '../values/dict.js'
import { Tables } from '../values/distinct.js'
import { Duration } from '../values/duration.js'
import { Fault, type Node } from '../values/fault.js'
import { parseInstant } from '../values/instant.js'
import { revive } from '../values/node-table.js'
import { type Attributes, Extension, Page } from '../values/nodes.js'
import { resolveInner } from '../values/resolve.js'
import { durationKey, holeByte, tag } from './tags.js'
import {
  cachedTemplate,
  fill,
  keepTemplate,
  nodeOf,
  type ParsedTemplate,
  parsedTemplate,
  type Slot,
  slotOf,
  TemplateMembers,
} from './template.js'

export const blobProblem = 'a blob must be [id, attributes]'
export const extensionProblem = 'an extension must be [name, attributes, content]'

export class CborDecoder {
  position: number
  protected readonly bytes: Uint8Array
  protected readonly end: number
  protected readonly limits: Limits
  readonly #arrivals: Arrivals
  // Made when they are needed: each item of a stream has a decoder of its own, and few have need of them.
  #viewed: DataView | undefined
  #filled: Tables | undefined
  readonly #node: ((node: Node) => unknown) | undefined
  readonly #templates: boolean
  #seen: ParsedTemplate[] | undefined
  #inTemplate = false

  constructor(bytes: Uint8Array, start: number, end: number, options: DecodeOptions, arrivals: Arrivals) {
    this.bytes = bytes
    this.position = start
    this.end = end
    this.limits = completeLimits(options.limits)
    this.#arrivals = arrivals
    this.#node = options.node
    this.#templates = options.templates ?? true
  }

  get #view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes
    return (this.#viewed ??= new DataView(buffer, byteOffset, byteLength))
  }

  protected get tables(): Tables {
    return (this.#filled ??= new Tables())
  }

  value(base: string | undefined, depth: number): unknown {
    const start = this.position
    if (start >= this.end) this.#truncated()
    const initial = this.bytes[start] as number
    this.position = start + 1
    switch (initial >> 5) {
      case 0:
        return this.count(initial)
      case 1: {
        const count = this.count(initial)
        return typeof count === 'bigint' ? -1n - count : negative(count)
      }
      case 2: {
        const end = this.run(initial)
        return this.bytes.slice(this.position, (this.position = end))
      }
      case 3:
        return this.#text(initial)
      case 4:
        return this.#list(initial, base, depth)
      case 5:
        return this.#dict(initial, base, depth)
      case 6:
        return this.#tagged(initial, base, depth, start)
      default:
        return this.#simple(initial, start)
    }
  }

  /** Fails unless all was read. */
  finish(): void {
    if (this.position !== this.end) this.fail('bytes after the end of the message', this.position)
  }

  /** What a frame after the root of a stream holds: an item, or the end. Undefined where it is neither. */
  streamPiece(base: string | undefined, offset: number): ItemPiece | EndPiece | undefined {
    const start = this.position
    const weight = this.end - start
    const initial = this.next()
    if (initial >> 5 !== 6 || this.count(initial) !== tag.item) {
      this.position = start
      return undefined
    }
    const inner = this.next()
    if (inner >> 5 === 0) return { count: Number(this.count(inner)), offset }
    const size = inner >> 5 === 4 ? this.size(inner, 0, 1) : 0
    if (size === 1) return { item: this.value(base, 1), weight, offset }
    const count = size === 2 ? this.value(undefined, 1) : undefined
    const fault = size === 2 ? this.value(base, 1) : undefined
    if (typeof count === 'number' && fault instanceof Fault) return { count, fault, offset }
    return this.fail('an item must be [value], a count, or [count, fault]', offset)
  }

  protected fail(problem: string, offset: number): never {
    throw new DecodeError(problem, offset)
  }

  #truncated(): never {
    return this.fail('message truncated', this.end)
  }

  /** The number in a head, or the bits after it: a number where it is safe. */
  protected count(initial: number): number | bigint {
    const low = initial & 0x1f
    if (low < 24) return low
    const position = this.position
    const size = low === 24 ? 1 : low === 25 ? 2 : low === 26 ? 4 : low === 27 ? 8 : 0
    if (size === 0)
      this.fail(low === 31 ? 'indefinite length' : `reserved initial byte ${initial}`, position - 1)
    if (position + size > this.end) this.#truncated()
    this.position = position + size
    if (size === 1) return this.bytes[position] as number
    if (size === 2) return ((this.bytes[position] as number) << 8) | (this.bytes[position + 1] as number)
    if (size === 4) return this.#view.getUint32(position)
    const high = this.#view.getUint32(position)
    if (high < 0x20_0000) return high * 0x1_0000_0000 + this.#view.getUint32(position + 4)
    return this.#view.getBigUint64(position)
  }

  /** Where a byte or text string ends, which is within the message. */
  protected run(initial: number): number {
    const count = this.count(initial)
    if (typeof count === 'bigint' || count > this.end - this.position) this.#truncated()
    if (count > this.limits.stringBytes) throw tooLong(this.limits.stringBytes, this.position)
    return this.position + count
  }

  /** How many items a collection has: no more than there are bytes for. */
  protected size(initial: number, depth: number, bytesPerItem: number): number {
    const offset = this.position - 1
    const count = this.count(initial)
    if (depth >= this.limits.depth) {
      throw new LimitError(`nested deeper than ${this.limits.depth}`, 'depth', offset)
    }
    if (count > this.limits.collection) {
      throw new LimitError(`more than ${this.limits.collection} items`, 'collection', offset)
    }
    if ((count as number) * bytesPerItem > this.end - this.position) this.#truncated()
    return count as number
  }

  #text(initial: number): string {
    const end = this.run(initial)
    const text = decodeUtf8(this.bytes, this.position, end)
    this.position = end
    return text
  }

  /** The key of a dict whose initial byte was read. */
  protected key(head: number, offset: number): string {
    const end = this.run(head)
    if (end - this.position > this.limits.keyBytes) throw keyTooLong(this.limits.keyBytes, offset)
    const key = decodeKey(this.bytes, this.position, end)
    this.position = end
    return key
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

  #simple(initial: number, start: number): unknown {
    const size = initial === 0xf9 ? 2 : initial === 0xfa ? 4 : initial === 0xfb ? 8 : 0
    if (size > 0) {
      if (this.position + size > this.end) this.#truncated()
      const position = this.position
      this.position += size
      if (size === 8) return this.#view.getFloat64(position)
      return size === 4 ? this.#view.getFloat32(position) : float16(this.#view.getUint16(position))
    }
    if (initial === 0xf4) return false
    if (initial === 0xf5) return true
    if (initial === 0xf6) return null
    return this.fail(`simple value ${initial & 0x1f} has no meaning here`, start)
  }

  #tagged(initial: number, base: string | undefined, depth: number, start: number): unknown {
    const number = this.count(initial)
    switch (number) {
      case tag.dateText: {
        const text = this.#scalar(start)
        const date = typeof text === 'string' ? parseInstant(text) : undefined
        return date ?? this.fail('not an RFC 3339 time', start)
      }
      case tag.epoch: {
        const seconds = this.#scalar(start)
        const date = typeof seconds === 'number' ? new Date(Math.round(seconds * 1000)) : undefined
        if (date === undefined || Number.isNaN(date.getTime()))
          this.fail('not a time that can be held', start)
        // A float has some digits more, of which none is exact: who means them sends tag 0.
        if ((date as Date).getTime() / 1000 !== seconds)
          this.fail('seconds with more digits than milliseconds, which tag 0 has', start)
        return date
      }
      case tag.positive:
        return this.#bignum(start)
      case tag.negative:
        return narrow(-1n - BigInt(this.#bignum(start)))
      case tag.extension:
        return this.#extension(base, depth, start)
      case tag.set:
        return this.#set(base, depth, start)
      case tag.map: {
        const initial = this.next()
        if (initial >> 5 !== 5) this.fail('an ordered dict must hold a map', start)
        return this.#entries(new Map(), this.size(initial, depth, 2), base, depth)
      }
      case tag.duration:
        return this.#duration(depth, start)
      case tag.blob:
        return this.#blob(depth, start)
      case tag.template:
        if (this.#templates && !this.#inTemplate) return this.#template(base, depth, start)
        return this.fail('a template is not accepted here', start)
      default:
        return this.fail(`tag ${number} is not part of the format`, start)
    }
  }

  /** The next initial byte. */
  protected next(): number {
    if (this.position >= this.end) this.#truncated()
    return this.bytes[this.position++] as number
  }

  /** What a tag of a scalar holds. Not `value`: tags in tags would recurse without passing a depth check. */
  #scalar(start: number): unknown {
    const major = (this.bytes[this.position] ?? 0) >> 5
    if (major >= 4 && major < 7) this.fail('a tag here must hold a scalar', start)
    return this.value(undefined, 0)
  }

  #bignum(start: number): number | bigint {
    const bytes = this.#scalar(start)
    if (!(bytes instanceof Uint8Array)) return this.fail('a bignum must be a byte string', start)
    const { integerDigits } = this.limits
    if (bytes.length > bytesOfDigits(integerDigits)) {
      throw new LimitError(`integer of more than ${integerDigits} digits`, 'integerDigits', start)
    }
    let hex = '0x0'
    for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
    return narrow(BigInt(hex))
  }

  /** The size of the array that a tag must hold. */
  protected array(depth: number, problem: string, start: number): number {
    const initial = this.next()
    if (initial >> 5 !== 4) this.fail(problem, start)
    return this.size(initial, depth, 1)
  }

  #extension(base: string | undefined, depth: number, start: number): unknown {
    const size = this.array(depth, extensionProblem, start)
    const name = size === 3 ? this.value(base, depth + 1) : undefined
    if (typeof name !== 'string') return this.fail(extensionProblem, start)
    const attributes = this.#attributes(base, depth, start)
    const inner = this.inner(attributes, base, start)
    return this.finished(revive(name, attributes, this.value(inner, depth + 1), base, start))
  }

  /** What the URLs in the content that comes next resolve against. */
  protected inner(attributes: Attributes, base: string | undefined, start: number): string | undefined {
    // A node without content, as most links and forms are, resolves its URL when somebody asks for it.
    const leaf = base === undefined || this.bytes[this.position] === 0xf6
    return leaf ? base : resolveInner(attributes, base, start)
  }

  protected finished(value: unknown): unknown {
    if (this.#node === undefined || this.#inTemplate) return value
    return value instanceof Extension || value instanceof Fault ? this.#node(value) : value
  }

  #attributes(base: string | undefined, depth: number, start: number): Attributes {
    return this.attributesIn(this.value(base, depth + 1), start)
  }

  protected attributesIn(value: unknown, start: number): Attributes {
    const dict = value instanceof Map ? fromMap(value, this.limits.keyBytes) : value
    if (!isDict(dict)) this.fail('attributes must be a dict with text keys', start)
    return dict as Attributes
  }

  #set(base: string | undefined, depth: number, start: number): Set<unknown> {
    const size = this.array(depth, 'a set must hold an array', start)
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

  #duration(depth: number, start: number): Duration {
    const initial = this.next()
    if (initial >> 5 !== 5) this.fail('a duration must hold a map', start)
    const problem = 'a duration has keys 1, -9 and "months" only'
    const size = this.size(initial, depth, 2)
    if (size > 3) this.fail(problem, start)
    const map = new Map<unknown, unknown>()
    for (let index = 0; index < size; index++) {
      const offset = this.position
      const key = this.#scalar(start)
      if (map.has(key)) this.fail('duplicate key', offset)
      map.set(key, this.#scalar(start))
    }
    const part = (key: string | number) => {
      if (!map.has(key)) return 0
      const value = map.get(key)
      map.delete(key)
      return typeof value === 'number' ? value : Number.NaN
    }
    try {
      const duration = new Duration({
        seconds: part(durationKey.seconds),
        nanoseconds: part(durationKey.nanoseconds),
        months: part(durationKey.months),
      })
      if (map.size === 0) return duration
    } catch (cause) {
      throw new DecodeError('not a duration that can be held', start, { cause })
    }
    return this.fail(problem, start)
  }

  #blob(depth: number, start: number): unknown {
    const size = this.array(depth, blobProblem, start)
    const id = this.blobId(size === 2 ? this.value(undefined, depth + 1) : undefined, start)
    return this.arriving(id, this.#attributes(undefined, depth, start), start)
  }

  protected blobId(id: unknown, start: number): number {
    return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : this.fail(blobProblem, start)
  }

  protected arriving(id: number, attributes: Attributes, start: number): unknown {
    // A template is kept: a blob in it would belong to the message that brought it.
    if (this.#inTemplate) this.fail('a template must not hold a blob', start)
    return this.#arrivals.add(id, attributes, start)
  }

  #template(base: string | undefined, depth: number, start: number): unknown {
    const problem = 'a template must be followed by a value for each hole'
    const size = this.array(depth, problem, start)
    const template = size > 0 ? this.#templateHead(start) : undefined
    if (template?.holes !== size - 1) return this.fail(problem, start)
    const attributes = fill(
      template.attributes,
      () => this.value(base, depth + 2),
      slot => nodeOf(slot, base, this.#node),
    )
    const inner = base === undefined ? undefined : resolveInner(attributes, base, start)
    const data = fill(template.content, () => this.value(inner, depth + 2))
    return this.finished(
      Page.sharing(attributes, new TemplateMembers(template, data, inner, this.#node), base),
    )
  }

  /** A template given as bytes, or by the number of one that stood in this frame before. */
  #templateHead(start: number): ParsedTemplate | undefined {
    const initial = this.next()
    if (initial >> 5 === 0) {
      const number = Number(this.count(initial))
      return this.#seen?.[number] ?? this.fail(`no template ${number} stands before this in its frame`, start)
    }
    if (initial >> 5 !== 2) return undefined
    const end = this.run(initial)
    let template = cachedTemplate(this.#view, this.position, end)
    if (template === undefined) keepTemplate((template = this.#parseTemplate(end)))
    this.position = end
    this.#seen ??= []
    this.#seen.push(template)
    return template
  }

  #parseTemplate(end: number): ParsedTemplate {
    const { position } = this
    const inner = new CborDecoder(this.bytes, position, end, { limits: this.limits }, this.#arrivals)
    inner.#inTemplate = true
    const isPage =
      this.bytes[position]! >> 5 === 6 &&
      inner.count(inner.next()) === tag.extension &&
      inner.array(0, 'a template must be of a page', position) === 3 &&
      inner.value(undefined, 1) === 'resource'
    if (!isPage) this.fail('a template must be of a page', position)
    const attributes = inner.#slots(position)
    const content = inner.#slots(position)
    inner.finish()
    return parsedTemplate(this.bytes.slice(position, end), attributes, content)
  }

  /** The entries of a map in a template, in their order, which is that of the values to come. */
  #slots(start: number): Slot[] {
    const initial = this.next()
    if (initial >> 5 !== 5) this.fail('a template must be of a page', start)
    const size = this.size(initial, 1, 2)
    const slots = new Map<string, Slot>()
    for (let index = 0; index < size; index++) {
      const offset = this.position
      const head = this.next()
      if (head >> 5 !== 3) this.fail('a key of a template must be text', offset)
      const key = this.key(head, offset)
      if (slots.has(key)) this.fail(`duplicate key ${JSON.stringify(key)}`, offset)
      const { position } = this
      if (this.bytes[position] !== holeByte) slots.set(key, slotOf(key, this.value(undefined, 2), position))
      else {
        this.position++
        slots.set(key, { key, kind: 'hole' })
      }
    }
    return [...slots.values()]
  }
}

const negative = (count: number) => (count >= Number.MAX_SAFE_INTEGER ? -1n - BigInt(count) : -1 - count)

/** Integers are numbers wherever they are safe. */
const narrow = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

function fromMap(map: Map<unknown, unknown>, keyBytes: number): unknown {
  const dict = {}
  for (const [key, value] of map) {
    if (typeof key !== 'string' || key.length > keyBytes) return undefined
    setOwn(dict, key, value)
  }
  return dict
}
