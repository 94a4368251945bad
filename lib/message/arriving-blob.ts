// One blob on its way: its pieces, between the loop that reads them and the application.

import { DecodeError, LimitError } from '../errors.js'
import { Fifo } from '../fifo.js'
import { announcedSize, Blob, concatenate } from '../values/blob.js'
import type { BlobSink, BlobSource } from '../values/blob-sink.js'
import type { Attributes } from '../values/nodes.js'
import type { Backlog, Waiting } from './backlog.js'
import type { BlobPiece } from './piece.js'

interface Arriving {
  /** As they came: a size among them is the announced one. */
  readonly attributes: Attributes
  /** Where the blob stands in the message. */
  readonly offset: number
  /** Where its bytes are put, or `kept` in memory until all are there; else they are read as they arrive. */
  readonly to: BlobSink | 'kept' | undefined
  /** The limits `blobBytes` and `blobBufferBytes`. */
  readonly mostBytes: number
  readonly mostUnread: number
}

export const blobTooLong = (mostBytes: number, offset: number): LimitError =>
  new LimitError(`blob of more than ${mostBytes} bytes`, offset, { limit: 'blobBytes' })

export class ArrivingBlob implements Waiting {
  readonly blob: Blob
  readonly offset: number
  ended = false
  /** Nobody will read what still comes. */
  dropped = false
  wake: (() => void) | undefined
  readonly #arriving: Arriving
  readonly #backlog: Backlog
  readonly #left: () => void
  /** Bytes that are to come, where the sender has said so. */
  readonly #announced: number | undefined
  readonly #queue = new Fifo<Uint8Array>()
  #received = 0
  /** All of it, once it has arrived. */
  #source: BlobSource | undefined

  /** `left` is called where nobody reads the blob any more. */
  constructor(arriving: Arriving, backlog: Backlog, left: () => void) {
    const { attributes, offset, to } = arriving
    this.#arriving = arriving
    this.#backlog = backlog
    this.#left = left
    this.offset = offset
    const announced = announcedSize(attributes)
    this.#announced = announced
    const others = announced === undefined ? attributes : withoutSize(attributes)
    const size = () => (this.ended ? this.#received : announced)
    this.blob = new Blob(to === undefined ? this.#read() : () => this.#arrived(), others, size)
  }

  #arrived(): BlobSource {
    if (this.#source === undefined) throw new TypeError('this blob has not arrived yet')
    return this.#source
  }

  /** A promise where that has to be waited for. */
  accept(piece: BlobPiece): Promise<void> | undefined {
    const { bytes } = piece
    this.#count(piece)
    const { to } = this.#arriving
    if (to === undefined) {
      // A piece without bytes counts for no limit, so that none may be kept.
      if (bytes !== undefined && bytes.length > 0 && !this.dropped) this.#enqueue(bytes, piece.offset)
      this.wake?.()
      return undefined
    }
    if (to !== 'kept') return this.#sink(bytes, to)
    if (bytes !== undefined) this.#queue.push(bytes)
    else this.#source = concatenate(this.#queue.splice())
    return undefined
  }

  /** Fails for a piece after the end, and for more bytes than were announced, or than are allowed. */
  #count({ id, bytes, offset }: BlobPiece): void {
    if (this.ended) throw new DecodeError(`piece of blob ${id} after its end`, offset)
    const received = this.#received + (bytes?.length ?? 0)
    const announced = this.#announced ?? received
    if (bytes === undefined ? received !== announced : received > announced) {
      const amount = bytes === undefined ? `${received}` : `more than ${announced}`
      throw new DecodeError(`blob of ${amount} bytes, where ${announced} were announced`, offset)
    }
    this.#received = received
    if (bytes === undefined) this.ended = true
    else if (received > this.#arriving.mostBytes) throw blobTooLong(this.#arriving.mostBytes, offset)
  }

  #enqueue(bytes: Uint8Array, offset: number): void {
    const backlog = this.#backlog
    this.#queue.push(bytes)
    backlog.bytes += bytes.length
    if (backlog.bytes > this.#arriving.mostUnread && backlog.hungry > 0 && this.wake === undefined) {
      throw new LimitError('too much of other blobs before the one being read', offset, {
        limit: 'blobBufferBytes',
      })
    }
  }

  async #sink(bytes: Uint8Array | undefined, sink: BlobSink): Promise<void> {
    if (this.dropped) return
    const written = bytes && sink.write(bytes)
    if (written !== undefined) await written
    if (this.ended) this.#source = await sink.end()
  }

  /** The source of the blob. Not the generator itself: one that was never started doesn't notice its end. */
  #read(): AsyncIterableIterator<Uint8Array> {
    const pieces = this.#pieces()
    return {
      next: () => pieces.next(),
      return: () => {
        this.#drop()
        return pieces.return(undefined)
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    const backlog = this.#backlog
    try {
      while (!this.dropped) {
        const piece = this.#queue.shift()
        if (piece !== undefined) {
          backlog.bytes -= piece.length
          backlog.resume()
          yield piece
        } else if (this.ended) return
        else if (backlog.error !== undefined) throw backlog.error
        else await backlog.wait(this)
      }
    } finally {
      this.#drop()
    }
  }

  #drop(): void {
    this.dropped = true
    for (const piece of this.#queue.splice()) this.#backlog.bytes -= piece.length
    this.wake?.()
    this.#left()
  }
}

/** A size is told by the blob itself. */
function withoutSize({ size: _, ...others }: Attributes): Attributes {
  return others
}
