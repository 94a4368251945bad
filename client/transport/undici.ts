// The transport of Node: undici's connections, kept alive, with a handler of our own: its `request` makes a Node
// stream of every answer, which costs as much as all the rest.

import { Agent, buildConnector, type Dispatcher } from 'undici'
import { isSpecialAddress } from '../../lib/addresses.js'
import { Fifo } from '../../lib/fifo.js'
import { interruptible } from '../../lib/interruptible.js'
import { checkArgument, having } from '../../lib/options.js'
import { concatenate } from '../../lib/values/blob.js'
import { codingsOf, decoded } from './content-coding.js'
import { isPrivate } from './private-address.js'
import {
  Refused,
  type Transport,
  type TransportRequest,
  type TransportResponse,
  Unsent,
} from './transport.js'

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

/**
 * A transport over an undici dispatcher of the application's own: an Agent, a Pool, a ProxyAgent. Throws TypeError for
 * what is none.
 */
export function undici(dispatcher: Dispatcher): Transport {
  checkArgument('undici', dispatcher, having('a dispatcher', 'dispatch'))
  return over(() => dispatcher)
}

function over(dispatcherFor: (url: string, from: string | undefined) => Dispatcher): Transport {
  const transport: Transport = request =>
    new Promise((resolve, reject) => {
      const { url, headers } = request
      const method = request.method as Dispatcher.HttpMethod
      const body = request.body as Uint8Array
      const reception = new Reception(request, resolve, reject)
      try {
        const { origin, path } = placeOf(url)
        dispatcherFor(url, request.from).dispatch({ origin, path, method, headers, body }, reception)
      } catch (error) {
        reception.onResponseError(undefined, error as Error)
      }
    })
  return Object.assign(transport, { afterTurn: (run: () => void) => process.nextTick(run) })
}

/** A URL that is spelt as `URL` would spell it, which then need not be made: it costs as much as a small body. */
const plainUrl =
  /^(https?:\/\/[a-z0-9.-]+(?::\d+)?)(\/(?!\/)[\w.~!$&()*+,;=:@%/-]*(?:\?[\w.~!$&()*+,;=:@%/?-]+)?)$/

function placeOf(url: string): { origin: string; path: string } {
  const [, origin, path] = (!url.includes('/.') && plainUrl.exec(url)) || []
  if (origin !== undefined && path !== undefined) return { origin, path }
  const { origin: parsed, pathname, search } = new URL(url)
  return { origin: parsed, path: pathname + search }
}

/** Bytes of an answer that may wait for their reader, as in Node's streams, before the sender has to. */
const waitingBytes = 65_536

/** One answer as it comes in, until its reader has taken it. */
class Reception implements Dispatcher.DispatchHandler, AsyncIterable<Uint8Array> {
  readonly #resolve: (response: TransportResponse) => void
  readonly #reject: (error: unknown) => void
  readonly #signal: AbortSignal | undefined
  #controller: Dispatcher.DispatchController | undefined
  /** Why nobody wants it any more. */
  #left: { readonly reason: unknown } | undefined
  #started = false
  #ended = false
  #failed: { readonly error: unknown } | undefined
  readonly #chunks = new Fifo<Uint8Array>()
  #size = 0
  /** All of it is wanted at once: nothing is held back. */
  #gathers = false
  /** Who waits for more. */
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

  #leave(reason: unknown): void {
    if (this.#ended || this.#left !== undefined) return
    this.#left = { reason }
    this.#chunks.splice()
    if (this.#controller !== undefined) this.#controller.abort(reason as Error)
    else this.#reject(new Unsent(reason))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#left !== undefined) controller.abort(this.#left.reason as Error)
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // What is said before the answer, such as 103.
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

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
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
      // Going on may bring what the socket holds before it returns, and its waking would be missed.
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

  /** What came before it broke off has been read. */
  #check(): void {
    if (this.#failed !== undefined) throw this.#failed.error
  }
}

/** Names of which it is remembered where they have led, the ones that were met last. */
const mostNames = 1000

/**
 * A transport of our own, whose redirects lead from no public address to a private one, also where both have names:
 * what counts is where a connection has ended up, which no name server can change afterwards. `connect` and
 * `isInside` are there for tests.
 */
export function guarded(
  connect: buildConnector.BuildOptions = {},
  isInside: (address: string) => boolean = isSpecialAddress,
): Transport {
  const connector = buildConnector(connect)
  const inside = new Set<string>()
  /** A name may have led to both: then who is asked by it may be either. */
  const outside = new Set<string>()
  const remember = (names: Set<string>, name: string) => {
    names.add(name)
    if (names.size > mostNames) names.delete(names.values().next().value as string)
  }
  const agent = (refusing: boolean) =>
    new Agent({
      // Idle connections do not keep a process alive.
      keepAliveTimeout: 30_000,
      connect: (options, callback) =>
        connector(options, (...[error, socket]) => {
          if (error !== null) return callback(error, null)
          const leadsInside = socket.remoteAddress !== undefined && isInside(socket.remoteAddress)
          remember(leadsInside ? inside : outside, options.hostname)
          if (!leadsInside || !refusing) return callback(null, socket)
          socket.destroy()
          callback(new Refused('a redirect from a public to a private address'), null)
        }),
    })
  const [open, refusing] = [agent(false), agent(true)]
  return over((url, from) => {
    if (from === undefined) return open
    const { host, hostname } = new URL(from)
    // Where a redirect stays at its host, its connections will do.
    const comesFromInside = isPrivate(hostname) || (inside.has(hostname) && !outside.has(hostname))
    const free = host === new URL(url).host || comesFromInside
    return free ? open : refusing
  })
}

/** One pool for all that don't bring their own. */
export const defaultTransport: Transport = guarded()
