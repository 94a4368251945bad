// A message is a root object and, where that holds blobs, their pieces after it. The three codecs differ in
// how these are written; how a message is put together and taken apart is here.

import { Arrivals, type Piece } from './arrivals.js'
import { type Blob, concatenate } from './blob.js'
import type { Codec, DecodeOptions, EncodeOptions } from './codec.js'
import { encoding, refuse } from './refusal.js'
import { pieceBytes, plain, Source } from './source.js'

export interface Root {
  readonly bytes: Uint8Array
  readonly blobs: readonly Blob[]
}

export interface Format {
  readonly type: string
  /** May throw a Refusal (refusal.ts). */
  encodeRoot(value: unknown, options: EncodeOptions): Root
  /** A root as it stands before pieces. */
  beforePieces(root: Uint8Array): Uint8Array
  /** A piece of the blob `id`, or its end where there are no bytes. */
  encodePiece(id: number, bytes?: Uint8Array): Uint8Array
  /** Takes a message in memory apart: decodes the root, and reads the pieces as they are asked for. */
  decode(
    bytes: Uint8Array,
    options: DecodeOptions,
    arrivals: Arrivals,
  ): { value: unknown; pieces: Iterable<Piece> }
  /** Reads as far as the root goes. */
  open(source: Source, options: DecodeOptions): Promise<{ root: Uint8Array; pieces: AsyncIterable<Piece> }>
  decodeRoot(bytes: Uint8Array, options: DecodeOptions, arrivals: Arrivals): unknown
}

export function codecOf(format: Format): Codec {
  const encodeRoot = (value: unknown, options: EncodeOptions) =>
    encoding(value, () => format.encodeRoot(value, options))
  return {
    type: format.type,

    encode(value, options = {}) {
      const { bytes, blobs } = encodeRoot(value, options)
      if (blobs.length === 0) return bytes
      const parts = [format.beforePieces(bytes)]
      for (const [id, blob] of blobs.entries()) {
        const { memory } = blob
        if (memory === undefined) return encoding(value, () => refuse(blob, 'a blob that is not in memory'))
        for (const bytes of piecesOf(memory)) parts.push(format.encodePiece(id, bytes))
        parts.push(format.encodePiece(id))
      }
      return concatenate(parts)
    },

    decode(bytes, options = {}) {
      const arrivals = new Arrivals(options, true)
      const { value, pieces } = format.decode(plain(bytes), options, arrivals)
      arrivals.takeAll(pieces)
      return value
    },

    encodeMessage(value, options = {}) {
      const { bytes, blobs } = encodeRoot(value, options)
      return blobs.length === 0 ? bytes : encodePieces(format, bytes, blobs)
    },

    encodeStream(value, options = {}) {
      const { bytes, blobs } = encodeRoot(value, options)
      return blobs.length === 0 ? only(bytes) : encodePieces(format, bytes, blobs)
    },

    async decodeStream(chunks, options = {}) {
      const source = new Source(chunks)
      const arrivals = new Arrivals(options, false)
      try {
        const { root, pieces } = await format.open(source, options)
        const value = format.decodeRoot(root, options, arrivals)
        return await arrivals.follow(value, closing(source, pieces))
      } catch (error) {
        await source.close()
        throw error
      }
    },
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function* encodePieces(
  format: Format,
  root: Uint8Array,
  blobs: readonly Blob[],
): AsyncGenerator<Uint8Array> {
  yield format.beforePieces(root)
  for (const [id, blob] of blobs.entries()) {
    for await (const chunk of blob.chunks()) {
      for (const bytes of piecesOf(chunk)) yield format.encodePiece(id, bytes)
    }
    yield format.encodePiece(id)
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceBytes)
    yield bytes.subarray(start, start + pieceBytes)
}

async function* closing(source: Source, pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  try {
    yield* pieces
  } finally {
    await source.close()
  }
}
