// Streams: results that arrive item by item (spec/protocol.md, "Streams"). A stream is a message of its own:
// its root says so, its items follow, and an end says how many they were.

import { isPromise, unwaited } from '../promises.js'
import { Blob } from './blob.js'
import { Fault } from './fault.js'
import { Extension } from './nodes.js'

/** The root of a message that is a stream. */
export const streamRoot: Extension = new Extension('stream')

export const isStreamRoot = (value: unknown): boolean => value instanceof Extension && value.name === 'stream'

/** Items that are all there, to be sent as a stream. */
export class Items {
  readonly values: readonly unknown[]

  constructor(values: readonly unknown[]) {
    this.values = values
  }
}

type Source = Partial<AsyncIterable<unknown> & Iterable<unknown> & { next: unknown }>

/** Is it sent item by item: an iterator, a generator, or an async iterable? */
export function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const source = value as Source
  // Not by its method `chunks`: iterators are to have one of this name too.
  if (value instanceof ReadableStream || value instanceof Blob) return false
  if (typeof source[Symbol.asyncIterator] === 'function') return true
  // A list or a set is a value; what has `next` is a generator or another iterator, which is used up by reading.
  return typeof source.next === 'function' && typeof source[Symbol.iterator] === 'function'
}

/** The iterator of a value that is sent item by item. Throws TypeError where that is a promise of one. */
export function iteratorOf(value: unknown): AsyncIterator<unknown> | Iterator<unknown> | undefined {
  if (!isStream(value)) return undefined
  const source = value as Source
  const iterator: unknown = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]?.()
  if (!isPromise(iterator)) return iterator as AsyncIterator<unknown> | Iterator<unknown> | undefined
  unwaited(iterator)
  throw new TypeError('[Symbol.asyncIterator]() gave a promise, not an iterator')
}

/** The Fault for a stream that broke, where the sender has no better one. */
export const brokenStream = (error: unknown): Fault =>
  error instanceof Fault ? error : new Fault('the stream broke', { status: 500, code: 'internal' })

/**
 * A stream that arrives: an async iterable, to be read once. Leaving it early stops the sender. What ends
 * without saying so, and what says that it broke, is an error.
 */
export class ItemStream implements AsyncIterableIterator<unknown> {
  readonly #take: () => { readonly value: unknown } | undefined
  readonly #wait: () => Promise<boolean>
  readonly #drop: () => void
  #asked = 0
  #before: Promise<unknown> = Promise.resolve()

  /** `take` gives the next item if it is there, `wait` settles when there is one or, with false, the end. */
  constructor(
    take: () => { readonly value: unknown } | undefined,
    wait: () => Promise<boolean>,
    drop: () => void,
  ) {
    this.#take = take
    this.#wait = wait
    this.#drop = drop
  }

  next(): Promise<IteratorResult<unknown>> {
    const taken = this.#asked === 0 ? this.#take() : undefined
    if (taken !== undefined) return Promise.resolve({ value: taken.value, done: false })
    // Asked several times at once, the first gets the first item.
    this.#asked++
    const result = this.#before.then(() => this.#later()).finally(() => this.#asked--)
    this.#before = result.catch(() => undefined)
    return result
  }

  async #later(): Promise<IteratorResult<unknown>> {
    for (;;) {
      const taken = this.#take()
      if (taken !== undefined) return { value: taken.value, done: false }
      if (!(await this.#wait())) return { value: undefined, done: true }
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#drop()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
