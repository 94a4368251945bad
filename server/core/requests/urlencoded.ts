// Bodies of `application/x-www-form-urlencoded`, by the URL Standard, in parts (lib/long.ts): what URLSearchParams
// takes for 32 MiB holds up all others for seconds. Queries, which are short, are left to it.

import type { RouterLimits } from '../../../lib/limits.js'
import { inParts } from '../../../lib/long.js'
import { overLimit } from '../faults/faults.js'
import { type Field, nameTooLong, tooManyFields } from './form-fields.js'

const ampersand = 0x26
const equals = 0x3d
const percent = 0x25
const plus = 0x2b
const space = 0x20

/** Bytes that are read between two rests. */
const partBytes = 65_536

/** Throws a Fault for too many fields, or one whose name or text is too long. */
export const urlencodedBody = (body: Uint8Array, limits: RouterLimits): Promise<readonly Field[]> =>
  inParts(fieldsOf(body, limits))

function* fieldsOf(body: Uint8Array, limits: RouterLimits): Generator<undefined, readonly Field[]> {
  const { fields: most, keyBytes, stringBytes } = limits
  const fields: Field[] = []
  let count = 0
  for (let start = 0; start <= body.length; ) {
    const found = body.indexOf(ampersand, start)
    const end = found < 0 ? body.length : found
    // Those between two ampersands are counted too.
    if (++count > most) throw tooManyFields(most)
    if (end > start) {
      const sign = body.subarray(start, end).indexOf(equals)
      const name = decoder.decode(yield* unescaped(body, start, sign < 0 ? end : start + sign))
      if (name.length > keyBytes) throw nameTooLong(keyBytes)
      const bytes = yield* unescaped(body, sign < 0 ? end : start + sign + 1, end)
      if (bytes.length > stringBytes)
        throw overLimit(`text of more than ${stringBytes} bytes`, 'stringBytes', stringBytes)
      fields.push([name, decoder.decode(bytes)])
    }
    start = end + 1
  }
  return fields
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function* unescaped(body: Uint8Array, start: number, end: number): Generator<undefined, Uint8Array> {
  const bytes = new Uint8Array(end - start)
  let length = 0
  for (let part = start; part < end; ) {
    const stop = Math.min(end, part + partBytes)
    for (; part < stop; part++) {
      const byte = body[part] as number
      const value = byte === percent && part + 2 < end ? hexAt(body, part + 1) : -1
      bytes[length++] = value >= 0 ? value : byte === plus ? space : byte
      if (value >= 0) part += 2
    }
    if (part < end) yield
  }
  return bytes.subarray(0, length)
}

/** The byte that two hexadecimal digits stand for; −1 where they are none. */
function hexAt(bytes: Uint8Array, at: number): number {
  const high = digit(bytes[at] as number)
  const low = digit(bytes[at + 1] as number)
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** The bytes of a query that is one value. Throws URIError for a malformed escape. */
export function percentDecode(query: string): Uint8Array {
  if (/%(?![\dA-Fa-f]{2})/.test(query)) throw new URIError('malformed escape')
  const latin = query
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Uint8Array.from(latin, unit => unit.charCodeAt(0))
}
