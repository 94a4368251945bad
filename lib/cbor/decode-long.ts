// CBOR to values in parts (long.ts): each kind that can hold many values has a second method here, which yields. All
// else, and the errors, are those of decode.ts.

import { mapInParts, Parts } from '../long.js'
import { decodeUtf8InParts } from '../message/utf8.js'
import { setOwn } from '../values/dict.js'
import { revive } from '../values/node-table.js'
import { CborDecoder, problems } from './decode.js'
import { tag } from './tags.js'

type Steps<T> = Generator<undefined, T>

export class LongCborDecoder extends CborDecoder {
  readonly #parts = new Parts()

  /** A scalar, or an empty list or dict: most of what there is, and read at once. */
  #isShort(): boolean {
    const initial = this.bytes[this.position] ?? 0
    return (initial < 0x81 && !isLongText(initial)) || initial >= 0xe0 || initial === 0xa0
  }

  *valueInParts(base: string | undefined, depth: number): Steps<unknown> {
    const start = this.position
    const major = (this.bytes[start] ?? 0) >> 5
    if (isLongText(this.bytes[start])) return yield* this.#text()
    if (major < 4 || major > 6) return this.value(base, depth)
    if (this.#parts.over(start)) yield
    const initial = this.next()
    if (major === 4) return yield* this.#list(this.size(initial, depth, 1), base, depth)
    if (major === 5) return yield* this.#dict(this.size(initial, depth, 2), base, depth)
    switch (this.count(initial)) {
      case tag.extension:
        return yield* this.#extension(base, depth, start)
      case tag.blob:
        return yield* this.#blob(depth, start)
      case tag.set:
        return yield* this.#set(base, depth, start)
      case tag.map:
        return yield* this.#entries(new Map(), this.map(depth, problems.map, start), base, depth)
      default:
        // Of these none holds more than its size, or than a page has holes.
        this.position = start
        return this.value(base, depth)
    }
  }

  *#text(): Steps<string> {
    const end = this.run(this.next())
    const text = yield* decodeUtf8InParts(this.bytes, this.position, end)
    this.position = end
    return text
  }

  *#list(size: number, base: string | undefined, depth: number): Steps<unknown[]> {
    const items: unknown[] = []
    for (let index = 0; index < size; index++) {
      if (this.#parts.over(this.position)) yield
      items.push(this.#isShort() ? this.value(base, depth + 1) : yield* this.valueInParts(base, depth + 1))
    }
    return items
  }

  *#dict(size: number, base: string | undefined, depth: number): Steps<object> {
    const dict: Record<string, unknown> = {}
    for (let index = 0; index < size; index++) {
      if (this.#parts.over(this.position)) yield
      const offset = this.position
      const head = this.bytes[offset] as number
      if (head >> 5 !== 3) return yield* this.#entries(yield* mapInParts(dict), size - index, base, depth)
      this.position = offset + 1
      const key = this.key(head, offset)
      if (Object.hasOwn(dict, key)) this.fail(`duplicate key ${JSON.stringify(key)}`, offset)
      setOwn(
        dict,
        key,
        this.#isShort() ? this.value(base, depth + 1) : yield* this.valueInParts(base, depth + 1),
      )
    }
    return dict
  }

  *#entries(
    map: Map<unknown, unknown>,
    size: number,
    base: string | undefined,
    depth: number,
  ): Steps<Map<unknown, unknown>> {
    const keys = this.tables.distinct(map)
    for (let index = 0; index < size; index++) {
      if (this.#parts.over(this.position)) yield
      const offset = this.position
      const key = yield* this.valueInParts(base, depth + 1)
      if (!keys.add(key, offset)) this.fail('duplicate key', offset)
      map.set(key, yield* this.valueInParts(base, depth + 1))
    }
    return map
  }

  *#set(base: string | undefined, depth: number, start: number): Steps<Set<unknown>> {
    const size = this.array(depth, problems.set, start)
    const items = new Set<unknown>()
    const distinct = this.tables.distinct(items)
    for (let index = 0; index < size; index++) {
      if (this.#parts.over(this.position)) yield
      const offset = this.position
      const item = yield* this.valueInParts(base, depth + 1)
      if (!distinct.add(item, offset)) this.fail('duplicate item', offset)
      items.add(item)
    }
    return items
  }

  *#extension(base: string | undefined, depth: number, start: number): Steps<unknown> {
    const size = this.array(depth, problems.extension, start)
    const name = size === 3 ? yield* this.valueInParts(base, depth + 1) : undefined
    if (typeof name !== 'string') return this.fail(problems.extension, start)
    const attributes = this.attributesIn(yield* this.valueInParts(base, depth + 1), start)
    const inner = this.baseOfContent(attributes, base, start)
    const content = yield* this.valueInParts(inner, depth + 1)
    return this.finished(revive(name, attributes, content, base, start))
  }

  *#blob(depth: number, start: number): Steps<unknown> {
    const size = this.array(depth, problems.blob, start)
    const given = size === 2 ? yield* this.valueInParts(undefined, depth + 1) : undefined
    const id = this.blobId(given, start)
    const attributes = this.attributesIn(yield* this.valueInParts(undefined, depth + 1), start)
    return this.arriving(id, attributes, start)
  }
}

/** Text whose length takes four bytes or eight: most of it has more than 64 KiB. */
const isLongText = (initial: number | undefined): boolean => initial === 0x7a || initial === 0x7b
