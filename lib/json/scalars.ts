// The words of JSON, strictly (RFC 8259): strings and numbers, from bytes whose offsets errors give.

import { DecodeError } from '../errors.js'
import { decodeUtf8, isWellFormed } from '../utf8.js'

const quote = 0x22
const backslash = 0x5c
const letterU = 0x75
/** What may follow a backslash: `" \ / b f n r t`. */
const escapes = new Set([quote, backslash, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74])

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39

const isHex = (byte: number | undefined) =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** The text whose first quote is at `start`, and where it ends. */
export function readText(bytes: Uint8Array, start: number): readonly [text: string, end: number] {
  let escaped = false
  for (let index = start + 1; index < bytes.length; index++) {
    const byte = bytes[index]!
    if (byte === quote) {
      const text = decodeUtf8(bytes, start + 1, index)
      return [escaped ? unescaped(text, start) : text, index + 1]
    }
    if (byte === backslash) {
      escaped = true
      index = afterEscape(bytes, index)
    } else if (byte < 0x20) throw new DecodeError('control character in a string', index)
  }
  throw new DecodeError('message truncated', bytes.length)
}

/** The last byte of the escape that begins at `start`. */
function afterEscape(bytes: Uint8Array, start: number): number {
  const last = start + (bytes[start + 1] === letterU ? 5 : 1)
  if (last >= bytes.length) throw new DecodeError('message truncated', bytes.length)
  const { [start + 1]: letter } = bytes
  const known = letter === letterU ? bytes.subarray(start + 2, last + 1).every(isHex) : escapes.has(letter!)
  if (!known) throw new DecodeError('unknown escape in a string', start)
  return last
}

function unescaped(text: string, start: number): string {
  const value: string = JSON.parse(`"${text}"`)
  if (!isWellFormed(value)) throw new DecodeError('a string with a lone surrogate', start)
  return value
}

/**
 * Where the number at `start` ends. Not with the number, as `[number, end]`: V8 keeps a pair with a float in it as
 * two floats, and a position that is one is ten times as slow wherever it is used afterwards.
 */
export function endOfNumber(bytes: Uint8Array, start: number): number {
  let index = bytes[start] === 0x2d ? start + 1 : start
  if (bytes[index] === 0x30) index++
  else index = afterDigits(bytes, index)
  if (bytes[index] === 0x2e) index = afterDigits(bytes, index + 1)
  if (bytes[index] === 0x65 || bytes[index] === 0x45) {
    index++
    if (bytes[index] === 0x2b || bytes[index] === 0x2d) index++
    index = afterDigits(bytes, index)
  }
  return index
}

function afterDigits(bytes: Uint8Array, start: number): number {
  let index = start
  while (isDigit(bytes[index])) index++
  if (index === start) throw new DecodeError('expected a digit', index)
  return index
}

/** The number in `[start, end)`. As in JavaScript, one of more than 53 bits is a float. */
export function numberIn(bytes: Uint8Array, start: number, end: number): number {
  // Most are integers of a few digits.
  let short = 0
  let index = start
  if (end - start < 16)
    while (index < end && isDigit(bytes[index])) short = short * 10 + bytes[index++]! - 0x30
  if (index === end) return short
  const number = Number(decodeUtf8(bytes, start, end))
  if (!Number.isFinite(number)) throw new DecodeError('a number larger than any float', start)
  return number
}
