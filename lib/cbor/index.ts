// The CBOR codec: one item a message, or, where there are blobs, a sequence of framed items.

import { completeLimits } from '../limits.js'
import type { EncodeOptions } from '../message/codec.js'
import type { Format } from '../message/format.js'
import { codecOf } from '../message/message.js'
import type { Piece } from '../message/piece.js'
import { encoding } from '../message/unencodable.js'
import { withWriter } from '../message/writer.js'
import { concatenate } from '../values/blob.js'
import { LongCborDecoder } from './decode-long.js'
import { CborEncoder } from './encode.js'
import { type Frame, frameAt, framed, framesOf, type Head, isFramed, readHead } from './frames.js'
import { decodeItem, readPiece, readPieces } from './pieces.js'
import type { ByteRange } from './reader.js'

async function* nothing(): AsyncGenerator<Iterable<Piece>> {
  // An item that is not framed has no pieces after it.
}

const whole = (bytes: Uint8Array): ByteRange => ({ bytes, start: 0, end: bytes.length })

const rangeOfRoot = (bytes: Uint8Array): ByteRange => (isFramed(bytes) && frameAt(bytes, 0)) || whole(bytes)

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
    if (!isFramed(bytes)) return { value: decodeItem(whole(bytes), options, arrivals), pieces: [] }
    const frames = framesOf(bytes)
    const value = decodeItem(frames.next().value as Frame, options, arrivals)
    const pieces = (function* () {
      for (const frame of frames) yield readPiece(frame, options, arrivals)
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
    return decodeItem(rangeOfRoot(bytes), options, arrivals)
  },

  *decodeLongRoot(bytes, options, arrivals) {
    const decoder = new LongCborDecoder(rangeOfRoot(bytes), options, arrivals)
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
