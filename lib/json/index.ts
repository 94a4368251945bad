// The JSON codec: for browsers, `curl` and whatever else has no other. A root in any layout, and where there
// are blobs, their pieces after it, each an object on a line of its own.

import { DecodeError, LimitError } from '../errors.js'
import { completeLimits } from '../limits.js'
import type { Arrivals } from '../message/arrivals.js'
import type { Codec, DecodeOptions } from '../message/codec.js'
import type { Format } from '../message/format.js'
import { codecOf } from '../message/message.js'
import type { Piece } from '../message/piece.js'
import type { Source } from '../message/source.js'
import { base64Length, writeBase64 } from './base64.js'
import { JsonDecoder } from './decode.js'
import { LongJsonDecoder } from './decode-long.js'
import { JsonEncoder } from './encode.js'
import { readValue, ValueEnd } from './scan.js'

const encoder = /* @__PURE__ */ new TextEncoder()
const newline = 0x0a

function nextPiece(decoder: JsonDecoder, base: string | undefined): Piece | undefined {
  if (decoder.atEnd()) return undefined
  const start = decoder.position
  try {
    return { ...decoder.piece(base), offset: start }
  } catch (cause) {
    if (!(cause instanceof DecodeError) || cause instanceof LimitError) throw cause
    throw new DecodeError('expected a piece of a blob or the end of the message', start, { cause })
  }
}

function* piecesOf(decoder: JsonDecoder, base: string | undefined): Generator<Piece> {
  for (let piece = nextPiece(decoder, base); piece !== undefined; piece = nextPiece(decoder, base)) {
    yield piece
  }
}

/** The piece in bytes that stand at `by` of the message. */
function pieceAt(
  by: number,
  bytes: Uint8Array,
  options: DecodeOptions,
  arrivals: Arrivals,
): Piece | undefined {
  const decoder = new JsonDecoder(bytes, options, arrivals)
  const piece = arrivals.at(by, () => nextPiece(decoder, options.baseUrl))
  return piece && { ...piece, offset: piece.offset + by }
}

/** Pieces that are there are read at once, since to wait costs more than to decode; then one that a chunk's end has cut. */
async function* readPieces(
  source: Source,
  limit: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): AsyncGenerator<Iterable<Piece>> {
  for (;;) {
    yield piecesReady(source, limit, options, arrivals)
    const { offset } = source
    const bytes = await readValue(source, limit)
    const piece = pieceAt(offset, bytes, options, arrivals)
    if (piece === undefined) return
    yield [piece]
  }
}

function* piecesReady(
  source: Source,
  limit: number,
  options: DecodeOptions,
  arrivals: Arrivals,
): Generator<Piece> {
  const { ready: bytes } = source
  for (let start = 0; ; ) {
    const end = new ValueEnd().find(bytes, start, bytes.length)
    if (end < 0 || end - start > limit) return
    const { offset } = source
    source.skip(end - start)
    const piece = pieceAt(offset, bytes.subarray(start, end), options, arrivals)
    if (piece !== undefined) yield piece
    start = end
  }
}

const line = (json: string) => encoder.encode(`${json}\n`)

const format: Format = {
  type: 'application/vnd.hyperglyph+json',

  encodeRoot(value, options) {
    const json = new JsonEncoder(options)
    const tree = json.value(value, options.from, 0)
    return { bytes: json.print(tree), blobs: json.blobs }
  },

  beforePieces(root) {
    const line = new Uint8Array(root.length + 1)
    line.set(root)
    line[root.length] = newline
    return line
  },

  encodePiece(id, bytes) {
    if (bytes === undefined) return [encoder.encode(`{"$end":${id}}\n`)]
    const head = encoder.encode(`{"$piece":${id},"bytes":"`)
    const tail = encoder.encode('"}\n')
    const length = base64Length(bytes.length)
    const line = new Uint8Array(head.length + length + tail.length)
    line.set(head)
    writeBase64(bytes, line, head.length)
    line.set(tail, head.length + length)
    return [line]
  },

  encodeItem(value, options, blobs) {
    const json = new JsonEncoder(options)
    json.firstBlob = blobs
    const tree = json.value(value, options.from, 1)
    return { bytes: json.print(tree, '{"$item":', '}\n'), blobs: json.blobs }
  },

  encodeEnd(count, fault, options = {}) {
    if (fault === undefined) return line(`{"$count":${count}}`)
    const json = new JsonEncoder(options)
    return json.print(json.value(fault, options.from, 1), `{"$count":${count},"error":`, '}\n')
  },

  decode(bytes, options, arrivals) {
    const decoder = new JsonDecoder(bytes, options, arrivals)
    return { value: decoder.value(options.baseUrl, 0), pieces: piecesOf(decoder, options.baseUrl) }
  },

  async open(source, options, arrivals) {
    const limit = completeLimits(options.limits).messageBytes
    return { root: await readValue(source, limit), pieces: readPieces(source, limit, options, arrivals) }
  },

  decodeRoot(bytes, options, arrivals) {
    const decoder = new JsonDecoder(bytes, options, arrivals)
    const value = decoder.value(options.baseUrl, 0)
    if (!decoder.atEnd()) throw new DecodeError('bytes after the end of the root', decoder.position)
    return value
  },

  *decodeLongRoot(bytes, options, arrivals) {
    const decoder = new LongJsonDecoder(bytes, options, arrivals)
    const value = yield* decoder.valueInParts(options.baseUrl, 0)
    if (!decoder.atEnd()) throw new DecodeError('bytes after the end of the root', decoder.position)
    return value
  },
}

/** `application/vnd.hyperglyph+json`. */
export const json: Codec = codecOf(format)

/** The same under the name that tools know: `application/json`. */
export const plainJson: Codec = codecOf({ ...format, type: 'application/json' })
