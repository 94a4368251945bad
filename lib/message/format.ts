// A format: how a codec writes the parts of a message, which message.ts puts together and takes apart. Types only.

import type { Blob } from '../values/blob.js'
import type { Fault } from '../values/fault.js'
import type { Arrivals } from './arrivals.js'
import type { DecodeOptions, EncodeOptions } from './codec.js'
import type { Piece } from './piece.js'
import type { Source } from './source.js'

export interface Root {
  readonly bytes: Uint8Array
  readonly blobs: readonly Blob[]
}

export interface Format {
  readonly type: string
  /** May throw an Unencodable (unencodable.ts). */
  encodeRoot(value: unknown, options: EncodeOptions): Root
  /** A root as it stands before pieces. */
  beforePieces(root: Uint8Array): Uint8Array
  /**
   * A piece of the blob `id`, or its end where there are no bytes. In parts: the bytes that are given may be one of
   * them, since to copy a piece costs as much as to send it.
   */
  encodePiece(id: number, bytes?: Uint8Array): readonly Uint8Array[]
  /** An item of a stream as it stands after the root; the ids of its blobs start at `blobs`. */
  encodeItem(value: unknown, options: EncodeOptions, blobs: number): Root
  /** May throw a Refusal, as `encodeRoot` may. */
  encodeEnd(count: number, fault?: Fault, options?: EncodeOptions): Uint8Array
  /** Takes a message in memory apart: decodes the root, and reads the pieces as they are asked for. */
  decode(
    bytes: Uint8Array,
    options: DecodeOptions,
    arrivals: Arrivals,
  ): { value: unknown; pieces: Iterable<Piece> }
  /** Reads as far as the root goes; the pieces are read as they are asked for, those together that are there. */
  open(
    source: Source,
    options: DecodeOptions,
    arrivals: Arrivals,
  ): Promise<{ root: Uint8Array; pieces: AsyncIterable<Iterable<Piece>> }>
  decodeRoot(bytes: Uint8Array, options: DecodeOptions, arrivals: Arrivals): unknown
  /** The same in parts (long.ts). */
  decodeLongRoot(bytes: Uint8Array, options: DecodeOptions, arrivals: Arrivals): Generator<undefined, unknown>
}
