// Bytes as they come from a peer, in pieces that end anywhere, asked for by count.

import { DecodeError, LimitError } from '../errors.js'
import { concatenate } from '../values/blob.js'

export class Source {
  /** Bytes taken since the start of the message. */
  offset = 0
  readonly #iterator: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  #position = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]()
  }

  /** The bytes that have arrived and were not taken yet, a view. `skip` takes of it. */
  get ready(): Uint8Array {
    return this.#chunk.subarray(this.#position)
  }

  skip(count: number): void {
    this.#position += count
    this.offset += count
  }

  /** Makes the next piece current if the current one is used up; false at the end. */
  async more(): Promise<boolean> {
    while (this.#position >= this.#chunk.length) {
      const { value, done } = await this.#iterator.next()
      if (done) return false
      this.#chunk = plain(value)
      this.#position = 0
    }
    return true
  }

  /** The rest of the current chunk, of at most `most` bytes, a view; empty only at the end. */
  async some(most: number): Promise<Uint8Array> {
    if (!(await this.more())) return this.#chunk.subarray(0, 0)
    const end = Math.min(this.#chunk.length, this.#position + most)
    const bytes = this.#chunk.subarray(this.#position, end)
    this.offset += end - this.#position
    this.#position = end
    return bytes
  }

  /** The next of `missing` bytes, a view. Throws DecodeError at the end. */
  async next(missing: number): Promise<Uint8Array> {
    const bytes = await this.some(missing)
    if (bytes.length === 0) throw new DecodeError(`message truncated, ${missing} bytes short`, this.offset)
    return bytes
  }

  /** Puts bytes back, to be given again first. */
  unread(bytes: Uint8Array): void {
    this.offset -= bytes.length
    const position = this.#position - bytes.length
    if (
      position >= 0 &&
      bytes.buffer === this.#chunk.buffer &&
      bytes.byteOffset === this.#chunk.byteOffset + position
    ) {
      this.#position = position
    } else {
      this.#chunk = concatenate([bytes, this.#chunk.subarray(this.#position)])
      this.#position = 0
    }
  }

  /** All that is left, of at most `limit` bytes since the start of the message. */
  async rest(limit: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for (;;) {
      const bytes = await this.some(limit + 1)
      if (bytes.length === 0) return concatenate(chunks)
      if (this.offset > limit)
        throw new LimitError(`message of more than ${limit} bytes`, limit, { limit: 'messageBytes' })
      chunks.push(bytes)
    }
  }

  /** The next byte; undefined at the end. */
  async byte(): Promise<number | undefined> {
    if (this.#position >= this.#chunk.length && !(await this.more())) return undefined
    this.offset++
    return this.#chunk[this.#position++]
  }

  /** Exactly `count` bytes, a copy. The caller has checked `count` against its limit. */
  async take(count: number): Promise<Uint8Array> {
    // Grows with what arrives, so that a length alone costs nothing.
    const chunks: Uint8Array[] = []
    let missing = count
    while (missing > 0) {
      const bytes = await this.next(missing)
      chunks.push(bytes)
      missing -= bytes.length
    }
    const all = concatenate(chunks)
    return chunks.length === 1 ? all.slice() : all
  }

  /** Stops the sender. */
  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}

/** The same bytes as a plain Uint8Array: a Buffer's `slice` is no copy, and would pin the message. */
export const plain = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Pieces of more than this are cut, so that one piece never holds much memory. */
export const pieceBytes = 65_536
