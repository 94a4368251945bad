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

/** Does a number go on after its integer part? */
const goesOn = (byte: number | undefined) => byte === 0x2e || byte === 0x65 || byte === 0x45

/** The number at `start`, and where it ends. As in JavaScript, one of more than 53 bits is a float. */
export function readNumber(bytes: Uint8Array, start: number): readonly [number: number, end: number] {
  let index = start
  let short = 0
  while (isDigit(bytes[index])) short = short * 10 + bytes[index++]! - 0x30
  // Most are integers of a few digits; what else there is begins anew.
  if (index > start && index - start < 16 && bytes[start] !== 0x30 && !goesOn(bytes[index]))
    return [short, index]
  index = start
  const digits = () => {
    const first = index
    while (isDigit(bytes[index])) index++
    if (index === first) throw new DecodeError('expected a digit', index)
  }
  if (bytes[index] === 0x2d) index++
  if (bytes[index] === 0x30) index++
  else digits()
  if (bytes[index] === 0x2e) {
    index++
    digits()
  }
  if (bytes[index] === 0x65 || bytes[index] === 0x45) {
    index++
    if (bytes[index] === 0x2b || bytes[index] === 0x2d) index++
    digits()
  }
  const number = Number(decodeUtf8(bytes, start, index))
  if (!Number.isFinite(number)) throw new DecodeError('a number larger than any float', start)
  return [number, index]
}
