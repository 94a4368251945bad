// The grammar of JSON (RFC 8259) on bytes, without the meaning of objects: that is in decode.ts.
// Not JSON.parse, which knows neither duplicate keys nor offsets nor limits.

import { DecodeError, keyTooLong, LimitError, tooLong } from '../errors.js'
import { completeLimits, type Limits } from '../limits.js'
import { ContainerEnds } from './container-ends.js'
import { endOfNumber, numberIn, readText, readTextInParts } from './scalars.js'
import { isSpace, ValueEnd } from './scan.js'

export const byte = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  list: 0x5b,
  listEnd: 0x5d,
  dict: 0x7b,
  dictEnd: 0x7d,
} as const

const words = new Map<number, readonly [word: string, value: boolean | null]>([
  [0x6e, ['null', null]],
  [0x74, ['true', true]],
  [0x66, ['false', false]],
])

type End = typeof byte.listEnd | typeof byte.dictEnd

/** Of one level of values there are at most so many of brackets: a map is an object, a list, and a list for each pair. */
const syntaxDepth = 3

export class JsonReader {
  position = 0
  // Made when it is needed: our own encoder writes first what says how to read the rest.
  #ends: ContainerEnds | undefined
  protected readonly bytes: Uint8Array
  protected readonly limits: Limits

  constructor(bytes: Uint8Array, limits: Partial<Limits> | undefined) {
    this.bytes = bytes
    this.limits = completeLimits(limits)
  }

  /** Is there nothing but white space to the end? */
  atEnd(): boolean {
    while (isSpace(this.bytes[this.position])) this.position++
    return this.position >= this.bytes.length
  }

  protected fail(problem: string, offset: number): never {
    throw new DecodeError(problem, offset)
  }

  /** The next byte after white space; the position is at it, not past it. */
  protected next(): number {
    if (this.atEnd()) this.fail('message truncated', this.bytes.length)
    return this.bytes[this.position]!
  }

  protected expect(expected: number, where: string): void {
    const next = this.next()
    if (next !== expected) this.fail(`expected '${String.fromCharCode(expected)}'${where}`, this.position)
    this.position++
  }

  /** A string, a number, `true`, `false` or `null`. */
  protected scalar(): string | number | boolean | null {
    const next = this.next()
    const start = this.position
    if (next === byte.quote) return this.text('a value')
    if (next === 0x2d || (next >= 0x30 && next <= 0x39)) {
      this.position = endOfNumber(this.bytes, start)
      const { integerDigits } = this.limits
      if (this.position - start > integerDigits)
        throw new LimitError(`number of more than ${integerDigits} digits`, start, { limit: 'integerDigits' })
      return numberIn(this.bytes, start, this.position)
    }
    const [word, value] = words.get(next) ?? []
    if (word !== undefined) return this.#word(word, value!, start)
    return this.fail(next === 0xef ? 'expected a value, not a byte-order mark' : 'expected a value', start)
  }

  #word<T>(word: string, value: T, start: number): T {
    for (let index = 0; index < word.length; index++) {
      const byte = this.bytes[start + index]
      if (byte === undefined) this.fail('message truncated', this.bytes.length)
      if (byte !== word.charCodeAt(index)) this.fail(`expected ${word}`, start)
    }
    this.position = start + word.length
    return value
  }

  protected text(expected: string): string {
    if (this.next() !== byte.quote) this.fail(`expected ${expected} in quotes`, this.position)
    const [text, end] = readText(this.bytes, this.position)
    this.#passText(end)
    return text
  }

  /** A text that is a value, in parts. */
  protected *textInParts(): Generator<undefined, string> {
    const [text, end] = yield* readTextInParts(this.bytes, this.position)
    this.#passText(end)
    return text
  }

  #passText(end: number): void {
    // With its escapes, as they stand between the quotes.
    if (end - this.position - 2 > this.limits.stringBytes)
      throw tooLong(this.limits.stringBytes, this.position)
    this.position = end
  }

  /** The key of an entry, and the colon after it. */
  protected keyAndColon(): string {
    const start = this.position
    const key = this.text('a key')
    if (this.position - start - 2 > this.limits.keyBytes) throw keyTooLong(this.limits.keyBytes, start)
    this.expect(byte.colon, ' after a key')
    return key
  }

  /** Reads a list; `item` reads each, from its first byte on. */
  protected list(depth: number, item: (start: number) => void): void {
    if (this.next() !== byte.list) this.fail('expected a list', this.position)
    this.#items(byte.listEnd, depth, item)
  }

  /** Reads an object; `value` reads each value, told its key and where that stands. */
  protected entries(depth: number, value: (key: string, start: number) => void): void {
    if (this.next() !== byte.dict) this.fail('expected an object', this.position)
    this.#items(byte.dictEnd, depth, start => value(this.keyAndColon(), start))
  }

  #items(end: End, depth: number, item: (start: number) => void): void {
    if (!this.begin(end, depth)) return
    let count = 1
    do item(this.itemStart(count++))
    while (this.goesOn(end))
  }

  /** Passes over the first bracket, and where nothing is in them, the last: then it is false. */
  protected begin(end: End, depth: number): boolean {
    const { depth: deepest } = this.limits
    if (depth >= deepest)
      throw new LimitError(`nested deeper than ${deepest}`, this.position, { limit: 'depth' })
    this.position++
    if (this.next() !== end) return true
    this.position++
    return false
  }

  /** Where an item starts, of which there are so many with it. */
  protected itemStart(count: number): number {
    this.next()
    const { collection } = this.limits
    if (count > collection)
      throw new LimitError(`more than ${collection} items`, this.position, { limit: 'collection' })
    return this.position
  }

  /** Passes over the comma after an item, or over the last bracket: then it is false. */
  protected goesOn(end: End): boolean {
    const next = this.next()
    if (next !== end && next !== byte.comma) this.expect(byte.comma, ` or '${String.fromCharCode(end)}'`)
    this.position++
    return next !== end
  }

  /** Passes over a value unread, which costs nothing the second time, nor within what was passed over before. */
  protected skip(): void {
    const next = this.next()
    if (next === byte.list || next === byte.dict) {
      this.#ends ??= new ContainerEnds(this.bytes, syntaxDepth * this.limits.depth)
      this.position = this.#ends.find(this.position)
    } else {
      const end = new ValueEnd().find(this.bytes, this.position, this.bytes.length)
      this.position = end < 0 ? this.bytes.length : end
    }
  }
}
