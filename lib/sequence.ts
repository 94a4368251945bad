// Streams as they are sent: a root, items as they come, an end. What happens to be there at once goes out
// together; a receiver that is slow makes the source wait.

import { type Blob, concatenate } from './blob.js'
import type { EncodeOptions } from './codec.js'
import { EncodeLimitError } from './errors.js'
import { interruptible } from './interruptible.js'
import type { Format, Root } from './message.js'
import { encoding } from './refusal.js'
import { pieceBytes } from './source.js'
import { brokenStream, type Items, streamRoot } from './stream.js'
import { turn } from './turn.js'

/** Bytes that are encoded ahead of the receiver. */
const aheadBytes = 65_536

const rootOf = (format: Format): Uint8Array => format.beforePieces(format.encodeRoot(streamRoot, {}).bytes)

/** A stream whose items are all there: its bytes, and the blobs that they hold, whose pieces are to follow. */
export function encodeItems(format: Format, { values }: Items, options: EncodeOptions) {
  const parts = [rootOf(format)]
  const blobs: Blob[] = []
  const items = new ItemEncoder(format, options)
  for (const value of values) {
    const item = items.encode(value, blobs.length)
    items.add(item)
    parts.push(item.bytes)
    blobs.push(...item.blobs)
  }
  parts.push(format.encodeEnd(values.length))
  return { bytes: concatenate(parts), blobs }
}

/** The items of one stream, which may share the bytes that they are allowed. */
class ItemEncoder {
  readonly #format: Format
  readonly #options: EncodeOptions & { mostBytes?: number }
  /** What is left of the bytes that the items share. */
  #left: number | undefined

  constructor(format: Format, options: EncodeOptions) {
    this.#format = format
    this.#left = options.together ? options.mostBytes : undefined
    // A copy of our own, in which the bound changes from item to item.
    this.#options = this.#left === undefined ? options : { ...options }
  }

  /** `blobs`: how many there were before. */
  encode(value: unknown, blobs: number): Root {
    const options = this.#options
    if (this.#left !== undefined) options.mostBytes = Math.max(0, this.#left)
    try {
      return encoding(value, () => this.#format.encodeItem(value, options, blobs))
    } catch (error) {
      // What has been written in vain is counted too: else each further item could cost as much again.
      if (this.#left !== undefined && error instanceof EncodeLimitError) this.#left = 0
      if (options.recover === undefined) throw error
      const item = options.recover(value, error)
      const { mostBytes: _, ...unbounded } = options
      return encoding(item, () => this.#format.encodeItem(item, unbounded, blobs))
    }
  }

  /** Encodes again what had to wait for something, until it has to no more. */
  async encodeSettled(given: unknown, first: Promise<unknown>, blobs: number): Promise<Root> {
    const { settle, recover } = this.#options
    let value = given
    for (let wait = first; ; ) {
      try {
        await wait
      } catch (error) {
        if (recover === undefined) throw error
        value = recover(given, error)
      }
      const item = this.encode(value, blobs)
      const next = settle?.()
      if (next === undefined) return item
      wait = next
    }
  }

  /** An item is sent as it was encoded last. */
  add({ bytes }: Root): void {
    if (this.#left !== undefined) this.#left -= bytes.length
  }
}

export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes)
  }
}

/** Pieces of fewer bytes go in one part: to send several costs more than to copy. */
const joinedBytes = 4096

const joined = (parts: readonly Uint8Array[], { length }: Uint8Array): readonly Uint8Array[] =>
  parts.length > 1 && length < joinedBytes ? [concatenate(parts)] : parts

/**
 * The pieces of blobs, one after the other; `first` is the id of the first. Leaving it ends the sources of all of
 * them, also those that were not begun, or that are waiting for their next piece.
 */
export function encodeBlobs(
  format: Format,
  blobs: readonly Blob[],
  first = 0,
): AsyncIterableIterator<Uint8Array> {
  let begun = 0
  let source: AsyncIterator<Uint8Array> | undefined
  const forsake = () => Promise.allSettled(blobs.slice(begun).map(blob => blob.cancel()))
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (const [index, blob] of blobs.entries()) {
        begun = index + 1
        const current = blob.chunks()[Symbol.asyncIterator]()
        source = current
        for await (const chunk of { [Symbol.asyncIterator]: () => current }) {
          for (const bytes of piecesOf(chunk)) yield* joined(format.encodePiece(first + index, bytes), bytes)
        }
        source = undefined
        yield* format.encodePiece(first + index)
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

/** Encoded parts between the loop that reads the source and the receiver that takes them. */
class Outbox {
  done = false
  cancelled = false
  #parts: Uint8Array[] = []
  #size = 0
  #wakeReceiver: (() => void) | undefined
  #wakeSource: (() => void) | undefined

  put(part: Uint8Array): void {
    this.#parts.push(part)
    this.#size += part.length
    this.#wakeReceiver?.()
  }

  end(): void {
    this.done = true
    this.#wakeReceiver?.()
  }

  /** Settles once there is room for more; undefined where there is. */
  room(): Promise<void> | undefined {
    if (this.#size < aheadBytes || this.cancelled) return undefined
    return new Promise(resolve => (this.#wakeSource = resolve))
  }

  /** All that is there, when something is; undefined at the end. */
  async take(): Promise<Uint8Array | undefined> {
    if (this.#parts.length === 0 && !this.done) {
      await new Promise<void>(resolve => (this.#wakeReceiver = resolve))
      this.#wakeReceiver = undefined
    }
    // A source that has more at once is let go on, so that many items travel together.
    if (!this.done && this.#size < aheadBytes) await turn()
    const bytes = this.#parts.length === 0 ? undefined : concatenate(this.#parts)
    this.#parts = []
    this.#size = 0
    this.#wakeSource?.()
    return bytes
  }

  cancel(): void {
    this.cancelled = true
    this.done = true
    this.#wakeSource?.()
    this.#wakeReceiver?.()
  }
}

/** Leaving it ends the source, even one that was never asked for an item or that is waiting for its next. */
export function encodeIterator(
  format: Format,
  iterator: AsyncIterator<unknown> | Iterator<unknown>,
  options: EncodeOptions,
): AsyncIterableIterator<Uint8Array> {
  const outbox = new Outbox()
  outbox.put(rootOf(format))
  let reading: Promise<void> | undefined
  return interruptible(
    async () => {
      reading ??= read(format, iterator, options, outbox)
      const value = await outbox.take()
      return value === undefined ? { value, done: true } : { value, done: false }
    },
    async () => {
      if (outbox.done) return
      outbox.cancel()
      await stop(iterator, options)
      await reading
    },
  )
}

/** Encodes what the source gives until its end, which says how many items there were, or that it broke. */
async function read(
  format: Format,
  iterator: AsyncIterator<unknown> | Iterator<unknown>,
  options: EncodeOptions,
  outbox: Outbox,
): Promise<void> {
  const items = new ItemEncoder(format, options)
  let count = 0
  let blobs = 0
  let end: Uint8Array | undefined
  let begun = performance.now()
  try {
    while (!outbox.cancelled) {
      if (performance.now() - begun >= sliceTime) {
        await turn()
        begun = performance.now()
        if (outbox.cancelled) break
      }
      const next = iterator.next()
      const { value, done } = 'then' in next ? await next : next
      if (done || outbox.cancelled) break
      let item = items.encode(value, blobs)
      const wait = options.settle?.()
      if (wait !== undefined) item = await items.encodeSettled(value, wait, blobs)
      items.add(item)
      count++
      outbox.put(item.bytes)
      if (item.blobs.length > 0) {
        for await (const part of encodeBlobs(format, item.blobs, blobs)) {
          if (outbox.cancelled) break
          outbox.put(part)
          await outbox.room()
        }
        blobs += item.blobs.length
      }
      const room = outbox.room()
      if (room !== undefined) await room
    }
    end = format.encodeEnd(count)
  } catch (error) {
    if (outbox.cancelled) return report(error, options)
    end = format.encodeEnd(count, (options.fault ?? brokenStream)(error))
    await stop(iterator, options)
  }
  outbox.put(end)
  outbox.end()
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

/** Whoever waits with the request's signal is told by an AbortError that the receiver has left: no news. */
function report(error: unknown, { fault }: EncodeOptions): void {
  if (!(error instanceof Error && error.name === 'AbortError')) fault?.(error)
}
