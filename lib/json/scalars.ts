// The words of JSON, strictly (RFC 8259): strings and numbers, from bytes whose offsets errors give.

import { DecodeError } from '../errors.js'
import { decodeUtf8, isInside, isWellFormed, textPart } from '../message/utf8.js'

const quote = 0x22
const backslash = 0x5c
const letterU = 0x75
/** Characters that may follow a backslash: `" \ / b f n r t`. */
const escapes = new Uint8Array(256)
for (const letter of '"\\/bfnrt') escapes[letter.charCodeAt(0)] = 1

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

/** As `readText`, for long text: yields between its parts (../long.ts). */
export function* readTextInParts(
  bytes: Uint8Array,
  start: number,
): Generator<undefined, readonly [text: string, end: number]> {
  let text = ''
  for (let from = start + 1; from < bytes.length; ) {
    let index = from
    let escaped = false
    // A part ends where a character does, which may be two escapes.
    for (let open = true; open || index < from + textPart; index++) {
      const byte = bytes[index]
      if (byte === undefined) throw new DecodeError('message truncated', bytes.length)
      if (byte === quote) {
        const last = decodeUtf8(bytes, from, index)
        return [text + (escaped ? unescaped(last, start) : last), index + 1]
      }
      open = isInside(bytes[index + 1] ?? 0)
      if (byte === backslash) {
        escaped = true
        const first = index
        index = afterEscape(bytes, index)
        open = isLeadingSurrogate(bytes, first)
      } else if (byte < 0x20) throw new DecodeError('control character in a string', index)
    }
    const part = decodeUtf8(bytes, from, index)
    text += escaped ? unescaped(part, start) : part
    from = index
    yield
  }
  throw new DecodeError('message truncated', bytes.length)
}

/** `\ud8..` to `\udb..`: half of a character, which the next escape completes. */
const isLeadingSurrogate = (bytes: Uint8Array, start: number): boolean =>
  bytes[start + 1] === letterU &&
  (bytes[start + 2]! | 0x20) === 0x64 &&
  /[89ab]/i.test(String.fromCharCode(bytes[start + 3]!))

/** The last byte of the escape that begins at `start`. */
function afterEscape(bytes: Uint8Array, start: number): number {
  const last = start + (bytes[start + 1] === letterU ? 5 : 1)
  if (last >= bytes.length) throw new DecodeError('message truncated', bytes.length)
  if (bytes[start + 1] !== letterU) {
    if (escapes[bytes[start + 1]!] !== 1) throw new DecodeError('unknown escape in a string', start)
    return last
  }
  const known =
    isHex(bytes[start + 2]) && isHex(bytes[start + 3]) && isHex(bytes[start + 4]) && isHex(bytes[last])
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
