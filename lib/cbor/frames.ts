// Framed items: each whole in a byte string tagged 24, so that a reader knows their length beforehand.

import { DecodeError, LimitError } from '../errors.js'
import { defaultLimits, type Limits } from '../limits.js'
import type { Source } from '../message/source.js'
import { concatenate } from '../values/blob.js'
import type { ByteRange } from './reader.js'
import { tag } from './tags.js'

const tagByte = 0xc0 | 24
const fixedBytes = 3

export const isFramed = (bytes: Uint8Array): boolean => bytes[0] === tagByte && bytes[1] === tag.encoded

/** An item in a frame, or the start of one, which `following` bytes complete. */
export function framed(item: Uint8Array, following = 0): Uint8Array {
  const length = item.length + following
  const more = length < 24 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 4
  const frame = new Uint8Array(fixedBytes + more + item.length)
  frame[0] = tagByte
  frame[1] = tag.encoded
  frame[2] = 0x40 | (more === 0 ? length : more === 4 ? 26 : 23 + more)
  for (let index = 0; index < more; index++) frame[fixedBytes + index] = length >>> (8 * (more - 1 - index))
  frame.set(item, fixedBytes + more)
  return frame
}

/** How many bytes of length follow the first three of the head at `start`, which is `offset` in the message. */
function lengthBytes(bytes: Uint8Array, start: number, offset: number): number {
  if (bytes[start] !== tagByte || bytes[start + 1] !== tag.encoded)
    throw new DecodeError('expected a framed item (tag 24)', offset)
  const initial = bytes[start + 2] as number
  const low = initial & 0x1f
  if (initial >> 5 !== 2 || low > 26)
    throw new DecodeError('expected a byte string of less than 4 GiB', offset + 2)
  return low < 24 ? 0 : 1 << (low - 24)
}

/** The length that the head at `start` gives, whose fixed bytes `more` follow. */
function lengthOf(bytes: Uint8Array, start: number, more: number): number {
  if (more === 0) return (bytes[start + 2] as number) & 0x1f
  let length = 0
  for (let index = 0; index < more; index++)
    length = length * 256 + (bytes[start + fixedBytes + index] as number)
  return length
}

/** A frame at an offset; its range is that of the item in it, and both end together. */
export interface Frame extends ByteRange {
  readonly offset: number
}

/**
 * The frame at an offset; undefined where it is cut off. Throws DecodeError where there is none; the bytes stand
 * `by` bytes into the message.
 */
export function frameAt(bytes: Uint8Array, offset: number, by = 0): Frame | undefined {
  const fixed = offset + fixedBytes
  if (fixed > bytes.length) return undefined
  const more = lengthBytes(bytes, offset, offset + by)
  const start = fixed + more
  if (start > bytes.length) return undefined
  const end = start + lengthOf(bytes, offset, more)
  return end > bytes.length ? undefined : { bytes, offset, start, end }
}

/** The frames of a message in memory. */
export function* framesOf(bytes: Uint8Array): Generator<Frame> {
  for (let position = 0; position < bytes.length; ) {
    const frame = frameAt(bytes, position)
    if (frame === undefined) throw new DecodeError('message truncated', bytes.length)
    yield frame
    position = frame.end
  }
}

export interface Head {
  readonly head: Uint8Array
  /** Bytes of the item that follows. */
  readonly length: number
}

/** The head of the next frame of a source; undefined at its end. */
export async function readHead(source: Source, limits: Partial<Limits> = {}): Promise<Head | undefined> {
  if (!(await source.more())) return undefined
  const { offset } = source
  const limit = limits.messageBytes ?? defaultLimits.messageBytes
  const fixed = await source.take(fixedBytes)
  const more = lengthBytes(fixed, 0, offset)
  const head = concatenate([fixed, await source.take(more)])
  const length = lengthOf(head, 0, more)
  if (length > limit)
    throw new LimitError(`item of more than ${limit} bytes`, offset, { limit: 'messageBytes' })
  return { head, length }
}

/**
 * The start of an item of so many bytes that is a piece of a blob, `[id, bytes]`: the blob, and where in the item its
 * bytes begin, which fill the rest of it. Undefined where it is something else, or not enough of it is there.
 */
export function pieceStart(
  bytes: Uint8Array,
  length: number,
): { readonly id: number; readonly start: number } | undefined {
  if (bytes[0] !== 0x82) return undefined
  const id = argumentAt(bytes, 1, 0)
  if (id === undefined) return undefined
  const size = argumentAt(bytes, id.end, 2)
  if (size === undefined || size.end + size.value !== length || size.value > defaultLimits.stringBytes)
    return undefined
  return { id: id.value, start: size.end }
}

/** The argument of a head of that major type, in at most four bytes. */
function argumentAt(
  bytes: Uint8Array,
  start: number,
  major: number,
): { value: number; end: number } | undefined {
  const initial = bytes[start] ?? -1
  const low = initial & 0x1f
  if (initial >> 5 !== major || low > 26) return undefined
  const more = low < 24 ? 0 : 1 << (low - 24)
  const end = start + 1 + more
  if (end > bytes.length) return undefined
  let value = low
  if (more > 0) {
    value = 0
    for (let index = start + 1; index < end; index++) value = value * 256 + (bytes[index] as number)
  }
  return { value, end }
}
