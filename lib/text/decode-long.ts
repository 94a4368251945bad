// The text format to values in parts (../long.ts): each kind that can hold many values has a second method here,
// which yields. All else, and the errors, are those of decode.ts.

import { mapInParts, Parts } from '../long.js'
import type { Blob } from '../values/blob.js'
import { setOwn } from '../values/dict.js'
import { isKnown } from '../values/node-table.js'
import type { Attributes } from '../values/nodes.js'
import { Decoder, textIn, textual, textualOfBlobs, unique } from './decode.js'
import { fail } from './tokens.js'

const end = 0x3b

type Steps<T> = Generator<undefined, T>

export class LongDecoder extends Decoder {
  readonly #parts = new Parts()

  valueInParts(base: string | undefined, depth: number): Steps<unknown> {
    return this.#itemInParts(this.tokens.next(), base, depth)
  }

  /** The value whose type byte was just read. */
  *#itemInParts(type: number, base: string | undefined, depth: number): Steps<unknown> {
    const start = this.tokens.position - 1
    if (this.#parts.over(start)) yield
    switch (type) {
      case 0x75: // u
        return this.tokens.isLong ? yield* this.tokens.textInParts() : this.tokens.text()
      case 0x4c: // L
        return yield* this.#list(base, this.inside(depth, start), start)
      case 0x53: // S
        return yield* this.#set(base, this.inside(depth, start), start)
      case 0x44: // D
        return yield* this.#dict(base, this.inside(depth, start), start)
      case 0x4f: // O
        return yield* this.#entries(new Map(), base, this.inside(depth, start), start)
      case 0x58: // X
        return yield* this.#extension(base, this.inside(depth, start), start)
      case 0x42: // B
        return yield* this.#blob(this.inside(depth, start), start)
      default:
        return this.item(type, base, depth)
    }
  }

  *#list(base: string | undefined, depth: number, start: number): Steps<unknown[]> {
    const { tokens } = this
    const items: unknown[] = []
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      if (this.#parts.over(tokens.position)) yield
      this.room(items.length, start)
      const isShort = !isNested(type) && !(type === 0x75 && this.tokens.isLong)
      items.push(isShort ? this.item(type, base, depth) : yield* this.#itemInParts(type, base, depth))
    }
    return items
  }

  *#set(base: string | undefined, depth: number, start: number): Steps<Set<unknown>> {
    const { tokens } = this
    const items = new Set<unknown>()
    const distinct = this.tables.distinct(items)
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      this.room(items.size, start)
      const item = yield* this.#itemInParts(type, base, depth)
      unique(distinct, item, 'item', offset)
      items.add(item)
    }
    return items
  }

  *#dict(base: string | undefined, depth: number, start: number): Steps<object> {
    const { tokens } = this
    const dict: Record<string, unknown> = {}
    let size = 0
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      if (type !== 0x75) {
        tokens.position = offset
        return yield* this.#entries(yield* mapInParts(dict), base, depth, start)
      }
      this.room(size++, start)
      const key = tokens.key()
      if (Object.hasOwn(dict, key)) fail(`duplicate key ${JSON.stringify(key)}`, offset)
      setOwn(dict, key, yield* this.valueInParts(base, depth))
    }
    return dict
  }

  *#entries(
    map: Map<unknown, unknown>,
    base: string | undefined,
    depth: number,
    start: number,
  ): Steps<Map<unknown, unknown>> {
    const { tokens } = this
    const keys = this.tables.distinct(map)
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      this.room(map.size, start)
      const key = yield* this.#itemInParts(type, base, depth)
      unique(keys, key, 'key', offset)
      map.set(key, yield* this.valueInParts(base, depth))
    }
    return map
  }

  *#extension(base: string | undefined, depth: number, start: number): Steps<unknown> {
    const { tokens } = this
    const name = tokens.name(tokens.next(), "an extension's name")
    const attributes = yield* this.#attributes(base, depth, isKnown(name) ? textual : undefined)
    const type = tokens.next()
    const inner = this.baseOfContent(type, attributes, base, start)
    const content = yield* this.#itemInParts(type, inner, depth)
    return this.extensionOf(name, attributes, content, base, start)
  }

  *#blob(depth: number, start: number): Steps<Blob> {
    const id = this.blobId(start)
    return this.arriving(id, yield* this.#attributes(undefined, depth, textualOfBlobs), start)
  }

  *#attributes(base: string | undefined, outerDepth: number, texts?: ReadonlySet<string>): Steps<Attributes> {
    const { tokens } = this
    const { start, depth } = this.attributesStart(outerDepth)
    const attributes = {}
    let size = 0
    for (let type = tokens.next(); type !== end; type = tokens.next()) {
      const offset = tokens.position - 1
      this.room(size++, start)
      const key = tokens.name(type, 'a text key')
      if (Object.hasOwn(attributes, key)) fail(`duplicate key ${JSON.stringify(key)}`, offset)
      const value = yield* this.valueInParts(base, depth)
      setOwn(attributes, key, value instanceof Uint8Array && texts?.has(key) ? textIn(value) : value)
    }
    return attributes
  }
}

/** Does it hold others? */
const isNested = (type: number): boolean =>
  type === 0x4c || type === 0x53 || type === 0x44 || type === 0x4f || type === 0x58 || type === 0x42
