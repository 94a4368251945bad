// JSON to values in parts (../long.ts): each kind that can hold many values has a second method here, which yields.
// All else, and the errors, are those of decode.ts.

import { Parts } from '../long.js'
import { textPart } from '../message/utf8.js'
import { setOwn } from '../values/dict.js'
import { revive } from '../values/node-table.js'
import type { Attributes } from '../values/nodes.js'
import { JsonDecoder } from './decode.js'
import { byte } from './reader.js'

const backslash = 0x5c

type Steps<T> = Generator<undefined, T>

export class LongJsonDecoder extends JsonDecoder {
  readonly #parts = new Parts()

  /** A scalar; of text, what ends soon at its first quote. */
  #isShort(): boolean {
    const next = this.next()
    if (next !== byte.quote) return next !== byte.dict && next !== byte.list
    const end = this.bytes.indexOf(byte.quote, this.position + 1)
    return end - this.position < textPart && this.bytes[end - 1] !== backslash
  }

  *valueInParts(base: string | undefined, depth: number): Steps<unknown> {
    switch (this.next()) {
      case byte.dict:
        return yield* this.#object(base, depth)
      case byte.list:
        return yield* this.#list(base, depth)
      case byte.quote:
        return this.#isShort() ? this.value(base, depth) : yield* this.textInParts()
      default:
        return this.value(base, depth)
    }
  }

  *#list(base: string | undefined, depth: number): Steps<unknown[]> {
    const items: unknown[] = []
    for (const start of this.#items(depth)) {
      if (this.#parts.over(start)) yield
      items.push(this.#isShort() ? this.value(base, depth + 1) : yield* this.valueInParts(base, depth + 1))
    }
    return items
  }

  /** Where each item of a list starts; it has to be read before the next is asked for. */
  *#items(depth: number): Generator<number> {
    if (this.next() !== byte.list) this.fail('expected a list', this.position)
    if (!this.begin(byte.listEnd, depth)) return
    let count = 1
    do yield this.itemStart(count++)
    while (this.goesOn(byte.listEnd))
  }

  /** The keys of an object; the value of each has to be read before the next is asked for. */
  *#keys(depth: number): Generator<readonly [key: string, start: number]> {
    if (!this.begin(byte.dictEnd, depth)) return
    let count = 1
    do {
      const start = this.itemStart(count++)
      yield [this.keyAndColon(), start]
    } while (this.goesOn(byte.dictEnd))
  }

  *#object(base: string | undefined, depth: number): Steps<unknown> {
    const tag = this.tag()
    switch (tag) {
      case undefined:
        return yield* this.#dict(base, depth, false)
      case '$extension':
        return yield* this.#extension(base, depth)
      case '$set':
      case '$map':
      case '$dict':
        return yield* this.#tagged(tag, base, depth)
      case '$blob':
        return yield* this.#blob(depth)
      default:
        return this.value(base, depth)
    }
  }

  *#tagged(tag: '$set' | '$map' | '$dict', base: string | undefined, depth: number): Steps<unknown> {
    let value: unknown
    for (const [key, start] of this.#keys(depth)) {
      if (value !== undefined) this.unexpected(key, start)
      if (tag === '$set') value = yield* this.#set(base, depth)
      else if (tag === '$map') value = yield* this.#map(base, depth)
      else value = yield* this.#dict(base, depth, true)
    }
    return value
  }

  *#dict(base: string | undefined, depth: number, wrapped: boolean): Steps<Record<string, unknown>> {
    const dict: Record<string, unknown> = {}
    if (this.next() !== byte.dict) this.fail('expected an object', this.position)
    for (const [key, start] of this.#keys(depth)) {
      if (this.#parts.over(start)) yield
      this.newKey(dict, key, wrapped, start)
      setOwn(
        dict,
        key,
        this.#isShort() ? this.value(base, depth + 1) : yield* this.valueInParts(base, depth + 1),
      )
    }
    return dict
  }

  *#set(base: string | undefined, depth: number): Steps<Set<unknown>> {
    const items = new Set<unknown>()
    const distinct = this.tables.distinct(items)
    for (const start of this.#items(depth)) {
      if (this.#parts.over(start)) yield
      const item = yield* this.valueInParts(base, depth + 1)
      if (!distinct.add(item, start)) this.duplicate('item', start)
      items.add(item)
    }
    return items
  }

  *#map(base: string | undefined, depth: number): Steps<Map<unknown, unknown>> {
    const map = new Map<unknown, unknown>()
    const keys = this.tables.distinct(map)
    for (const start of this.#items(depth)) {
      if (this.#parts.over(start)) yield
      const pair: unknown[] = []
      for (const at of this.#items(depth)) {
        if (pair.length === 2) this.fail('a third item in a pair', at)
        pair.push(yield* this.valueInParts(base, depth + 1))
        if (pair.length === 1 && !keys.add(pair[0], at)) this.duplicate('key', at)
      }
      if (pair.length !== 2) this.fail('expected a pair of key and value', start)
      map.set(pair[0], pair[1])
    }
    return map
  }

  *#extension(base: string | undefined, depth: number): Steps<unknown> {
    const start = this.position
    let name: string | undefined
    let attributes: Attributes | undefined
    let content: unknown
    let waiting = -1
    for (const [key, at] of this.#keys(depth)) {
      if (key === '$extension' && name === undefined) name = this.text('the name of an extension')
      else if (key === 'attributes' && attributes === undefined) {
        const from = this.position
        attributes = this.attributesIn(yield* this.valueInParts(base, depth + 1), from)
      } else if (key === 'content' && content === undefined && waiting < 0) {
        if (attributes !== undefined)
          content = yield* this.valueInParts(this.baseOfContent(attributes, base, start), depth + 1)
        else {
          waiting = this.position
          this.skip()
        }
      } else this.unexpected(key, at)
    }
    const end = this.position
    if (waiting >= 0) {
      this.position = waiting
      content = yield* this.valueInParts(this.baseOfContent(attributes, base, start), depth + 1)
      this.position = end
    }
    return this.finished(revive(name ?? '', attributes ?? {}, content ?? null, base, start))
  }

  *#blob(depth: number): Steps<unknown> {
    const start = this.position
    let id: unknown
    let attributes: Attributes | undefined
    for (const [key, at] of this.#keys(depth)) {
      if (key === '$blob' && id === undefined) id = this.scalar()
      else if (key === 'attributes' && attributes === undefined) {
        const from = this.position
        attributes = this.attributesIn(yield* this.valueInParts(undefined, depth + 1), from)
      } else this.unexpected(key, at)
    }
    return this.arriving(id, attributes, start)
  }
}
