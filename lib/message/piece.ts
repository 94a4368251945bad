// The parts of a message after its root, as a codec reads them. Types only.

import type { Fault } from '../values/fault.js'

/** A piece of the blob `id`, or its end where there are no bytes. */
export interface BlobPiece {
  readonly id: number
  readonly bytes?: Uint8Array
  readonly offset: number
}

/** An item of a stream; `weight` is its size on the wire. */
export interface ItemPiece {
  readonly item: unknown
  readonly weight: number
  readonly offset: number
}

/** The end of a stream after `count` items, or with a fault, where it broke. */
export interface EndPiece {
  readonly count: number
  readonly fault?: Fault
  readonly offset: number
}

export type Piece = BlobPiece | ItemPiece | EndPiece
