// Keys of dicts as they are read: the same few come in every message, so their strings are kept and found by
// their bytes, which is faster than making them again.

import { decodeUtf8 } from './utf8.js'

interface Kept {
  readonly text: string
  readonly bytes: Uint8Array
}

/** A power of two. Where two keys fall on one slot, the later one stays: what strangers send fills no memory. */
const slots = 1024
/** Longer keys are rare, and made each time. */
const keptBytes = 32

const kept: (Kept | undefined)[] = new Array(slots).fill(undefined)

/** Reads the key that is `bytes[start, end)`. Throws DecodeError for ill-formed UTF-8. */
export function decodeKey(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length > keptBytes || length === 0) return decodeUtf8(bytes, start, end)
  let hash = length
  for (let index = start; index < end; index++) hash = (hash * 31 + (bytes[index] as number)) | 0
  const slot = (hash ^ (hash >>> 10)) & (slots - 1)
  const found = kept[slot]
  if (found !== undefined && found.bytes.length === length && same(found.bytes, bytes, start))
    return found.text
  const text = decodeUtf8(bytes, start, end)
  kept[slot] = { text, bytes: Uint8Array.prototype.slice.call(bytes, start, end) }
  return text
}

function same(key: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < key.length; index++) {
    if (key[index] !== bytes[start + index]) return false
  }
  return true
}
