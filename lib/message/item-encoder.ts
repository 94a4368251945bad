// The items of a stream that is sent: each encoded once what it holds is settled, or another in its place where it
// cannot be. How they travel is in sequence.ts.

import { EncodeError, EncodeLimitError } from '../errors.js'
import { defaultLimits } from '../limits.js'
import { unwaited } from '../promises.js'
import { type Blob, concatenate } from '../values/blob.js'
import { type Items, streamRoot } from '../values/stream.js'
import type { EncodeOptions } from './codec.js'
import type { Format, Root } from './format.js'
import { encoding, refuse } from './unencodable.js'

/** The first bytes of a message that is a stream. */
export const rootOf = (format: Format): Uint8Array =>
  format.beforePieces(format.encodeRoot(streamRoot, {}).bytes)

/** A stream whose items are all there: its bytes, and the blobs that they hold, whose pieces are to follow. */
export function encodeItems(format: Format, { values }: Items, options: EncodeOptions) {
  const parts = [rootOf(format)]
  const blobs: Blob[] = []
  const items = new ItemEncoder(format, options)
  for (const value of values) {
    const { root: item } = items.encode(value, blobs.length)
    items.add(item)
    parts.push(item.bytes)
    blobs.push(...item.blobs)
  }
  parts.push(format.encodeEnd(values.length))
  return { bytes: concatenate(parts), blobs }
}

/** An item, and what it was made of: the value that was given, or another in its place. */
interface Encoded {
  readonly value: unknown
  readonly root: Root
}

/** The items of one stream, which may share the bytes that they are allowed. */
export class ItemEncoder {
  readonly #format: Format
  readonly #options: EncodeOptions & { mostBytes?: number }
  /** The rest of the bytes that the items share. */
  #left: number | undefined
  readonly #sent = new Set<Blob>()

  constructor(format: Format, options: EncodeOptions) {
    this.#format = format
    this.#left = options.together ? options.mostBytes : undefined
    // A copy of our own, in which the bound changes from item to item.
    this.#options = this.#left === undefined ? options : { ...options }
  }

  /** `blobs`: how many there were before. */
  encode(value: unknown, blobs: number): Encoded {
    const options = this.#options
    if (this.#left !== undefined) options.mostBytes = Math.max(0, this.#left)
    try {
      const root = encoding(value, () => this.#format.encodeItem(value, options, blobs))
      this.#check(value, root)
      return { value, root }
    } catch (error) {
      // Bytes written in vain count too: else each further item could cost as much again.
      if (this.#left !== undefined && error instanceof EncodeLimitError) this.#left = 0
      options.unsent?.(value)
      return this.#recovered(value, error, blobs)
    }
  }

  /** A blob that is a stream goes out once, and not at all where somebody has read it. */
  #check(value: unknown, { blobs }: Root): void {
    const spent = blobs.find(blob => blob.spent || (blob.isOnce && this.#sent.has(blob)))
    if (spent !== undefined)
      encoding(value, () => refuse(spent, 'a blob that is a stream, and was read before'))
  }

  /** The item in the place of one that cannot be encoded. What the application says of it may be impossible too. */
  #recovered(given: unknown, problem: unknown, blobs: number): Encoded {
    const { recover, settle } = this.#options
    if (recover === undefined) throw problem
    const { mostBytes: _, ...unbounded } = this.#options
    let error = problem
    for (let attempt = 0; ; attempt++) {
      // Promises met on the way to an item that is not sent are waited for by nobody.
      const forgotten = settle?.()
      if (forgotten !== undefined) unwaited(forgotten)
      const value = recover(given, error)
      try {
        return { value, root: encoding(value, () => this.#format.encodeItem(value, unbounded, blobs)) }
      } catch (cause) {
        if (attempt > 0) throw cause
        error = new Error(`a Fault that cannot be sent: ${String(cause)}`, { cause: error })
      }
    }
  }

  /** Encodes again what had to wait for something, until it has to no more. */
  async encodeSettled(given: unknown, first: Promise<unknown>, blobs: number): Promise<Root> {
    const { settle } = this.#options
    let value = given
    let wait = first
    for (let round = 0; round <= defaultLimits.depth; round++) {
      const item = await this.#after(wait, value, blobs)
      const next = settle?.()
      if (next === undefined) return item.root
      value = item.value
      wait = next
    }
    return this.#recovered(
      given,
      new EncodeError('promises that lead to more of them without end', '$'),
      blobs,
    ).root
  }

  async #after(wait: Promise<unknown>, value: unknown, blobs: number): Promise<Encoded> {
    try {
      await wait
    } catch (error) {
      return this.#recovered(value, error, blobs)
    }
    return this.encode(value, blobs)
  }

  /** An item is sent as it was encoded last. */
  add({ bytes, blobs }: Root): void {
    if (this.#left !== undefined) this.#left -= bytes.length
    for (const blob of blobs) this.#sent.add(blob)
  }
}
