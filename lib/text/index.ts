// The text codec, the format of 2012: a root, then white space or the pieces of its blobs.

import { DecodeError } from '../errors.js'
import { completeLimits } from '../limits.js'
import type { Arrivals } from '../message/arrivals.js'
import type { DecodeOptions } from '../message/codec.js'
import type { Format } from '../message/format.js'
import { codecOf } from '../message/message.js'
import { withWriter } from '../message/writer.js'
import { Decoder } from './decode.js'
import { LongDecoder } from './decode-long.js'
import { Encoder } from './encode.js'
import { piecesOf, readPieces } from './pieces.js'
import { readRoot } from './scan.js'

const encoder = /* @__PURE__ */ new TextEncoder()

function decodeRoot(bytes: Uint8Array, options: DecodeOptions, arrivals: Arrivals) {
  const decoder = new Decoder(bytes, options, arrivals)
  const value = decoder.value(options.baseUrl, 0)
  return { value, end: decoder.position }
}

const format: Format = {
  type: 'application/vnd.hyperglyph',

  encodeRoot: (value, options) =>
    withWriter(writer => {
      const encoder = new Encoder(writer, options)
      encoder.value(value, options.from, 0)
      return { bytes: writer.copy(), blobs: encoder.blobs }
    }, options.mostBytes),

  beforePieces: root => root,

  encodePiece: (id, bytes) => {
    const head = encoder.encode(`c${id}${bytes === undefined ? ';' : `:${bytes.length}:`}`)
    return bytes === undefined ? [head] : [head, bytes, encoder.encode(';')]
  },

  decode(bytes, options, arrivals) {
    const { value, end } = decodeRoot(bytes, options, arrivals)
    return { value, pieces: piecesOf(bytes, end, options, arrivals) }
  },

  encodeItem: (value, options, blobs) =>
    withWriter(writer => {
      const encoder = new Encoder(writer, options)
      encoder.firstBlob = blobs
      writer.ascii('\nI')
      encoder.value(value, options.from, 1)
      writer.ascii(';')
      return { bytes: writer.copy(), blobs: encoder.blobs }
    }, options.mostBytes),

  encodeEnd: (count, fault, options = {}) =>
    withWriter(writer => {
      writer.ascii(`\nE${count}:`)
      new Encoder(writer, options).value(fault ?? null, options.from, 1)
      writer.ascii(';')
      return writer.copy()
    }, options.mostBytes),

  async open(source, options, arrivals) {
    const root = await readRoot(source, completeLimits(options.limits).messageBytes)
    return { root, pieces: readPieces(source, options, arrivals) }
  },

  decodeRoot(bytes, options, arrivals) {
    const { value, end } = decodeRoot(bytes, options, arrivals)
    if (end !== bytes.length) throw new DecodeError('bytes after the end of the root', end)
    return value
  },

  *decodeLongRoot(bytes, options, arrivals) {
    const decoder = new LongDecoder(bytes, options, arrivals)
    const value = yield* decoder.valueInParts(options.baseUrl, 0)
    const end = decoder.position
    if (end !== bytes.length) throw new DecodeError('bytes after the end of the root', end)
    return value
  },
}

/** `application/vnd.hyperglyph`. */
export const text = codecOf(format)
