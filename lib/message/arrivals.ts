// Messages on their way: the pieces after a root object, sorted to the blobs and the stream that they belong to.
// A codec reads the pieces; nothing here knows a format.

import { DecodeError, LimitError, moved } from '../errors.js'
import { defaultLimits } from '../limits.js'
import { attempt, ignored } from '../promises.js'
import { announcedSize, type Blob } from '../values/blob.js'
import type { Attributes } from '../values/nodes.js'
import type { ItemStream } from '../values/stream.js'
import { ArrivingBlob, blobTooLong } from './arriving-blob.js'
import { ArrivingStream } from './arriving-stream.js'
import { Backlog } from './backlog.js'
import type { DecodeOptions } from './codec.js'
import type { Piece } from './piece.js'

/**
 * The blobs of one message. `add` while the root is decoded, then `pieces` starts. One loop reads the
 * source; it rests while more than `unreadBytes` wait and no reader is short of its own.
 */
export class Arrivals {
  /** By their ids as text: numbers that a sender chooses could all fall together in a table (distinct.ts). */
  readonly #blobs = new Map<string, ArrivingBlob>()
  #stream: ArrivingStream | undefined
  readonly #options: DecodeOptions
  readonly #whole: boolean
  readonly #backlog = new Backlog()
  /** Where the bytes that are being decoded stand in the message. */
  #start = 0
  #leave: (() => unknown) | undefined

  /** `whole`: the message is in memory, `takeAll` follows; else `start` does. */
  constructor(options: DecodeOptions, whole: boolean) {
    this.#options = options
    this.#whole = whole
  }

  #limit(name: 'blobs' | 'blobBytes' | 'blobBufferBytes' | 'unreadBytes'): number {
    return this.#options.limits?.[name] ?? defaultLimits[name]
  }

  get size(): number {
    return this.#blobs.size
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
  add(id: number, attributes: Attributes, offset: number): Blob {
    if (this.#blobs.has(String(id))) throw new DecodeError(`second blob with id ${id}`, offset)
    if (this.#blobs.size >= this.#limit('blobs')) {
      throw new LimitError(`more than ${this.#limit('blobs')} blobs`, offset, { limit: 'blobs' })
    }
    const mostBytes = this.#limit('blobBytes')
    if ((announcedSize(attributes) ?? 0) > mostBytes) throw blobTooLong(mostBytes, offset)
    const arriving = {
      attributes,
      offset: this.#start + offset,
      to: this.#whole ? ('kept' as const) : this.#options.sink?.(),
      mostBytes,
      mostUnread: this.#limit('blobBufferBytes'),
    }
    const arrival = new ArrivingBlob(arriving, this.#backlog, () => this.#forsaken())
    this.#blobs.set(String(id), arrival)
    return arrival.blob
  }

  /** The stream that the root of this message is. */
  stream(): ItemStream {
    this.#stream = new ArrivingStream(this.#backlog, this.#options.broken)
    return this.#stream.items(() => this.#forsaken())
  }

  /** A promise where that has to be waited for. */
  #accept(piece: Piece): Promise<void> | undefined {
    if ('id' in piece) {
      const blob = this.#blobs.get(String(piece.id))
      if (blob === undefined) throw new DecodeError(`piece of an unknown blob ${piece.id}`, piece.offset)
      return blob.accept(piece)
    }
    if (this.#stream === undefined)
      throw new DecodeError('an item in a message that is no stream', piece.offset)
    this.#stream.accept(piece)
    return undefined
  }

  /** Takes the pieces of a message that is whole in memory, before they are read. Throws as `start` rejects. */
  takeAll(pieces: Iterable<Piece>): void {
    // biome-ignore lint/nursery/noFloatingPromises: only sinks give promises, and there are none.
    for (const piece of pieces) this.#accept(piece)
    this.#finish()
  }

  /**
   * Reads the pieces as they come, to the end of the source. The promise settles when all is done; without
   * sinks nobody needs to wait for it, since errors reach the readers.
   */
  async start(batches: AsyncIterable<Iterable<Piece>>): Promise<void> {
    const backlog = this.#backlog
    try {
      for await (const batch of batches) {
        for (const piece of batch) {
          const stored = this.#accept(piece)
          if (stored !== undefined) await stored
          if (this.#abandoned()) return
          while (backlog.bytes > this.#limit('unreadBytes') && backlog.hungry === 0) {
            await backlog.rest()
            if (this.#abandoned()) return
          }
        }
      }
      this.#finish()
    } catch (error) {
      backlog.error = error
      throw error
    } finally {
      for (const { wake } of this.#blobs.values()) wake?.()
      this.#stream?.wake?.()
    }
  }

  /** The root value, once the pieces are on their way, or with sinks, all there. `leave` stops their sender. */
  async follow<T>(value: T, batches: AsyncIterable<Iterable<Piece>>, leave: () => unknown): Promise<T> {
    this.#leave = leave
    const unwanted = await this.#options.root?.(value)
    if (unwanted !== undefined)
      for (const arrival of this.#blobs.values()) arrival.dropped = unwanted.has(arrival.blob)
    const done = this.start(batches)
    if (this.#options.sink !== undefined || (this.size === 0 && this.#stream === undefined)) await done
    // Without sinks the readers of the blobs meet the error.
    else done.catch(() => undefined)
    return value
  }

  #finish(): void {
    if (this.#stream?.ended === false) {
      throw new DecodeError('the stream has no end: message truncated', 0)
    }
    for (const [id, { ended, offset }] of this.#blobs) {
      if (!ended) throw new DecodeError(`blob ${id} has no end: message truncated`, offset)
    }
  }

  /** Is there more to come, and nobody who reads any of it? What was read whole is dropped as well. */
  #abandoned(): boolean {
    const stream = this.#stream
    let coming = stream?.ended === false
    if (coming && stream?.dropped === false) return false
    for (const { ended, dropped } of this.#blobs.values()) {
      if (ended) continue
      if (!dropped) return false
      coming = true
    }
    return coming
  }

  /** Somebody has dropped what he read: where nobody else reads, the sender need not go on. */
  #forsaken(): void {
    // An error then is nobody's to hear any more.
    if (this.#abandoned()) attempt(() => this.#leave?.(), ignored)
    this.#backlog.resume()
  }
}
