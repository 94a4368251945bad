// The interface of every codec, and the options by which one is told what it must not know. The codecs are in text/,
// cbor/, json/.

import type { Limits } from '../limits.js'
import type { BlobSink } from '../values/blob-sink.js'
import type { Fault, Node } from '../values/fault.js'

export interface EncodeOptions {
  /**
   * Called for what has no form of its own on the wire (functions, instances of classes): returns the value
   * to send instead, or undefined to refuse. `from` is the path that the nearest enclosing node draws as its
   * own, else the option `from`.
   */
  readonly inline?: (value: object, from: string | undefined) => unknown
  readonly from?: string
  /** Of a stream: what an item has to wait for before it is encoded again. Asked after each. */
  readonly settle?: () => Promise<unknown> | undefined
  /** Of a stream: the item to send in the place of one that cannot be encoded. Without it the stream breaks. */
  readonly recover?: (item: unknown, error: unknown) => unknown
  /** Of a stream: told of an item that is not sent after all, since promises that it holds are waited for by nobody. */
  readonly unsent?: (item: unknown) => void
  /** The Fault that tells a receiver that a stream broke. Default: one that says nothing more. */
  readonly fault?: ((error: unknown) => Fault) | undefined
  /** Is `inline` asked about plain objects too, before they are taken for dicts? A client's pages look like them. */
  readonly inlinePlain?: boolean
  /**
   * Bytes that the root may have, or each item of a stream, blobs not counted; more throws EncodeLimitError, as soon
   * as they are written. Default: any number.
   */
  readonly mostBytes?: number
  /** Of a stream: are `mostBytes` what all items may have together? After one that was too many there is no other. */
  readonly together?: boolean
  /** `depth` bounds what is encoded, which also ends cycles; the other limits are for decoding. */
  readonly limits?: Partial<Limits>
}

export interface DecodeOptions {
  /** The base of relative URLs. Without it they stay as they came. */
  readonly baseUrl?: string
  readonly limits?: Partial<Limits>
  /** Are templates accepted (CBOR)? Default true; servers say false. */
  readonly templates?: boolean
  /**
   * The result for a decoded node; children first, except that what a page shares with others of its
   * class (CBOR templates) is made when it is first looked at. Default: itself.
   */
  readonly node?: (node: Node) => unknown
  /** `decodeStream` only: with it, the promise resolves once every blob is in its sink. */
  readonly sink?: () => BlobSink
  /**
   * `decodeStream` only, with `sink`: told of the root before any blob is read. What it gives are blobs that nobody will
   * look at, whose bytes are passed over; what it throws ends the reading.
   */
  readonly root?: (value: unknown) => Promise<ReadonlySet<unknown>>
  /** Of a stream that broke: what its reader is thrown in the place of the Fault or error. */
  readonly broken?: (error: unknown) => unknown
}

/** A message in pieces. `again` gives it once more, where all that it holds can be read again. */
export interface Pieces extends AsyncIterable<Uint8Array> {
  readonly again?: (() => Pieces) | undefined
  /** Bytes of all pieces, if those of blobs come as large as may be; undefined where a blob's size is not known. */
  readonly size?: (() => number | undefined) | undefined
}

export interface Codec {
  /** The media type. */
  readonly type: string
  /** Throws EncodeError, also for blobs and streams that are not in memory. */
  encode(value: unknown, options?: EncodeOptions): Uint8Array
  /** Throws DecodeError, of which LimitError is one; TypeError for what is no bytes, and for limits that are none. */
  decode(bytes: Uint8Array, options?: DecodeOptions): unknown
  /** The whole message where it has no blobs and is no stream, else as `encodeStream` gives it. */
  encodeMessage(value: unknown, options?: EncodeOptions): Uint8Array | Pieces
  /** The root object is encoded before the first piece is asked for; the blobs are read as pieces are. */
  encodeStream(value: unknown, options?: EncodeOptions): AsyncIterable<Uint8Array>
  /**
   * Resolves before the blobs have arrived: reading them pulls from the source. A source that breaks or
   * holds anything else than the rest of the message is an error of the blobs that were not complete.
   */
  decodeStream(source: AsyncIterable<Uint8Array>, options?: DecodeOptions): Promise<unknown>
}
