// Streams as they are sent: a root, items as they come, an end. What happens to be there at once goes out
// together; a receiver that is slow makes the source wait.

import { EncodeError } from '../errors.js'
import { turn } from '../event-loop.js'
import { interruptible } from '../interruptible.js'
import { defaultLimits } from '../limits.js'
import { met, unwaited } from '../promises.js'
import { type Blob, concatenate } from '../values/blob.js'
import { brokenStream } from '../values/stream.js'
import type { EncodeOptions } from './codec.js'
import type { Format } from './format.js'
import { ItemEncoder, rootOf } from './item-encoder.js'
import { Outbox } from './outbox.js'
import { pieceBytes } from './source.js'
import { encoding } from './unencodable.js'

export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes)
  }
}

/** Pieces of fewer bytes go in one part: to send several costs more than to copy. */
const joinedBytes = 4096

const joined = (parts: readonly Uint8Array[], { length }: Uint8Array): readonly Uint8Array[] =>
  parts.length > 1 && length < joinedBytes ? [concatenate(parts)] : parts

/** The pieces of blobs, one after the other. Leaving it does what leaving `encodePieces` does. */
export function encodeBlobs(format: Format, blobs: readonly Blob[]): AsyncIterableIterator<Uint8Array> {
  const pieces = encodePieces(format, blobs, 0)
  const parts: Uint8Array[] = []
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    for (;;) {
      const value = parts.shift()
      if (value !== undefined) return { value, done: false }
      const piece = await pieces.next()
      if (piece.done) return piece
      parts.push(...piece.value)
    }
  }
  return interruptible(next, () => pieces.return?.())
}

/** Each piece is in as many parts as spare a copy: nothing may come between these. */
type EncodedPieces = AsyncIterableIterator<readonly Uint8Array[]>

/**
 * The pieces of blobs, one after the other; `first` is the id of the first. Leaving it ends the sources of all of
 * them, also those that were not begun, or that are waiting for their next piece.
 */
function encodePieces(format: Format, blobs: readonly Blob[], first: number): EncodedPieces {
  let begun = 0
  let source: AsyncIterator<Uint8Array> | undefined
  const forsake = () => Promise.allSettled(blobs.slice(begun).map(blob => blob.cancel()))
  async function* pieces(): AsyncGenerator<readonly Uint8Array[]> {
    try {
      for (const [index, blob] of blobs.entries()) {
        begun = index + 1
        const current = blob.chunks()[Symbol.asyncIterator]()
        source = current
        for await (const chunk of { [Symbol.asyncIterator]: () => current }) {
          for (const bytes of piecesOf(chunk)) yield joined(format.encodePiece(first + index, bytes), bytes)
        }
        source = undefined
        yield format.encodePiece(first + index)
      }
    } finally {
      await forsake()
    }
  }
  const all = pieces()
  return interruptible(
    () => all.next(),
    () => Promise.allSettled([source?.return?.(), all.return(undefined), forsake()]),
  )
}

/** Milliseconds that a source which never waits may take before everything else gets its turn. */
const sliceTime = 5

/** Leaving it ends the source, even one that was never asked for an item or that is waiting for its next. */
export function encodeIterator(
  format: Format,
  iterator: AsyncIterator<unknown> | Iterator<unknown>,
  options: EncodeOptions,
): AsyncIterableIterator<Uint8Array> {
  const reading = new Reading(format, iterator, options)
  const { outbox } = reading
  outbox.put(rootOf(format))
  let done: Promise<void> | undefined
  return interruptible<Uint8Array>(
    async () => {
      done ??= reading.run()
      const value = await outbox.take()
      return value === undefined ? { value, done: true } : { value, done: false }
    },
    async () => {
      if (outbox.done) return
      outbox.cancel()
      await Promise.all([stop(iterator, options), reading.leave()])
      await done
    },
  )
}

/** Encodes what the source gives until its end, which says how many items there were, or that it broke. */
class Reading {
  readonly #format: Format
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>
  readonly #options: EncodeOptions
  readonly outbox = new Outbox()
  readonly #items: ItemEncoder
  #count = 0
  #blobs = 0
  /** Of a batch: the blobs under way beside its items, one after the other. What breaks them is told at the end. */
  #beside: Promise<void> | undefined
  /** Blobs whose pieces are being sent, or are to be. */
  readonly #pieces = new Set<EncodedPieces>()

  constructor(format: Format, iterator: AsyncIterator<unknown> | Iterator<unknown>, options: EncodeOptions) {
    this.#format = format
    this.#iterator = iterator
    this.#options = options
    this.#items = new ItemEncoder(format, options)
  }

  /** Never rejects: what goes wrong is said in the stream, or breaks it off. */
  async run(): Promise<void> {
    const outbox = this.outbox
    try {
      let end: Uint8Array
      try {
        await this.#read()
        end = this.#format.encodeEnd(this.#count)
      } catch (error) {
        if (outbox.cancelled) return report(error, this.#options)
        end = await this.#broken(error)
        await stop(this.#iterator, this.#options)
      }
      outbox.put(end)
      await this.#beside
      outbox.end()
    } catch (error) {
      if (outbox.cancelled) report(error, this.#options)
      else outbox.fail(error)
    }
  }

  async #read(): Promise<void> {
    const outbox = this.outbox
    const { settle } = this.#options
    let begun = performance.now()
    while (!outbox.cancelled) {
      if (performance.now() - begun >= sliceTime) {
        await turn()
        begun = performance.now()
        if (outbox.cancelled) break
      }
      const next = this.#iterator.next()
      const { value, done } = 'then' in next ? await next : next
      if (!done && outbox.cancelled) this.#options.unsent?.(value)
      if (done || outbox.cancelled) break
      let { root: item } = this.#items.encode(value, this.#blobs)
      const wait = settle?.()
      if (wait !== undefined) item = await this.#items.encodeSettled(value, wait, this.#blobs)
      this.#items.add(item)
      this.#count++
      outbox.put(item.bytes)
      if (item.blobs.length > 0) await this.#follow(item.blobs)
      const room = outbox.room()
      if (room !== undefined) await room
    }
  }

  /** In a batch nobody else waits for a blob, nor fails with it. */
  #follow(blobs: readonly Blob[]): Promise<void> | undefined {
    // While they wait for others, no step may read them.
    const taken = this.#options.together ? blobs.map(blob => blob.taken()) : blobs
    const pieces = encodePieces(this.#format, taken, this.#blobs)
    this.#pieces.add(pieces)
    this.#blobs += blobs.length
    if (!this.#options.together) return this.#send(pieces)
    this.#beside = met(this.#sendAfter(this.#beside, pieces))
    return undefined
  }

  async #sendAfter(before: Promise<void> | undefined, pieces: EncodedPieces): Promise<void> {
    try {
      await before
    } catch (error) {
      await pieces.return?.()
      throw error
    }
    await this.#send(pieces)
  }

  async #send(pieces: EncodedPieces): Promise<void> {
    for await (const parts of pieces) {
      if (this.outbox.cancelled) break
      for (const part of parts) this.outbox.put(part)
      await this.outbox.room()
    }
    this.#pieces.delete(pieces)
  }

  /** Ends the sources of blobs, also of one that is waited for. */
  async leave(): Promise<void> {
    await Promise.all([...this.#pieces].map(pieces => pieces.return?.()))
  }

  /** The end of a stream that broke. What the application says of that may be impossible to say. */
  async #broken(error: unknown): Promise<Uint8Array> {
    try {
      return await this.#endOf(error)
    } catch (cause) {
      return this.#endOf(new Error(`a Fault that cannot be sent: ${String(cause)}`, { cause: error }))
    }
  }

  /** A Fault may hold what items may: objects, and promises that are waited for. */
  async #endOf(error: unknown): Promise<Uint8Array> {
    const { fault = brokenStream, settle, inline, from, mostBytes, together } = this.#options
    const bound = together || mostBytes === undefined ? {} : { mostBytes }
    const options = { ...(inline && { inline }), ...(from !== undefined && { from }), ...bound }
    const said = fault(error)
    // What was met on the way to an item that is not sent is waited for by nobody.
    const forgotten = settle?.()
    if (forgotten !== undefined) unwaited(forgotten)
    for (let round = 0; round <= defaultLimits.depth; round++) {
      const end = encoding(said, () => this.#format.encodeEnd(this.#count, said, options))
      const wait = settle?.()
      if (wait === undefined) return end
      await wait
    }
    throw new EncodeError('promises that lead to more of them without end', '$')
  }
}

/** Ends a source early. What it throws then reaches no receiver, but may be worth a log. */
async function stop(
  iterator: AsyncIterator<unknown> | Iterator<unknown>,
  options: EncodeOptions,
): Promise<void> {
  try {
    await iterator.return?.()
  } catch (error) {
    report(error, options)
  }
}

/** An AbortError is no news: a source that waits with the request's signal is told by it that the receiver has left. */
function report(error: unknown, { fault }: EncodeOptions): void {
  if (!(error instanceof Error && error.name === 'AbortError')) fault?.(error)
}
