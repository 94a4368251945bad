// Reads the tokens of the text format: type bytes, and the values that hold no others.
// Every length is checked against what is there before anything is made of it.

import { DecodeError, keyTooLong, LimitError, tooLong } from '../errors.js'
import type { Limits } from '../limits.js'
import { decodeKey } from '../message/keys.js'
import { decodeUtf8, decodeUtf8InParts } from '../message/utf8.js'
import { type Duration, parseDuration } from '../values/duration.js'
import { parseInstant } from '../values/instant.js'
import { parseFloatText, readPlainHexFloat } from './hexfloat.js'
import { isSpace } from './space.js'

const end = 0x3b
const colon = 0x3a
/** No time and no duration is longer. */
const longestTime = 200

/** The methods named after a value read what follows its type byte. */
export class Tokens {
  position = 0
  readonly #bytes: Uint8Array
  readonly #limits: Limits

  constructor(bytes: Uint8Array, limits: Limits) {
    this.#bytes = bytes
    this.#limits = limits
  }

  #truncated(): never {
    return fail('message truncated', this.#bytes.length)
  }

  /** The next byte after white space. */
  next(): number {
    const bytes = this.#bytes
    let position = this.position
    let byte = bytes[position] as number
    while (isSpace(byte)) byte = bytes[++position] as number
    if (position >= bytes.length) this.#truncated()
    this.position = position + 1
    return byte
  }

  /** Reads the `;` that must come right here. */
  close<T>(value: T): T {
    const { position } = this
    if (this.#bytes[position] !== end) {
      if (position >= this.#bytes.length) this.#truncated()
      fail(`expected ';', not ${nameOf(this.#bytes[position] as number)}`, position)
    }
    this.position = position + 1
    return value
  }

  /** Reads the `;` of an extension or a blob, which white space may precede. */
  closeOuter(): void {
    const byte = this.next()
    if (byte !== end) fail(`expected ';', not ${nameOf(byte)}`, this.position - 1)
  }

  /** Digits and the `:` after them; −1 for a `;` in their place. May be Infinity, never too small. */
  count(): number {
    const bytes = this.#bytes
    const start = this.position
    let count = 0
    for (let position = start; ; position++) {
      const byte = bytes[position]
      if (byte === undefined) this.#truncated()
      if (byte >= 0x30 && byte <= 0x39) count = count * 10 + (byte - 0x30)
      else if (byte === colon && position > start) {
        this.position = position + 1
        return count
      } else if (byte === end && position === start) {
        this.position = position + 1
        return -1
      } else fail(`expected a length and ':', not ${nameOf(byte)}`, position)
    }
  }

  /** The length of a text or byte string that is all there; −1 for the empty one that is only `;`. */
  #length(): number {
    const length = this.count()
    if (length >= this.#bytes.length - this.position) this.#truncated()
    if (length > this.#limits.stringBytes) throw tooLong(this.#limits.stringBytes, this.position)
    return length
  }

  #keyLength(): number {
    const start = this.position
    const length = this.#length()
    if (length > this.#limits.keyBytes) throw keyTooLong(this.#limits.keyBytes, start)
    return length
  }

  text(): string {
    const length = this.#length()
    if (length < 0) return ''
    const start = this.position
    this.position = start + length
    const text = decodeUtf8(this.#bytes, start, this.position)
    return this.close(text)
  }

  /** Has the text that comes a length of six digits or more? */
  get isLong(): boolean {
    const digit = this.#bytes[this.position + 5] ?? 0
    return digit >= 0x30 && digit <= 0x39
  }

  /** As `text`, in parts. */
  *textInParts(): Generator<undefined, string> {
    const length = this.#length()
    if (length < 0) return ''
    const start = this.position
    this.position = start + length
    const text = yield* decodeUtf8InParts(this.#bytes, start, this.position)
    return this.close(text)
  }

  /** Text that is a key of a dict. */
  key(): string {
    const length = this.#keyLength()
    if (length < 0) return ''
    const start = this.position
    this.position = start + length
    return this.close(decodeKey(this.#bytes, start, this.position))
  }

  byteString(): Uint8Array {
    const length = this.#length()
    if (length < 0) return new Uint8Array(0)
    const start = this.position
    this.position = start + length
    return this.close(this.#bytes.slice(start, this.position))
  }

  integer(start: number): number | bigint {
    const bytes = this.#bytes
    let position = this.position
    const sign = bytes[position]
    if (sign === 0x2b || sign === 0x2d) position++
    const negative = sign === 0x2d
    let first = position
    while (bytes[position] === 0x30) position++
    const zeros = position > first
    first = position
    let value = 0
    let byte = bytes[position] as number
    while (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30)
      byte = bytes[++position] as number
    }
    this.position = position
    const digits = position - first
    if (digits === 0 && !zeros) {
      if (position >= bytes.length) this.#truncated()
      fail(`expected a digit, not ${nameOf(byte)}`, position)
    }
    this.close(undefined)
    if (value <= Number.MAX_SAFE_INTEGER) return negative && value !== 0 ? -value : value
    if (digits > this.#limits.integerDigits) {
      throw new LimitError(`integer of more than ${this.#limits.integerDigits} digits`, start, {
        limit: 'integerDigits',
      })
    }
    const magnitude = BigInt(decodeUtf8(bytes, first, position))
    return negative ? -magnitude : magnitude
  }

  /** Passes over the next `;`, and says where it was. */
  #stop(): number {
    const bytes = this.#bytes
    let stop = this.position
    while (stop < bytes.length && bytes[stop] !== end) stop++
    if (stop === bytes.length) this.#truncated()
    this.position = stop + 1
    return stop
  }

  /** The text up to the next `;`, if it is not longer than `most`. */
  #word(most: number): string | undefined {
    const start = this.position
    const stop = this.#stop()
    if (stop - start > most) return undefined
    let word = ''
    for (let index = start; index < stop; index++) word += String.fromCharCode(this.#bytes[index] as number)
    return word
  }

  float(start: number): number {
    const plain = readPlainHexFloat(this.#bytes, this.position, this.#stop())
    if (plain !== undefined) return plain
    this.position = start + 1
    const most = this.#limits.integerDigits
    const word = this.#word(most)
    if (word === undefined)
      throw new LimitError(`float of more than ${most} digits`, start, { limit: 'integerDigits' })
    return parseFloatText(word) ?? fail('not a float that can be held', start)
  }

  date(start: number): Date {
    return parseInstant(this.#word(longestTime) ?? '') ?? fail('not an ISO 8601 time with a zone', start)
  }

  duration(start: number): Duration {
    return parseDuration(this.#word(longestTime) ?? '') ?? fail('not an ISO 8601 duration', start)
  }

  /** Text, or UTF-8 in a byte string, which is how Python 2 sends its literals. */
  name(type: number, what: string): string {
    if (type === 0x75) return this.key()
    if (type !== 0x62) fail(`expected ${what}, not ${nameOf(type)}`, this.position - 1)
    const length = this.#keyLength()
    if (length < 0) return ''
    const start = this.position
    this.position = start + length
    return this.close(decodeUtf8(this.#bytes, start, this.position))
  }
}

export function fail(problem: string, offset: number): never {
  throw new DecodeError(problem, offset)
}

/** How a message names a byte. */
export const nameOf = (byte: number) =>
  byte > 0x20 && byte < 0x7f
    ? `'${String.fromCharCode(byte)}'`
    : `byte 0x${byte.toString(16).padStart(2, '0')}`
