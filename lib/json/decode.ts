// JSON to values (spec/protocol.md, "JSON"): what an object stands for, said by its key that starts with `$`.

import { DecodeError, LimitError } from '../errors.js'
import type { Arrivals } from '../message/arrivals.js'
import type { DecodeOptions } from '../message/codec.js'
import type { Piece } from '../message/piece.js'
import { isDict } from '../plain.js'
import { setOwn } from '../values/dict.js'
import { Tables } from '../values/distinct.js'
import { parseDuration } from '../values/duration.js'
import { Fault, type Node } from '../values/fault.js'
import { parseInstant } from '../values/instant.js'
import { revive } from '../values/node-table.js'
import { type Attributes, Extension } from '../values/nodes.js'
import { resolveInner } from '../values/resolve.js'
import { readBase64 } from './base64.js'
import { byte, JsonReader } from './reader.js'

const floats = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

const letterN = 0x6e

/** First bytes of keys that are a tag, or come before one: `$`, `attributes`, `content`, an escape. */
const mayBeTag = new Set<number | undefined>([0x24, 0x61, 0x63, 0x5c])

/** No time and no duration is longer. */
const longestTime = 200

/** Tags of values that are not nested in anything, though JSON has them in an object. */
const scalars = new Set(['$integer', '$float', '$bytes', '$datetime', '$timedelta'])

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

export class JsonDecoder extends JsonReader {
  readonly #arrivals: Arrivals
  protected readonly tables = new Tables()
  readonly #node: ((node: Node) => unknown) | undefined

  constructor(bytes: Uint8Array, options: DecodeOptions, arrivals: Arrivals) {
    super(bytes, options.limits)
    this.#arrivals = arrivals
    this.#node = options.node
  }

  value(base: string | undefined, depth: number): unknown {
    switch (this.next()) {
      case byte.dict:
        return this.#object(base, depth)
      case byte.list: {
        const items: unknown[] = []
        this.list(depth, () => items.push(this.value(base, depth + 1)))
        return items
      }
      default:
        return this.scalar()
    }
  }

  /**
   * A line after the root: `{"$piece":id,"bytes":"…"}`, `{"$end":id}`; of a stream `{"$item":value}`,
   * `{"$count":n}`, and where it broke `{"$count":n,"error":fault}`.
   */
  piece(base: string | undefined): Piece {
    this.next()
    const offset = this.position
    const tags: [key: string, value: unknown][] = []
    let bytes: Uint8Array | undefined
    let fault: unknown
    this.entries(0, (key, start) => {
      if (key === '$piece' || key === '$end' || key === '$count') tags.push([key, this.scalar()])
      else if (key === '$item') tags.push([key, this.value(base, 1)])
      else if (key === 'bytes' && bytes === undefined) bytes = this.#bytes()
      else if (key === 'error' && fault === undefined) fault = this.value(base, 1)
      else this.unexpected(key, start)
    })
    const [[key, value] = []] = tags
    const plain = tags.length === 1 && bytes === undefined && fault === undefined
    if (key === '$item' && plain) return { item: value, weight: this.position - offset, offset }
    if (tags.length === 1 && isId(value)) {
      if (key === '$count' && plain) return { count: value, offset }
      if (key === '$count' && fault instanceof Fault) return { count: value, fault, offset }
      if (key === '$end' && plain) return { id: value, offset }
      if (key === '$piece' && bytes !== undefined && fault === undefined) return { id: value, offset, bytes }
    }
    return this.fail('neither a piece of a blob nor its end, nor an item of a stream', offset)
  }

  protected unexpected(key: string, start: number): never {
    return this.fail(`unexpected key ${JSON.stringify(key)}`, start)
  }

  #object(base: string | undefined, depth: number): unknown {
    const tag = this.tag()
    if (tag === undefined) return this.#dict(base, depth, false)
    if (tag === '$extension') return this.#extension(base, depth)
    if (tag === '$blob') return this.#blob(depth)
    let value: unknown
    let count = 0
    this.entries(scalars.has(tag) ? 0 : depth, (key, start) => {
      if (++count > 1) this.unexpected(key, start)
      value = this.#tagged(tag, base, depth, start)
    })
    return value
  }

  /** The key that says what the object is. It may come after `attributes` and `content`, nothing else. */
  protected tag(): string | undefined {
    const start = this.position
    try {
      this.position++
      while (this.next() === byte.quote) {
        if (!mayBeTag.has(this.bytes[this.position + 1])) return undefined
        const key = this.text('a key')
        if (key.startsWith('$')) return key
        if (key !== 'attributes' && key !== 'content') return undefined
        this.expect(byte.colon, '')
        this.skip()
        if (this.next() !== byte.comma) return undefined
        this.position++
      }
    } catch (error) {
      // The error comes again as the object is read, in the right order.
      if (!(error instanceof DecodeError)) throw error
    } finally {
      this.position = start
    }
    return undefined
  }

  /** The value under a key that starts with `$`. */
  #tagged(tag: string, base: string | undefined, depth: number, start: number): unknown {
    switch (tag) {
      case '$integer':
        return this.#integer()
      case '$float':
        return floats.get(this.text('a float')) ?? this.fail('expected "nan", "inf", "-inf" or "-0"', start)
      case '$bytes':
        return this.#bytes()
      case '$datetime':
        return parseInstant(this.#time()) ?? this.fail('not an ISO 8601 time with a zone', start)
      case '$timedelta':
        return parseDuration(this.#time()) ?? this.fail('not an ISO 8601 duration', start)
      case '$set':
        return this.#set(base, depth)
      case '$map':
        return this.#map(base, depth)
      case '$dict':
        return this.#dict(base, depth, true)
      default:
        return this.unexpected(tag, start)
    }
  }

  #time(): string {
    const text = this.text('a time')
    return text.length > longestTime ? '' : text
  }

  #integer(): number | bigint {
    this.next()
    const start = this.position
    const text = this.text('an integer')
    const { integerDigits } = this.limits
    if (text.replace('-', '').length > integerDigits) {
      throw new LimitError(`integer of more than ${integerDigits} digits`, start, { limit: 'integerDigits' })
    }
    if (!/^-?\d+$/.test(text)) this.fail('not an integer', start)
    const value = BigInt(text)
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  }

  #bytes(): Uint8Array {
    if (this.next() !== byte.quote) this.fail('expected base64 in quotes', this.position)
    const start = this.position + 1
    const end = this.bytes.indexOf(byte.quote, start)
    if (end < 0) this.fail('message truncated', this.bytes.length)
    this.position = end + 1
    return readBase64(this.bytes, start, end, this.limits.stringBytes)
  }

  #dict(base: string | undefined, depth: number, wrapped: boolean): Record<string, unknown> {
    const dict: Record<string, unknown> = {}
    this.entries(depth, (key, start) => {
      this.newKey(dict, key, wrapped, start)
      setOwn(dict, key, this.value(base, depth + 1))
    })
    return dict
  }

  /** Fails for a key that a dict may not have, or has already. */
  protected newKey(dict: object, key: string, wrapped: boolean, start: number): void {
    if (key.startsWith('$') && !wrapped) this.unexpected(key, start)
    if (Object.hasOwn(dict, key)) this.duplicate(`key ${JSON.stringify(key)}`, start)
  }

  protected duplicate(what: string, start: number): never {
    return this.fail(`duplicate ${what}`, start)
  }

  #set(base: string | undefined, depth: number): Set<unknown> {
    const items = new Set<unknown>()
    const distinct = this.tables.distinct(items)
    this.list(depth, start => {
      const item = this.value(base, depth + 1)
      if (!distinct.add(item, start)) this.duplicate('item', start)
      items.add(item)
    })
    return items
  }

  #map(base: string | undefined, depth: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    const keys = this.tables.distinct(map)
    this.list(depth, start => {
      const pair: unknown[] = []
      // A pair is notation, not nesting: it costs no depth.
      this.list(depth, at => {
        if (pair.length === 2) this.fail('a third item in a pair', at)
        pair.push(this.value(base, depth + 1))
        if (pair.length === 1 && !keys.add(pair[0], at)) this.duplicate('key', at)
      })
      if (pair.length !== 2) this.fail('expected a pair of key and value', start)
      map.set(pair[0], pair[1])
    })
    return map
  }

  /** The keys come in any order. Content read before the attributes, whose URL its own resolve against, waits. */
  #extension(base: string | undefined, depth: number): unknown {
    const start = this.position
    let name: string | undefined
    let attributes: Attributes | undefined
    let content: unknown
    let waiting = -1
    const inner = () => this.value(this.baseOfContent(attributes, base, start), depth + 1)
    this.entries(depth, (key, at) => {
      if (key === '$extension' && name === undefined) name = this.text('the name of an extension')
      else if (key === 'attributes' && attributes === undefined) attributes = this.#attributes(base, depth)
      else if (key === 'content' && content === undefined && waiting < 0) {
        if (attributes !== undefined) content = inner()
        else {
          waiting = this.position
          this.skip()
        }
      } else this.unexpected(key, at)
    })
    const end = this.position
    if (waiting >= 0) {
      this.position = waiting
      content = inner()
      this.position = end
    }
    return this.finished(revive(name ?? '', attributes ?? {}, content ?? null, base, start))
  }

  /** The base of the URLs in the content that comes next. */
  protected baseOfContent(attributes: Attributes | undefined, base: string | undefined, start: number) {
    // A node without content, as most links and forms are, resolves its URL when somebody asks for it.
    const leaf = base === undefined || this.next() === letterN
    return leaf ? base : resolveInner(attributes ?? {}, base, start)
  }

  protected finished(value: unknown): unknown {
    if (this.#node === undefined) return value
    return value instanceof Extension || value instanceof Fault ? this.#node(value) : value
  }

  #attributes(base: string | undefined, depth: number): Attributes {
    const start = this.position
    return this.attributesIn(this.value(base, depth + 1), start)
  }

  protected attributesIn(value: unknown, start: number): Attributes {
    return isDict(value) ? value : this.fail('attributes must be a dict', start)
  }

  #blob(depth: number): unknown {
    const start = this.position
    let id: unknown
    let attributes: Attributes | undefined
    this.entries(depth, (key, at) => {
      if (key === '$blob' && id === undefined) id = this.scalar()
      else if (key === 'attributes' && attributes === undefined)
        attributes = this.#attributes(undefined, depth)
      else this.unexpected(key, at)
    })
    return this.arriving(id, attributes, start)
  }

  protected arriving(id: unknown, attributes: Attributes | undefined, start: number): unknown {
    if (!isId(id)) return this.fail('the id of a blob must be an integer from 0 on', start)
    return this.#arrivals.add(id, attributes ?? {}, start)
  }
}
