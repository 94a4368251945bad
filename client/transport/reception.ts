// One answer as undici hands it over, until its reader has taken it: piece by piece, or whole. The sender waits while the
// reader does.

import { Fifo } from '../../lib/fifo.js'
import { interruptible } from '../../lib/interruptible.js'
import { concatenate } from '../../lib/values/blob.js'
import { codingsOf, decoded } from './content-coding.js'
import { Refused, type TransportRequest, type TransportResponse, Unsent } from './transport.js'

/** Failures before a byte has left, of undici's own. Those of the system are known by the call that failed. */
const unsentCodes = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_INVALID_ARG'])
const unsentCalls = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa'])

function isUnsent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isUnsent)
  if (!(error instanceof Error)) return false
  if (error instanceof Refused) return true
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return unsentCodes.has(String(code)) || unsentCalls.has(String(syscall))
}

/** The part of undici's controller of a request that is used here. */
interface Controller {
  readonly paused: boolean
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** Bytes of an answer that may wait for their reader, as in Node's streams, before the sender has to. */
const waitingBytes = 65_536

/** A handler of undici's for one request. */
export class Reception implements AsyncIterable<Uint8Array> {
  readonly #resolve: (response: TransportResponse) => void
  readonly #reject: (error: unknown) => void
  readonly #signal: AbortSignal | undefined
  #controller: Controller | undefined
  /** The reason for which the reader has left. */
  #left: { readonly reason: unknown } | undefined
  #started = false
  #ended = false
  #failed: { readonly error: unknown } | undefined
  readonly #chunks = new Fifo<Uint8Array>()
  #size = 0
  /** Is all of it read at once? Then nothing is held back. */
  #gathers = false
  /** Wakes the reader, who waits for more. */
  #wake: (() => void) | undefined

  constructor(
    { signal }: TransportRequest,
    resolve: (response: TransportResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#signal = signal
    if (signal?.aborted) this.#interrupt()
    else signal?.addEventListener('abort', this.#interrupt)
  }

  readonly #interrupt = (): void => this.#leave(this.#signal?.reason)

  /** Has the reader left, so that nothing need be sent? */
  get isLeft(): boolean {
    return this.#left !== undefined
  }

  #leave(reason: unknown): void {
    if (this.#ended || this.#left !== undefined) return
    this.#left = { reason }
    this.#chunks.splice()
    if (this.#controller !== undefined) this.#controller.abort(reason as Error)
    else this.#reject(new Unsent(reason))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#left !== undefined) controller.abort(this.#left.reason as Error)
  }

  onResponseStart(
    _: Controller,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An interim answer, such as 103.
    if (status < 200) return
    this.#started = true
    const header = (name: string): string | undefined => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
    const codings =
      headers['content-encoding'] === undefined ? [] : codingsOf(header('content-encoding') ?? '')
    this.#resolve({
      status,
      header,
      ...(headers['set-cookie'] !== undefined && { cookies: [headers['set-cookie']].flat() }),
      ...(codings.length > 0 ? { body: decoded(this, codings) } : { body: this, whole: this.#whole }),
    })
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size >= waitingBytes && !this.#gathers) controller.pause()
    else if (this.#gathers) return
    this.#wake?.()
  }

  onResponseEnd(): void {
    this.#end()
  }

  onResponseError(_: unknown, error: Error): void {
    this.#failed = { error }
    this.#end()
    if (!this.#started) this.#reject(isUnsent(error) ? new Unsent(error) : error)
  }

  #end(): void {
    this.#ended = true
    this.#signal?.removeEventListener('abort', this.#interrupt)
    this.#wake?.()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return interruptible(this.#next, this.#stop)
  }

  readonly #whole = async (): Promise<Uint8Array> => {
    this.#gathers = true
    this.#goOn()
    if (!this.#ended) await this.#arrival()
    this.#check()
    return concatenate(this.#chunks.splice())
  }

  readonly #next = async (): Promise<IteratorResult<Uint8Array>> => {
    while (this.#chunks.length === 0 && !this.#ended) {
      // `#goOn` may deliver the bytes that the socket holds before it returns: to wait for them then would miss the waking.
      if (this.#controller?.paused) this.#goOn()
      else await this.#arrival()
    }
    const value = this.#chunks.shift()
    if (value !== undefined) {
      this.#size -= value.length
      return { value, done: false }
    }
    this.#check()
    return { value: undefined, done: true }
  }

  readonly #stop = (): void => this.#leave(new Error('nobody wants the rest'))

  #goOn(): void {
    if (this.#controller?.paused) this.#controller.resume()
  }

  #arrival(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  /** Throws the error of an answer that broke off; its bytes before that have been read. */
  #check(): void {
    if (this.#failed !== undefined) throw this.#failed.error
  }
}
