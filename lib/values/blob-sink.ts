// Where the bytes of a blob go as they arrive, and what they are read from. Types only.

/** Where a decoder puts a blob as it arrives. Whoever gives sinks owns what they hold. */
export interface BlobSink {
  /** Takes a piece; the decoder reads on when the promise is settled. */
  write(bytes: Uint8Array): void | Promise<void>
  /** All of it has arrived: what can be read from now on. */
  end(): BlobSource | Promise<BlobSource>
}

export type BlobSource = Uint8Array | AsyncIterable<Uint8Array>
