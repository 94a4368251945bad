// Blobs on their way: the pieces after a root object, sorted to the blobs that they belong to.
// A codec reads the pieces; nothing here knows a format.

import { DecodeError, LimitError, moved } from '../errors.js'
import { Fifo } from '../fifo.js'
import { defaultLimits } from '../limits.js'
import { attempt, ignored } from '../met.js'
import { announcedSize, Blob, concatenate } from '../values/blob.js'
import type { BlobSink, BlobSource } from '../values/blob-sink.js'
import type { Fault } from '../values/fault.js'
import type { Attributes } from '../values/nodes.js'
import { ItemStream } from '../values/stream.js'
import type { DecodeOptions } from './codec.js'

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

/** The items of a message that is a stream. */
interface ItemArrival {
  readonly queue: Fifo<ItemPiece>
  received: number
  ended: boolean
  dropped: boolean
  fault: Fault | undefined
  wake: (() => void) | undefined
}

interface Arrival {
  /** Bytes that are to come, where the sender has said so. */
  readonly announced: number | undefined
  /** Where the blob stood in the root. */
  readonly offset: number
  readonly sink: BlobSink | undefined
  blob: Blob | undefined
  /** Is it read while it arrives, rather than whole? */
  readonly streamed: boolean
  readonly queue: Fifo<Uint8Array>
  received: number
  ended: boolean
  /** Nobody will read what still comes. */
  dropped: boolean
  source: BlobSource | undefined
  wake: (() => void) | undefined
}

/**
 * The blobs of one message. `add` while the root is decoded, then `pieces` starts. One loop reads the
 * source; it rests while more than `unreadBytes` wait and no reader is short of its own.
 */
export class Arrivals {
  /** By their ids as text: numbers that a sender chooses could all fall together in a table (distinct.ts). */
  readonly #arrivals = new Map<string, Arrival>()
  readonly #options: DecodeOptions
  #waiting = 0
  #hungry = 0
  #resume: (() => void) | undefined
  #error: unknown
  #items: ItemArrival | undefined
  /** Where the bytes that are being decoded stand in the message. */
  #start = 0
  #leave: (() => unknown) | undefined

  readonly #whole: boolean

  /** `whole`: the message is in memory, `takeAll` follows; else `start` does. */
  constructor(options: DecodeOptions, whole: boolean) {
    this.#options = options
    this.#whole = whole
  }

  #limit(name: 'blobs' | 'blobBytes' | 'blobBufferBytes' | 'unreadBytes'): number {
    return this.#options.limits?.[name] ?? defaultLimits[name]
  }

  get size(): number {
    return this.#arrivals.size
  }

  /** Decodes bytes that stand at `start`: offsets, in errors and of the blobs in them, are those of the message. */
  at<T>(start: number, decode: () => T): T {
    this.#start = start
    try {
      return decode()
    } catch (error) {
      throw moved(error, start)
    } finally {
      this.#start = 0
    }
  }

  /** The blob that a decoder found in the root. Throws DecodeError for an id that is taken. */
  add(id: number, given: Attributes, offset: number): Blob {
    if (this.#arrivals.has(String(id))) throw new DecodeError(`second blob with id ${id}`, offset)
    if (this.#arrivals.size >= this.#limit('blobs')) {
      throw new LimitError(`more than ${this.#limit('blobs')} blobs`, 'blobs', offset)
    }
    const announced = announcedSize(given)
    const attributes = announced === undefined ? given : withoutSize(given)
    if (announced !== undefined && announced > this.#limit('blobBytes')) throw this.#tooLong(offset)
    const arrival: Arrival = {
      announced,
      offset: this.#start + offset,
      sink: this.#whole ? undefined : this.#options.sink?.(),
      streamed: !this.#whole && this.#options.sink === undefined,
      queue: new Fifo(),
      received: 0,
      ended: false,
      dropped: false,
      source: undefined,
      wake: undefined,
      blob: undefined,
    }
    this.#arrivals.set(String(id), arrival)
    const size = () => (arrival.ended ? arrival.received : announced)
    if (arrival.streamed) return new Blob(this.#read(arrival), attributes, size)
    arrival.blob = new Blob(
      () => {
        if (arrival.source === undefined) throw new TypeError('this blob has not arrived yet')
        return arrival.source
      },
      attributes,
      size,
    )
    return arrival.blob
  }

  #tooLong(offset: number): LimitError {
    return new LimitError(`blob of more than ${this.#limit('blobBytes')} bytes`, 'blobBytes', offset)
  }

  /** The stream that the root of this message is. */
  stream(): ItemStream {
    const items: ItemArrival = {
      queue: new Fifo(),
      received: 0,
      ended: false,
      dropped: false,
      fault: undefined,
      wake: undefined,
    }
    this.#items = items
    const take = () => {
      const piece = items.queue.shift()
      if (piece === undefined) return undefined
      this.#waiting -= piece.weight
      if (items.queue.length === 0) this.#resume?.()
      return { value: piece.item }
    }
    const drop = () => {
      if (items.dropped) return
      items.dropped = true
      for (const { weight } of items.queue.splice()) this.#waiting -= weight
      items.wake?.()
      this.#forsaken()
    }
    return new ItemStream(take, () => this.#waitForItem(items), drop)
  }

  async #waitForItem(items: ItemArrival): Promise<boolean> {
    if (items.dropped) return false
    if (items.fault !== undefined) throw this.#broken(items.fault)
    if (items.ended) return false
    if (this.#error !== undefined) throw this.#broken(this.#error)
    this.#hungry++
    this.#resume?.()
    await new Promise<void>(resolve => (items.wake = resolve))
    items.wake = undefined
    this.#hungry--
    return true
  }

  #broken(error: unknown): unknown {
    const { broken } = this.#options
    return broken === undefined ? error : broken(error)
  }

  #acceptItem(piece: ItemPiece | EndPiece): undefined {
    const items = this.#items
    if (items === undefined) throw new DecodeError('an item in a message that is no stream', piece.offset)
    if (items.ended) throw new DecodeError('an item after the end of the stream', piece.offset)
    if ('count' in piece) {
      if (piece.count !== items.received) {
        throw new DecodeError(`the end of ${piece.count} items after ${items.received}`, piece.offset)
      }
      items.ended = true
      items.fault = piece.fault
    } else {
      items.received++
      if (!items.dropped) {
        items.queue.push(piece)
        this.#waiting += piece.weight
      }
    }
    items.wake?.()
  }

  /** Takes the pieces of a message that is whole in memory, before they are read. Throws as `start` rejects. */
  takeAll(pieces: Iterable<Piece>): void {
    for (const piece of pieces) {
      if (!('id' in piece)) {
        this.#acceptItem(piece)
        continue
      }
      const arrival = this.#accept(piece)
      if (piece.bytes !== undefined) arrival.queue.push(piece.bytes)
      else arrival.source = concatenate(arrival.queue.splice())
    }
    this.#finish()
  }

  /**
   * Reads the pieces as they come, to the end of the source. The promise settles when all is done; without
   * sinks nobody needs to wait for it, since errors reach the readers.
   */
  async start(batches: AsyncIterable<Iterable<Piece>>): Promise<void> {
    try {
      for await (const batch of batches) {
        for (const piece of batch) {
          const stored = 'id' in piece ? this.#store(piece) : this.#acceptItem(piece)
          if (stored !== undefined) await stored
          if (this.#abandoned()) return
          while (this.#waiting > this.#limit('unreadBytes') && this.#hungry === 0) {
            await new Promise<void>(resolve => (this.#resume = resolve))
            if (this.#abandoned()) return
          }
        }
      }
      this.#finish()
    } catch (error) {
      this.#error = error
      throw error
    } finally {
      for (const { wake } of this.#arrivals.values()) wake?.()
      this.#items?.wake?.()
    }
  }

  /** A promise where that has to be waited for. */
  #store(piece: BlobPiece): Promise<void> | undefined {
    const arrival = this.#accept(piece)
    return arrival.sink && this.#sunk(piece, arrival, arrival.sink)
  }

  async #sunk(piece: BlobPiece, arrival: Arrival, sink: BlobSink): Promise<void> {
    if (arrival.dropped) return
    const written = piece.bytes && sink.write(piece.bytes)
    if (written !== undefined) await written
    if (arrival.ended) arrival.source = await sink.end()
  }

  /** The root value, once the pieces are on their way, or with sinks, all there. `leave` stops their sender. */
  async follow<T>(value: T, batches: AsyncIterable<Iterable<Piece>>, leave: () => unknown): Promise<T> {
    this.#leave = leave
    const unwanted = await this.#options.root?.(value)
    for (const arrival of this.#arrivals.values()) arrival.dropped = unwanted?.has(arrival.blob) === true
    const done = this.start(batches)
    if (this.#options.sink !== undefined || (this.size === 0 && this.#items === undefined)) await done
    // Without sinks the readers of the blobs meet the error.
    else done.catch(() => undefined)
    return value
  }

  #accept({ id, bytes, offset }: BlobPiece): Arrival {
    const arrival = this.#arrivals.get(String(id))
    if (arrival === undefined) throw new DecodeError(`piece of an unknown blob ${id}`, offset)
    if (arrival.ended) throw new DecodeError(`piece of blob ${id} after its end`, offset)
    const received = arrival.received + (bytes?.length ?? 0)
    const { announced = received } = arrival
    if (bytes === undefined ? received !== announced : received > announced) {
      const amount = bytes === undefined ? `${received}` : `more than ${announced}`
      throw new DecodeError(`blob of ${amount} bytes, where ${announced} were announced`, offset)
    }
    if (bytes === undefined) arrival.ended = true
    else {
      arrival.received = received
      if (arrival.received > this.#limit('blobBytes')) {
        throw this.#tooLong(offset)
      }
      // A piece without bytes counts for no limit, so that none may be kept.
      if (arrival.streamed && !arrival.dropped && bytes.length > 0) {
        arrival.queue.push(bytes)
        this.#waiting += bytes.length
        if (
          this.#waiting > this.#limit('blobBufferBytes') &&
          this.#hungry > 0 &&
          arrival.wake === undefined
        ) {
          throw new LimitError('too much of other blobs before the one being read', 'blobBufferBytes', offset)
        }
      }
    }
    arrival.wake?.()
    return arrival
  }

  #finish(): void {
    if (this.#items?.ended === false) {
      throw new DecodeError('the stream has no end: message truncated', 0)
    }
    for (const [id, arrival] of this.#arrivals) {
      if (!arrival.ended) throw new DecodeError(`blob ${id} has no end: message truncated`, arrival.offset)
    }
  }

  /** Is there more to come, and nobody who reads any of it? What was read whole is dropped as well. */
  #abandoned(): boolean {
    const items = this.#items
    let coming = items?.ended === false
    if (coming && items?.dropped === false) return false
    for (const { ended, dropped } of this.#arrivals.values()) {
      if (ended) continue
      if (!dropped) return false
      coming = true
    }
    return coming
  }

  /** Somebody has dropped what he read: where nobody else reads, the sender need not go on. */
  #forsaken(): void {
    // What goes wrong then is nobody's to hear any more.
    if (this.#abandoned()) attempt(() => this.#leave?.(), ignored)
    this.#resume?.()
  }

  /** What a blob reads from. Not the generator itself: one that was never started doesn't notice its end. */
  #read(arrival: Arrival): AsyncIterableIterator<Uint8Array> {
    const pieces = this.#pieces(arrival)
    return {
      next: () => pieces.next(),
      return: () => {
        this.#drop(arrival)
        return pieces.return(undefined)
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  async *#pieces(arrival: Arrival): AsyncGenerator<Uint8Array> {
    try {
      while (!arrival.dropped) {
        const piece = arrival.queue.shift()
        if (piece !== undefined) {
          this.#waiting -= piece.length
          this.#resume?.()
          yield piece
        } else if (arrival.ended) return
        else if (this.#error !== undefined) throw this.#error
        else {
          this.#hungry++
          this.#resume?.()
          await new Promise<void>(resolve => (arrival.wake = resolve))
          arrival.wake = undefined
          this.#hungry--
        }
      }
    } finally {
      this.#drop(arrival)
    }
  }

  /** Nobody reads the blob any more. */
  #drop(arrival: Arrival): void {
    arrival.dropped = true
    for (const piece of arrival.queue.splice()) this.#waiting -= piece.length
    arrival.wake?.()
    this.#forsaken()
  }
}

/** A size is told by the blob itself. */
function withoutSize({ size: _, ...others }: Attributes): Attributes {
  return others
}
