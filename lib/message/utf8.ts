// UTF-8, strictly: what is ill-formed is an error, never a replacement character.

import { DecodeError, LimitError } from '../errors.js'

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Strings up to here are read and written by a loop: a call of the platform's coder costs more. */
const short = 24

/** Reads `bytes[start, end)`. Throws DecodeError at the first byte of an ill-formed sequence. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length <= short) {
    // One call for all of them: adding them up one by one takes twice as long.
    const units = new Array<number>(length)
    for (let index = 0; index < length; index++) {
      const byte = bytes[start + index] as number
      if (byte > 127) return decodeLong(bytes, start, end)
      units[index] = byte
    }
    return String.fromCharCode.apply(String, units)
  }
  return decodeLong(bytes, start, end)
}

function decodeLong(bytes: Uint8Array, start: number, end: number): string {
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch (cause) {
    // Either it is ill-formed, or it is longer than the platform's longest string.
    const offset = firstIllFormed(bytes, start, end)
    if (offset === undefined)
      throw new LimitError('text longer than a string can be', start, { limit: 'messageBytes' })
    throw new DecodeError('ill-formed UTF-8', offset, { cause })
  }
}

/** As `decodeUtf8`, for long text: yields between its parts (long.ts). */
export function* decodeUtf8InParts(
  bytes: Uint8Array,
  start: number,
  end: number,
): Generator<undefined, string> {
  let text = ''
  for (let from = start; from < end; ) {
    let to = Math.min(end, from + textPart)
    // A part ends where a character does; of no character are there four such bytes.
    for (let back = 0; back < 3 && to < end && isInside(bytes[to] as number); back++) to--
    text += decodeUtf8(bytes, from, to)
    from = to
    if (from < end) yield
  }
  return text
}

/** Bytes of text that are decoded at once. */
export const textPart = 131_072

/** Is it a byte of a character other than its first? */
export const isInside = (byte: number): boolean => (byte & 0xc0) === 0x80

/** Smallest and largest second byte where the general 80–BF is too wide (Unicode 15, table 3-7). */
const secondByte = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
])

/** Where the first ill-formed sequence starts; undefined where there is none. */
function firstIllFormed(bytes: Uint8Array, start: number, end: number): number | undefined {
  let index = start
  while (index < end) {
    const lead = bytes[index] as number
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
    if (length === 0 || index + length > end) return index
    const [low, high] = secondByte.get(lead) ?? [0x80, 0xbf]
    for (let next = 1; next < length; next++) {
      const byte = bytes[index + next] as number
      const fits = next === 1 ? byte >= (low as number) && byte <= (high as number) : (byte & 0xc0) === 0x80
      if (!fits) return index
    }
    index += length
  }
  return undefined
}

/**
 * Writes text at a position of a buffer with room for three bytes a UTF-16 unit; returns the bytes written,
 * or −1 for a lone surrogate, which has no UTF-8.
 */
export function writeUtf8(text: string, buffer: Uint8Array, position: number): number {
  const length = text.length
  if (length <= short) {
    let index = 0
    for (; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 127) break
      buffer[position + index] = unit
    }
    if (index === length) return length
  }
  const { written } = encoder.encodeInto(text, buffer.subarray(position))
  // A lone surrogate becomes three bytes, as other units may: only text with three-byte units is looked at.
  return written === length || isWellFormed(text) ? written : -1
}

const native = (String.prototype as { isWellFormed?: () => boolean }).isWellFormed

export function isWellFormed(text: string): boolean {
  if (native !== undefined) return native.call(text)
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text)
}
