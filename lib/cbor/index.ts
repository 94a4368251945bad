// The CBOR codec: one item a message, or, where there are blobs, a sequence of framed items.

import { DecodeError } from '../errors.js'
import { completeLimits } from '../limits.js'
import { Arrivals, type Piece } from '../message/arrivals.js'
import type { DecodeOptions, EncodeOptions } from '../message/codec.js'
import type { Format } from '../message/format.js'
import { codecOf } from '../message/message.js'
import type { Source } from '../message/source.js'
import { encoding } from '../message/unencodable.js'
import { withWriter } from '../message/writer.js'
import { concatenate } from '../values/blob.js'
import { CborDecoder } from './decode.js'
import { LongCborDecoder } from './decode-long.js'
import { CborEncoder } from './encode.js'
import { type Frame, frameAt, framed, framesOf, type Head, isFramed, pieceStart, readHead } from './frames.js'

function decodeItem(
  bytes: Uint8Array,
  start: number,
  end: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): unknown {
  const decoder = new CborDecoder(bytes, start, end, options, arrivals)
  const value = decoder.value(options.baseUrl, 0)
  decoder.finish()
  return value
}

/** What a frame after the root holds: a piece `[id, bytes]`, the end `[id]` of a blob, or an item of a stream. */
function readPiece(
  arrivals: Arrivals,
  bytes: Uint8Array,
  frame: number,
  start: number,
  end: number,
  options: DecodeOptions,
): Piece {
  const decoder = new CborDecoder(bytes, start, end, options, arrivals)
  const item = decoder.streamPiece(options.baseUrl, frame)
  if (item !== undefined) {
    decoder.finish()
    return item
  }
  let piece: unknown
  try {
    piece = decodeItem(bytes, start, end, {}, new Arrivals({}, true))
  } catch (cause) {
    throw notPiece(frame, cause)
  }
  const [id, data, ...rest] = Array.isArray(piece) ? piece : []
  const isBytes = data instanceof Uint8Array
  if (typeof id !== 'number' || rest.length > 0 || (data !== undefined && !isBytes)) throw notPiece(frame)
  return isBytes ? { id, offset: frame, bytes: data } : { id, offset: frame }
}

const notPiece = (offset: number, cause?: unknown) =>
  new DecodeError('a piece of a blob must be [id, bytes] or [id]', offset, { cause })

/** What has arrived whole at once, since to wait costs more than to decode; then what a chunk's end has cut. */
async function* readPieces(
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
      const item = await source.take(length)
      yield [pieceAt(offset + head.length, arrivals, item, -head.length, 0, length, options)]
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
    yield pieceAt(by, arrivals, bytes, offset, start, end, options)
  }
}

/** A piece in bytes that stand `by` bytes into the message. */
function pieceAt(by: number, ...read: Parameters<typeof readPiece>): Piece {
  const [arrivals] = read
  const piece = arrivals.at(by, () => readPiece(...read))
  return by === 0 ? piece : { ...piece, offset: piece.offset + by }
}

async function* nothing(): AsyncGenerator<Iterable<Piece>> {
  // An item that is not framed has no pieces after it.
}

const rangeOfRoot = (bytes: Uint8Array) =>
  (isFramed(bytes) && frameAt(bytes, 0)) || { start: 0, end: bytes.length }

const format: Format = {
  type: 'application/vnd.hyperglyph+cbor',

  encodeRoot: (value, options) =>
    withWriter(writer => {
      const encoder = new CborEncoder(writer, options)
      encoder.value(value, options.from, 0)
      return { bytes: writer.copy(), blobs: encoder.blobs }
    }, options.mostBytes),

  beforePieces: framed,

  encodePiece(id, bytes) {
    const start = withWriter(writer => {
      new CborEncoder(writer, {}).piece(id, bytes?.length)
      return writer.copy()
    })
    const head = framed(start, bytes?.length)
    return bytes === undefined ? [head] : [head, bytes]
  },

  encodeItem: (value, options, blobs) =>
    withWriter(writer => {
      const encoder = new CborEncoder(writer, options)
      encoder.firstBlob = blobs
      encoder.item(value, options.from)
      return { bytes: framed(writer.copy()), blobs: encoder.blobs }
    }, options.mostBytes),

  encodeEnd: (count, fault, options = {}) =>
    framed(
      withWriter(writer => {
        new CborEncoder(writer, options).itemsEnd(count, fault, options.from)
        return writer.copy()
      }, options.mostBytes),
    ),

  decode(bytes, options, arrivals) {
    if (!isFramed(bytes)) return { value: decodeItem(bytes, 0, bytes.length, options, arrivals), pieces: [] }
    const frames = framesOf(bytes)
    const { start, end } = frames.next().value as Frame
    const value = decodeItem(bytes, start, end, options, arrivals)
    const pieces = (function* () {
      for (const { offset, start, end } of frames)
        yield readPiece(arrivals, bytes, offset, start, end, options)
    })()
    return { value, pieces }
  },

  async open(source, options, arrivals) {
    const start: number[] = []
    while (start.length < 2) {
      const byte = await source.byte()
      if (byte === undefined) break
      start.push(byte)
    }
    const bytes = Uint8Array.from(start)
    source.unread(bytes)
    if (isFramed(bytes)) {
      // With its head, so that offsets count from the start of the message.
      const { head, length } = (await readHead(source, options.limits)) as Head
      const root = concatenate([head, await source.take(length)])
      return { root, pieces: readPieces(source, options, arrivals) }
    }
    const root = await source.rest(completeLimits(options.limits).messageBytes)
    return { root, pieces: nothing() }
  },

  decodeRoot(bytes, options, arrivals) {
    const { start, end } = rangeOfRoot(bytes)
    return decodeItem(bytes, start, end, options, arrivals)
  },

  *decodeLongRoot(bytes, options, arrivals) {
    const { start, end } = rangeOfRoot(bytes)
    const decoder = new LongCborDecoder(bytes, start, end, options, arrivals)
    const value = yield* decoder.valueInParts(options.baseUrl, 0)
    decoder.finish()
    return value
  },
}

/** `application/vnd.hyperglyph+cbor`. */
export const cbor = codecOf(format)

/** A dict in one spelling only: keys sorted by their bytes, nested ones too. For state in URLs. */
export const encodeCanonical = (dict: object, options: EncodeOptions = {}): Uint8Array =>
  encoding(dict, () =>
    withWriter(writer => {
      new CborEncoder(writer, options, true).value(dict, undefined, 0)
      return writer.copy()
    }),
  )
