// The early end of a call, by the caller's signal or by the time limit. Once a call is over, no timer of it is left, and
// no listener on a signal that lives longer. Many calls at once make one listener.

import { NetworkError, type Sent } from '../errors.js'
import { Timer } from '../timer.js'
import type { Session } from './session.js'

/** The calls that a signal would end. Its listener is there while there are any. */
const running = new WeakMap<AbortSignal, Set<Deadline>>()

function interruptAll(this: AbortSignal): void {
  for (const deadline of running.get(this) ?? []) deadline.interrupt(this.reason)
}

export class Deadline {
  /** That of calls which nothing ends early. */
  static readonly #none = new Deadline({ signal: undefined, timeout: undefined }, undefined)

  /** `begun`: the time by `performance.now()` at which the call was asked for, if that is not now. */
  static of(session: Session, begun?: number): Deadline {
    return session.signal === undefined && session.timeout === undefined
      ? Deadline.#none
      : new Deadline(session, begun)
  }

  readonly #controller: AbortController | undefined
  readonly #caller: AbortSignal | undefined
  readonly #timer: Timer | undefined
  readonly #end: number | undefined
  #expired = false

  private constructor({ signal, timeout }: Pick<Session, 'signal' | 'timeout'>, begun: number | undefined) {
    if (signal === undefined && timeout === undefined) return
    this.#controller = new AbortController()
    this.#caller = signal
    if (signal?.aborted) this.#controller.abort(signal.reason)
    else if (signal !== undefined) this.#watch(signal)
    if (timeout === undefined) return
    const now = performance.now()
    this.#end = (begun ?? now) + timeout
    const expire = () => {
      this.#expired = true
      this.interrupt(new DOMException(`no answer within ${timeout} ms`, 'TimeoutError'))
    }
    // The connection keeps a process alive as long as it is needed.
    if (this.#end < now) expire()
    else this.#timer = new Timer(this.#end - now, expire).unref()
  }

  /** For transports; undefined where nothing can end the call. */
  get signal(): AbortSignal | undefined {
    return this.#controller?.signal
  }

  get passed(): boolean {
    return this.#controller?.signal.aborted === true
  }

  /** Milliseconds until the time is up. */
  get left(): number {
    return this.#end === undefined ? Number.POSITIVE_INFINITY : this.#end - performance.now()
  }

  /** The error of a call that was ended: the caller's own reason, or a NetworkError if its time is up. */
  reason(method: string, url: string, sent: Sent, status?: number): unknown {
    const reason: unknown = this.#controller?.signal.reason
    if (!this.#expired) return reason
    return new NetworkError({ method, url, problem: (reason as Error).message, sent, cause: reason, status })
  }

  #watch(signal: AbortSignal): void {
    const others = running.get(signal)
    if (others !== undefined) {
      others.add(this)
      return
    }
    running.set(signal, new Set([this]))
    signal.addEventListener('abort', interruptAll)
  }

  interrupt(reason: unknown): void {
    this.end()
    this.#controller?.abort(reason)
  }

  /** The call is over. Anything may say so, any number of times. */
  end(): void {
    this.#timer?.stop()
    const caller = this.#caller
    const others = caller && running.get(caller)
    if (others?.delete(this) && others.size === 0) {
      running.delete(caller as AbortSignal)
      caller?.removeEventListener('abort', interruptAll)
    }
  }

  /**
   * The result of a promise; rejects with `reason` where the call is ended before. A promise that heeds the signal has a
   * turn to reject with a better reason.
   */
  race<T>(promise: Promise<T>, reason: () => unknown): Promise<T> {
    const { signal } = this
    if (signal === undefined) return promise
    return new Promise((resolve, reject) => {
      const end = () => setTimeout(() => reject(reason()), 0)
      if (signal.aborted) end()
      else signal.addEventListener('abort', end)
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
    })
  }

  /** Rests for some milliseconds, or until the call is ended. */
  pause(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const { signal } = this
      const done = () => {
        timer.stop()
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = new Timer(milliseconds, done)
      signal?.addEventListener('abort', done)
      if (signal?.aborted) done()
    })
  }
}

/** The bounds of a call that is not under way: its options, and the time at which it was asked for, if that counts. */
export interface Bounds {
  readonly session: Session
  readonly begun: number | undefined
}

/** The beginning of the calls that are made now, where they are made for one that was asked for before. */
let since: number | undefined

/** Runs a function, whose calls are made for one that has begun before: they have the time that is left of it. */
export function sinceThen<T>(begun: number | undefined, run: () => T): T {
  const before = since
  since = begun
  try {
    return run()
  } finally {
    since = before
  }
}

/** The beginning of a call that is made now; undefined where its time is not limited. */
export const beginning = ({ timeout }: Session): number | undefined =>
  timeout === undefined ? undefined : (since ?? performance.now())

/** The result of a promise, unless the call that waits for it is ended before; `sent` is for the error of that. */
export async function bounded<T>(
  promise: Promise<T>,
  { session, begun }: Bounds,
  { method, url, sent }: { readonly method: string; readonly url: string; readonly sent: Sent },
): Promise<T> {
  const deadline = Deadline.of(session, begun)
  try {
    return await deadline.race(promise, () => deadline.reason(method, url, sent))
  } finally {
    deadline.end()
  }
}
