// The frames of a message after its root: pieces of blobs, and the items of a stream.

import { DecodeError } from '../errors.js'
import { completeLimits } from '../limits.js'
import { Arrivals } from '../message/arrivals.js'
import type { DecodeOptions } from '../message/codec.js'
import type { EndPiece, ItemPiece, Piece } from '../message/piece.js'
import type { Source } from '../message/source.js'
import { Fault } from '../values/fault.js'
import { CborDecoder } from './decode.js'
import { type Frame, frameAt, pieceStart, readHead } from './frames.js'
import type { ByteRange } from './reader.js'
import { tag } from './tags.js'

export function decodeItem(range: ByteRange, options: DecodeOptions, arrivals: Arrivals): unknown {
  const decoder = new CborDecoder(range, options, arrivals)
  const value = decoder.value(options.baseUrl, 0)
  decoder.finish()
  return value
}

/** A frame after the root: a piece `[id, bytes]`, the end `[id]` of a blob, or an item of a stream. */
export function readPiece(frame: Frame, options: DecodeOptions, arrivals: Arrivals): Piece {
  const { offset } = frame
  const decoder = new CborDecoder(frame, options, arrivals)
  const item = streamPiece(decoder, options.baseUrl, offset)
  if (item !== undefined) {
    decoder.finish()
    return item
  }
  let piece: unknown
  try {
    piece = decodeItem(frame, {}, new Arrivals({}, true))
  } catch (cause) {
    throw notPiece(offset, cause)
  }
  const [id, data, ...rest] = Array.isArray(piece) ? piece : []
  const isBytes = data instanceof Uint8Array
  if (typeof id !== 'number' || rest.length > 0 || (data !== undefined && !isBytes)) throw notPiece(offset)
  return isBytes ? { id, offset, bytes: data } : { id, offset }
}

/** The content of a frame after the root of a stream: an item, or the end. Undefined where it is neither. */
function streamPiece(
  decoder: CborDecoder,
  base: string | undefined,
  offset: number,
): ItemPiece | EndPiece | undefined {
  const start = decoder.position
  const weight = decoder.end - start
  const initial = decoder.next()
  if (initial >> 5 !== 6 || decoder.count(initial) !== tag.item) {
    decoder.position = start
    return undefined
  }
  const inner = decoder.next()
  if (inner >> 5 === 0) return { count: Number(decoder.count(inner)), offset }
  const size = inner >> 5 === 4 ? decoder.size(inner, 0, 1) : 0
  if (size === 1) return { item: decoder.value(base, 1), weight, offset }
  const count = size === 2 ? decoder.value(undefined, 1) : undefined
  const fault = size === 2 ? decoder.value(base, 1) : undefined
  if (typeof count === 'number' && fault instanceof Fault) return { count, fault, offset }
  return decoder.fail('an item must be [value], a count, or [count, fault]', offset)
}

const notPiece = (offset: number, cause?: unknown) =>
  new DecodeError('a piece of a blob must be [id, bytes] or [id]', offset, { cause })

/** Pieces that are there are read at once, since to wait costs more than to decode; then one that a chunk's end has cut. */
export async function* readPieces(
  source: Source,
  options: DecodeOptions,
  arrivals: Arrivals,
): AsyncGenerator<Iterable<Piece>> {
  for (;;) {
    yield piecesReady(source, options, arrivals)
    const { offset } = source
    const frame = await readHead(source, options.limits)
    if (frame === undefined) return
    const { head, length } = frame
    const blob = pieceStart(source.ready, length)
    if (blob === undefined) {
      const bytes = await source.take(length)
      const item = { bytes, offset: -head.length, start: 0, end: length }
      yield [pieceAt(offset + head.length, item, options, arrivals)]
      continue
    }
    // As its bytes come: to gather them would copy all of them, twice.
    source.skip(blob.start)
    for (let missing = length - blob.start; missing > 0; ) {
      const bytes = await source.next(missing)
      missing -= bytes.length
      yield [{ id: blob.id, bytes, offset }]
    }
  }
}

function* piecesReady(source: Source, options: DecodeOptions, arrivals: Arrivals): Generator<Piece> {
  const { ready: bytes, offset: by } = source
  const limit = completeLimits(options.limits).messageBytes
  for (let frame = frameAt(bytes, 0, by); frame !== undefined; frame = frameAt(bytes, frame.end, by)) {
    const { offset, start, end } = frame
    if (end - start > limit) return
    source.skip(end - offset)
    yield pieceAt(by, frame, options, arrivals)
  }
}

/** A piece in bytes that stand `by` bytes into the message. */
function pieceAt(by: number, frame: Frame, options: DecodeOptions, arrivals: Arrivals): Piece {
  const piece = arrivals.at(by, () => readPiece(frame, options, arrivals))
  return by === 0 ? piece : { ...piece, offset: piece.offset + by }
}
