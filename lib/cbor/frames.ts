// Framed items: each whole in a byte string tagged 24, so that a reader knows their length beforehand.

import { concatenate } from '../blob.js'
import { DecodeError, LimitError } from '../errors.js'
import { defaultLimits, type Limits } from '../limits.js'
import type { Source } from '../source.js'
import { withWriter } from '../writer.js'
import { CborEncoder } from './encode.js'
import { tag } from './tags.js'

const tagByte = 0xc0 | 24
const fixedBytes = 3

export const isFramed = (bytes: Uint8Array): boolean => bytes[0] === tagByte && bytes[1] === tag.encoded

export const framed = (item: Uint8Array): Uint8Array =>
  withWriter(writer => {
    new CborEncoder(writer, {}).frameHead(item.length)
    writer.raw(item)
    return writer.copy()
  })

/** How many bytes of length follow the first three of a head. */
function lengthBytes(head: Uint8Array, offset: number): number {
  if (!isFramed(head)) throw new DecodeError('expected a framed item (tag 24)', offset)
  const initial = head[2] as number
  const low = initial & 0x1f
  if (initial >> 5 !== 2 || low > 26)
    throw new DecodeError('expected a byte string of less than 4 GiB', offset + 2)
  return low < 24 ? 0 : 1 << (low - 24)
}

const lengthOf = (head: Uint8Array, more: Uint8Array): number =>
  more.length === 0 ? (head[2] as number) & 0x1f : more.reduce((sum, byte) => sum * 256 + byte, 0)

export interface Frame {
  readonly offset: number
  /** Where its item begins, and both end. */
  readonly start: number
  readonly end: number
}

/**
 * The frame at an offset; undefined where it is cut off. Throws DecodeError where there is none; the bytes stand
 * `by` bytes into the message.
 */
export function frameAt(bytes: Uint8Array, offset: number, by = 0): Frame | undefined {
  const fixed = offset + fixedBytes
  if (fixed > bytes.length) return undefined
  const head = bytes.subarray(offset, fixed)
  const start = fixed + lengthBytes(head, offset + by)
  if (start > bytes.length) return undefined
  const end = start + lengthOf(head, bytes.subarray(fixed, start))
  return end > bytes.length ? undefined : { offset, start, end }
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

/** The next framed item of a source and the head of its frame; undefined at its end. */
export async function readFrame(
  source: Source,
  limits: Partial<Limits> = {},
): Promise<readonly [head: Uint8Array, item: Uint8Array] | undefined> {
  if (!(await source.more())) return undefined
  const { offset } = source
  const limit = limits.messageBytes ?? defaultLimits.messageBytes
  const head = await source.take(fixedBytes)
  const more = await source.take(lengthBytes(head, offset))
  const length = lengthOf(head, more)
  if (length > limit) throw new LimitError(`item of more than ${limit} bytes`, 'messageBytes', offset)
  return [concatenate([head, more]), await source.take(length)]
}
