// What may end a call early: the caller's signal and the time limit. Nothing of a call is left once it is over:
// no timer, and no listener on a signal that lives longer. Many calls at once make one listener.

import { NetworkError, type Sent } from './errors.js'
import type { Session } from './session.js'
import { Timer } from './timer.js'

/** The calls that a signal would end. Its listener is there while there are any. */
const running = new WeakMap<AbortSignal, Set<Deadline>>()

function interruptAll(this: AbortSignal): void {
  for (const deadline of running.get(this) ?? []) deadline.interrupt(this.reason)
}

export class Deadline {
  /** That of calls which nothing ends early. */
  static readonly #none = new Deadline({ signal: undefined, timeout: undefined })

  static of(session: Session): Deadline {
    return session.signal === undefined && session.timeout === undefined
      ? Deadline.#none
      : new Deadline(session)
  }

  readonly #controller: AbortController | undefined
  readonly #caller: AbortSignal | undefined
  readonly #timer: Timer | undefined
  readonly #end: number | undefined
  #expired = false

  private constructor({ signal, timeout }: Pick<Session, 'signal' | 'timeout'>) {
    if (signal === undefined && timeout === undefined) return
    this.#controller = new AbortController()
    this.#caller = signal
    if (signal?.aborted) this.#controller.abort(signal.reason)
    else if (signal !== undefined) this.#watch(signal)
    if (timeout === undefined) return
    this.#end = performance.now() + timeout
    const expire = () => {
      this.#expired = true
      this.interrupt(new DOMException(`no answer within ${timeout} ms`, 'TimeoutError'))
    }
    // The connection keeps a process alive as long as it is needed.
    this.#timer = new Timer(timeout, expire).unref()
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

  /** Why the call was ended: the caller's own reason, or that its time is up, with what is known of it. */
  reason(method: string, url: string, sent: Sent, status?: number): unknown {
    const reason: unknown = this.#controller?.signal.reason
    if (!this.#expired) return reason
    return new NetworkError(method, url, (reason as Error).message, sent, reason, status)
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
