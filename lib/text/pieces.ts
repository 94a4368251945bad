// The pieces of blobs after a root: `c` id `:` length `:` bytes `;`, and `c` id `;` at the end of each blob.

import type { Piece } from '../arrivals.js'
import { DecodeError } from '../errors.js'
import { pieceBytes, type Source } from '../source.js'
import { isSpace } from './space.js'

const end = 0x3b
const colon = 0x3a

/** What stands before the bytes of a piece, read byte by byte. */
class Head {
  /** Where its `c` stood. */
  offset = -1
  id = 0
  /** Bytes that follow; undefined: it is the end of its blob. */
  length: number | undefined
  #part: 'start' | 'id' | 'length' = 'start'
  #digits = 0

  /** Takes the byte at an offset of the message; true where the head is complete. */
  push(byte: number, offset: number): boolean {
    if (this.#part === 'start') {
      if (isSpace(byte)) return false
      if (byte !== 0x63) throw new DecodeError("expected a piece of a blob ('c') or the end", offset)
      this.offset = offset
      this.#part = 'id'
      return false
    }
    if (byte >= 0x30 && byte <= 0x39) return this.#digit(byte - 0x30, offset)
    if (this.#digits === 0) throw new DecodeError('expected a digit', offset)
    this.#digits = 0
    if (this.#part === 'id' && byte === end) return true
    if (byte !== colon) {
      const expected = this.#part === 'id' ? "':' or ';' after the id" : "':' after the length"
      throw new DecodeError(`expected ${expected} of a piece`, offset)
    }
    if (this.#part === 'length') return true
    this.#part = 'length'
    this.length = 0
    return false
  }

  #digit(digit: number, offset: number): boolean {
    this.#digits++
    const number = (this.length ?? this.id) * 10 + digit
    if (!Number.isSafeInteger(number)) throw new DecodeError('a number too large for a piece', offset)
    if (this.length === undefined) this.id = number
    else this.length = number
    return false
  }
}

const truncated = (offset: number) => new DecodeError('message truncated', offset)
const unclosed = (offset: number) => new DecodeError("expected ';' after the bytes of a piece", offset)

/** The pieces of a message in memory, from `position` to its end. */
export function* piecesOf(bytes: Uint8Array, position: number): Generator<Piece> {
  let head = new Head()
  for (let next = position; next < bytes.length; ) {
    const complete = head.push(bytes[next] as number, next)
    next++
    if (!complete) continue
    const { id, offset, length } = head
    if (length === undefined) yield { id, offset }
    else {
      if (length >= bytes.length - next) throw truncated(bytes.length)
      yield { id, offset, bytes: bytes.slice(next, next + length) }
      next += length
      if (bytes[next] !== end) throw unclosed(next)
      next++
    }
    head = new Head()
  }
  if (head.offset >= 0) throw truncated(bytes.length)
}

/** The pieces of a message that is arriving. What belongs to one piece is passed on in parts, as it comes. */
export async function* readPieces(source: Source): AsyncGenerator<Piece> {
  let head = new Head()
  for (;;) {
    const byte = await source.byte()
    if (byte === undefined) break
    if (!head.push(byte, source.offset - 1)) continue
    const { id, offset, length } = head
    if (length === undefined) yield { id, offset }
    else {
      yield* readParts(source, id, offset, length)
      const close = await source.byte()
      if (close === undefined) throw truncated(source.offset)
      if (close !== end) throw unclosed(source.offset - 1)
    }
    head = new Head()
  }
  if (head.offset >= 0) throw truncated(source.offset)
}

async function* readParts(source: Source, id: number, offset: number, length: number): AsyncGenerator<Piece> {
  // One without bytes is passed on too, so that its id is looked at.
  if (length === 0) yield { id, offset, bytes: new Uint8Array(0) }
  for (let missing = length; missing > 0; ) {
    const part = await source.some(Math.min(missing, pieceBytes))
    if (part.length === 0) throw truncated(source.offset)
    missing -= part.length
    yield { id, offset, bytes: part.slice() }
  }
}
