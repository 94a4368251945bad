// A stream that is being sent while its server closes. It need not come to its end: whoever reads it is told that it
// was ended, and why, and goes on elsewhere by what it has (spec/operations.md, "Closing a server").

import { Fault } from '../../../lib/values/fault.js'
import { isStream, iteratorOf } from '../../../lib/values/stream.js'
import type { Closing } from '../context/bindings.js'

/** The Fault that its reader gets, after the items that came. It is the reason of the signal, too. */
export const closing = (): Fault => new Fault('the server is closing', { status: 503, code: 'closing' })

type Result = IteratorResult<unknown>
type Source = AsyncIterator<unknown> | Iterator<unknown>

/**
 * The result of a call; a stream in a form that can be ended while it waits for its next item, where somebody does that.
 * `late` is told of what the source throws when it has been left.
 */
export function closable(
  value: unknown,
  running: { readonly streams: (stream: Closing) => void } | undefined,
  late: (error: unknown) => unknown,
): unknown {
  if (running === undefined || !isStream(value)) return value
  const stream = new ClosingStream(iteratorOf(value) as Source, late)
  running.streams(stream)
  return stream
}

class ClosingStream implements Closing {
  readonly #source: Source
  readonly #late: (error: unknown) => unknown
  /** Ends the waiting for an item. */
  #interrupt: ((fault: Fault) => void) | undefined
  #watched = false
  #over = false

  constructor(source: Source, late: (error: unknown) => unknown) {
    this.#source = source
    this.#late = late
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  tell(watched: boolean): void {
    this.#watched = watched
  }

  end(): void {
    this.#over = true
    this.#interrupt?.(closing())
  }

  /** At once where the source has its items at once. Throws, or rejects with, the Fault of the end. */
  next(): Result | Promise<Result> {
    if (this.#over) throw closing()
    const next = this.#source.next()
    if (!('then' in next)) return this.#checked(next)
    return new Promise((resolve, reject) => {
      this.#interrupt = reject
      next.then(
        result => {
          this.#interrupt = undefined
          try {
            resolve(this.#checked(result))
          } catch (error) {
            reject(error)
          }
        },
        error => {
          this.#interrupt = undefined
          // A source that waits with the signal has only passed on the reason of that.
          if (this.#over && !isAbort(error)) this.#late(error)
          reject(this.#watched && isAbort(error) ? closing() : error)
        },
      )
    })
  }

  /** A stream that was told to end, and has, may lack items. One that took no notice has come to its own end. */
  #checked(result: Result): Result {
    if (result.done && this.#watched) throw closing()
    return result
  }

  /** Settled with the source; at once where nothing more is waited for. */
  return(): Promise<Result> {
    const done: Result = { value: undefined, done: true }
    const left = async () => this.#source.return?.()
    if (!this.#over) return left().then(() => done)
    left().catch(error => isAbort(error) || this.#late(error))
    return Promise.resolve(done)
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
