// Base64 (RFC 4648 section 4), padded, in one spelling only: on bytes, since both sides of it are parts of a
// message. Not `atob`, which passes over white space and takes spare bits for nothing.

import { DecodeError, tooLong } from '../errors.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const digits = Uint8Array.from(alphabet, digit => digit.charCodeAt(0))
const padding = 0x3d
const values = new Uint8Array(256).fill(255)
for (const [value, digit] of digits.entries()) values[digit] = value

export const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4

/** Writes at `position` of a buffer that has `base64Length` bytes of room there. */
export function writeBase64(bytes: Uint8Array, buffer: Uint8Array, position: number): void {
  const whole = bytes.length - (bytes.length % 3)
  let to = position
  for (let index = 0; index < whole; index += 3) {
    const bits = (bytes[index]! << 16) | (bytes[index + 1]! << 8) | bytes[index + 2]!
    buffer[to++] = digits[bits >> 18]!
    buffer[to++] = digits[(bits >> 12) & 63]!
    buffer[to++] = digits[(bits >> 6) & 63]!
    buffer[to++] = digits[bits & 63]!
  }
  if (whole === bytes.length) return
  const bits = (bytes[whole]! << 16) | ((bytes[whole + 1] ?? 0) << 8)
  buffer[to++] = digits[bits >> 18]!
  buffer[to++] = digits[(bits >> 12) & 63]!
  buffer[to++] = bytes.length - whole === 2 ? digits[(bits >> 6) & 63]! : padding
  buffer[to] = padding
}

const ascii = /* @__PURE__ */ new TextDecoder()

export function base64(bytes: Uint8Array): string {
  const buffer = new Uint8Array(base64Length(bytes.length))
  writeBase64(bytes, buffer, 0)
  return ascii.decode(buffer)
}

/**
 * Reads `text[start, end)`. Throws DecodeError at the first byte that the encoder would not have written, and
 * LimitError for more than `most` bytes.
 */
export function readBase64(text: Uint8Array, start: number, end: number, most: number): Uint8Array {
  if ((end - start) % 4 !== 0) throw new DecodeError('base64 without its padding', end)
  let last = end
  while (last > start && last > end - 2 && text[last - 1] === padding) last--
  const size = Math.floor(((last - start) * 3) / 4)
  if (size > most) throw tooLong(most, start)
  const bytes = new Uint8Array(size)
  let bits = 0
  let count = 0
  let to = 0
  for (let index = start; index < last; index++) {
    const value = values[text[index]!]!
    if (value === 255) throw new DecodeError('not base64', index)
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes[to++] = bits >> count
    }
  }
  if ((bits & ((1 << count) - 1)) !== 0)
    throw new DecodeError('base64 with spare bits that are set', last - 1)
  return bytes
}
