// The heads of CBOR (RFC 8949 3): numbers, lengths, and the items that hold no others. The values that they stand for
// are in decode.ts. Every length is checked against the bytes that are there before anything is made of it.

import { DecodeError, keyTooLong, LimitError, tooLong } from '../errors.js'
import { completeLimits, type Limits } from '../limits.js'
import { decodeKey } from '../message/keys.js'
import { decodeUtf8 } from '../message/utf8.js'
import { float16 } from './scalars.js'

/** The bytes `[start, end)` of some, which hold one item. */
export interface ByteRange {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

export class CborReader {
  position: number
  readonly bytes: Uint8Array
  readonly end: number
  readonly limits: Limits
  // Made when it is needed: each item of a stream has a decoder of its own, and few have need of it.
  #view: DataView | undefined

  constructor({ bytes, start, end }: ByteRange, limits: Partial<Limits> | undefined) {
    this.bytes = bytes
    this.position = start
    this.end = end
    this.limits = completeLimits(limits)
  }

  get view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes
    return (this.#view ??= new DataView(buffer, byteOffset, byteLength))
  }

  /** Fails unless all was read. */
  finish(): void {
    if (this.position !== this.end) this.fail('bytes after the end of the message', this.position)
  }

  fail(problem: string, offset: number): never {
    throw new DecodeError(problem, offset)
  }

  truncated(): never {
    return this.fail('message truncated', this.end)
  }

  /** The next initial byte. */
  next(): number {
    if (this.position >= this.end) this.truncated()
    return this.bytes[this.position++] as number
  }

  /** The number in a head, or the bits after it: a number where it is safe. */
  count(initial: number): number | bigint {
    const low = initial & 0x1f
    if (low < 24) return low
    const position = this.position
    const size = low === 24 ? 1 : low === 25 ? 2 : low === 26 ? 4 : low === 27 ? 8 : 0
    if (size === 0)
      this.fail(low === 31 ? 'indefinite length' : `reserved initial byte ${initial}`, position - 1)
    if (position + size > this.end) this.truncated()
    this.position = position + size
    if (size === 1) return this.bytes[position] as number
    if (size === 2) return ((this.bytes[position] as number) << 8) | (this.bytes[position + 1] as number)
    if (size === 4) return this.view.getUint32(position)
    const high = this.view.getUint32(position)
    if (high < 0x20_0000) return high * 0x1_0000_0000 + this.view.getUint32(position + 4)
    return this.view.getBigUint64(position)
  }

  /** Where a byte or text string ends, which is within the message. */
  run(initial: number): number {
    const count = this.count(initial)
    if (typeof count === 'bigint' || count > this.end - this.position) this.truncated()
    if (count > this.limits.stringBytes) throw tooLong(this.limits.stringBytes, this.position)
    return this.position + count
  }

  /** How many items a collection has: no more than there are bytes for. */
  size(initial: number, depth: number, bytesPerItem: number): number {
    const offset = this.position - 1
    const count = this.count(initial)
    if (depth >= this.limits.depth) {
      throw new LimitError(`nested deeper than ${this.limits.depth}`, offset, { limit: 'depth' })
    }
    if (count > this.limits.collection) {
      throw new LimitError(`more than ${this.limits.collection} items`, offset, { limit: 'collection' })
    }
    if ((count as number) * bytesPerItem > this.end - this.position) this.truncated()
    return count as number
  }

  /** The size of the array that comes next; any other item fails with the problem. */
  array(depth: number, problem: string, start: number): number {
    const initial = this.next()
    if (initial >> 5 !== 4) this.fail(problem, start)
    return this.size(initial, depth, 1)
  }

  /** The size of the map that comes next; any other item fails with the problem. */
  map(depth: number, problem: string, start: number): number {
    const initial = this.next()
    if (initial >> 5 !== 5) this.fail(problem, start)
    return this.size(initial, depth, 2)
  }

  text(initial: number): string {
    const end = this.run(initial)
    const text = decodeUtf8(this.bytes, this.position, end)
    this.position = end
    return text
  }

  /** The key of a dict whose initial byte was read. */
  key(head: number, offset: number): string {
    const end = this.run(head)
    if (end - this.position > this.limits.keyBytes) throw keyTooLong(this.limits.keyBytes, offset)
    const key = decodeKey(this.bytes, this.position, end)
    this.position = end
    return key
  }

  /** Major type 7: floats, and the constants. */
  simple(initial: number, start: number): number | boolean | null {
    const size = initial === 0xf9 ? 2 : initial === 0xfa ? 4 : initial === 0xfb ? 8 : 0
    if (size > 0) {
      if (this.position + size > this.end) this.truncated()
      const position = this.position
      this.position += size
      if (size === 8) return this.view.getFloat64(position)
      return size === 4 ? this.view.getFloat32(position) : float16(this.view.getUint16(position))
    }
    if (initial === 0xf4) return false
    if (initial === 0xf5) return true
    if (initial === 0xf6) return null
    return this.fail(`simple value ${initial & 0x1f} has no meaning here`, start)
  }
}
