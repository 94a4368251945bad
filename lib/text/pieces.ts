// The pieces after a root. Of blobs: `c` id `:` length `:` bytes `;`, and at the end of each `c` id `;`. Of a
// stream, which the text of 2012 doesn't have: `I` object `;` for an item, `E` count `:` object `;` at the end,
// where the object is nil, or the error that it broke with.

import { DecodeError } from '../errors.js'
import { defaultLimits } from '../limits.js'
import type { Arrivals } from '../message/arrivals.js'
import type { DecodeOptions } from '../message/codec.js'
import type { Piece } from '../message/piece.js'
import { pieceBytes, type Source } from '../message/source.js'
import { concatenate } from '../values/blob.js'
import { Fault } from '../values/fault.js'
import { Decoder } from './decode.js'
import { RootScanner, readRoot } from './scan.js'
import { isSpace } from './space.js'

const end = 0x3b
const colon = 0x3a

/** The head before the bytes of a piece, read byte by byte. */
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

const itemType = 0x49
const endType = 0x45

/** The item or the end at `position`, and where it is over. The bytes stand `by` further in the message. */
function streamPiece(
  bytes: Uint8Array,
  position: number,
  by: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): { piece: Piece; next: number } {
  const { piece, next } = arrivals.at(by, () => readStreamPiece(bytes, position, options, arrivals))
  return { piece: { ...piece, offset: position + by }, next }
}

function readStreamPiece(
  bytes: Uint8Array,
  offset: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): { piece: Piece; next: number } {
  let start = offset + 1
  let count: number | undefined
  if (bytes[offset] === endType) {
    const digits = /^\d{1,15}:/.exec(String.fromCharCode(...bytes.subarray(start, start + 16)))?.[0]
    if (digits === undefined) throw new DecodeError('expected a count', offset + 1)
    count = Number(digits.slice(0, -1))
    start += digits.length
  }
  const decoder = new Decoder(bytes, options, arrivals)
  decoder.position = start
  const value = decoder.value(options.baseUrl, 1)
  const close = afterSpace(bytes, decoder.position)
  if (close >= bytes.length) throw truncated(bytes.length)
  if (bytes[close] !== end) throw new DecodeError("expected ';' after an item", close)
  const next = close + 1
  if (count === undefined) return { piece: { item: value, weight: next - offset, offset }, next }
  if (value === null) return { piece: { count, offset }, next }
  if (value instanceof Fault) return { piece: { count, fault: value, offset }, next }
  throw new DecodeError('expected nil or an error at the end of a stream', offset)
}

function afterSpace(bytes: Uint8Array, position: number): number {
  let at = position
  while (isSpace(bytes[at] as number)) at++
  return at
}

const isStreamPiece = (byte: number | undefined) => byte === itemType || byte === endType

/** The pieces of a message in memory, from `position` to its end. */
export function* piecesOf(
  bytes: Uint8Array,
  position: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): Generator<Piece> {
  let head = new Head()
  for (let next = position; next < bytes.length; ) {
    if (head.offset < 0 && isStreamPiece(bytes[next])) {
      const read = streamPiece(bytes, next, 0, options, arrivals)
      yield read.piece
      next = read.next
      continue
    }
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
export async function* readPieces(
  source: Source,
  options: DecodeOptions,
  arrivals: Arrivals,
): AsyncGenerator<Iterable<Piece>> {
  const limit = options.limits?.messageBytes ?? defaultLimits.messageBytes
  let head = new Head()
  for (;;) {
    if (head.offset < 0) yield itemsReady(source, limit, options, arrivals)
    const byte = await source.byte()
    if (byte === undefined) break
    if (head.offset < 0 && isStreamPiece(byte)) {
      const offset = source.offset - 1
      const bytes = await readItem(byte, source, limit)
      yield [streamPiece(bytes, 0, offset, options, arrivals).piece]
      continue
    }
    if (!head.push(byte, source.offset - 1)) continue
    const { id, offset, length } = head
    if (length === undefined) yield [{ id, offset }]
    else {
      for await (const part of readParts(source, id, offset, length)) yield [part]
      const close = await source.byte()
      if (close === undefined) throw truncated(source.offset)
      if (close !== end) throw unclosed(source.offset - 1)
    }
    head = new Head()
  }
  if (head.offset >= 0) throw truncated(source.offset)
}

/** Items that have arrived whole, since to wait costs more than to decode. */
function* itemsReady(
  source: Source,
  limit: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): Generator<Piece> {
  const { ready: bytes, offset: by } = source
  for (let position = 0; ; ) {
    const start = afterSpace(bytes, position)
    if (bytes[start] !== itemType) return
    const length = new RootScanner(limit).push(bytes.subarray(start + 1))
    if (length === undefined || length > limit || bytes[start + 1 + length] !== end) return
    const { piece, next } = streamPiece(bytes, start, by, options, arrivals)
    source.skip(next - position)
    yield piece
    position = next
  }
}

/** The bytes of an item or end whose type byte was just read. */
async function readItem(type: number, source: Source, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [Uint8Array.of(type)]
  if (type === endType) {
    for (let digit = await source.byte(); digit !== undefined; digit = await source.byte()) {
      parts.push(Uint8Array.of(digit))
      if (digit === colon || parts.length > 16) break
    }
  }
  parts.push(await readRoot(source, source.offset + limit))
  let spaces = 0
  let byte = await source.byte()
  for (; byte !== undefined && isSpace(byte); byte = await source.byte()) spaces++
  // Counted, not kept; they matter where something else follows, since that is at fault.
  if (byte !== end) parts.push(new Uint8Array(Math.min(spaces, limit)).fill(0x20))
  if (byte !== undefined) parts.push(Uint8Array.of(byte))
  return concatenate(parts)
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
