// One request that was let in: whether its sender keeps sending, how long the application takes, and when its
// place is free again.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ServeLimits } from '../../../lib/limits.js'
import { attempt } from '../../../lib/promises.js'
import type { Fault } from '../../../lib/values/fault.js'
import type { Closing } from '../../core/context/bindings.js'
import { overLimit } from '../../core/faults/faults.js'
import { closing } from '../../core/responses/closing-stream.js'
import { refusalOf } from '../../features/html/refusal-page.js'

/** Bytes that a sender must bring in each `senderTime`: 500 a second by default, as with Apache's mod_reqtimeout. */
const senderBytes = 10_000

interface RunningOptions {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly limits: ServeLimits
  /** Called once, when neither the application nor the connection has to do with the request any more. */
  readonly over: () => void
}

export class Running {
  readonly #incoming: IncomingMessage
  /** As it was when the request came: one that was given up has none any more. */
  readonly socket: Socket
  readonly #outgoing: ServerResponse
  readonly #limits: ServeLimits
  readonly #over: () => void
  /** Ends the application's time: gives the answer in its place. Undefined before and after. */
  #answer: ((response: Response) => void) | undefined
  #settled = false
  #closed = false
  #controller: AbortController | undefined
  #timeIsUp = false
  /** When a sender last had brought enough, and how much. Undefined before the first look. */
  #since: number | undefined
  #received = 0
  #arrived: number | undefined
  #stream: Closing | undefined
  /** When its stream was told that the server is closing. */
  #told: number | undefined
  /** Once the server waits for it no longer than it must: milliseconds that a stream has to end by itself. */
  #grace: number | undefined
  /** Told that the time is up also once the head of the answer is sent. */
  #bounded: ((fault: Fault) => void) | undefined

  constructor({ incoming, outgoing, limits, over }: RunningOptions) {
    this.#incoming = incoming
    this.socket = incoming.socket
    this.#outgoing = outgoing
    this.#limits = limits
    this.#over = over
  }

  /** Has the head of the answer been sent? */
  get answering(): boolean {
    return this.#outgoing.headersSent
  }

  /** No further request is taken on its connection. */
  last(): void {
    this.#outgoing.shouldKeepAlive = false
  }

  /** Aborted when the time is up, or the server closes while a stream is sent. Made when somebody asks. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#timeIsUp) this.#controller.abort(timeIsUp())
    if (this.#told !== undefined) {
      this.#controller.abort(closing())
      this.#stream?.tell(true)
    }
    return this.#controller.signal
  }

  /** The answer is a stream: it ends with the server. */
  streams(stream: Closing): void {
    this.#stream = stream
    if (this.#grace !== undefined) this.end(this.#grace)
  }

  /** Tells a stream that the server is closing. */
  tell(): void {
    if (this.#stream === undefined || this.#told !== undefined) return
    this.#told = performance.now()
    this.#stream.tell(this.#controller !== undefined)
    this.#controller?.abort(closing())
  }

  /**
   * Ends a stream `grace` milliseconds after it was told that the server is closing: from now on, or from when the answer
   * turns out to be one. Called again, it may end earlier.
   */
  end(grace: number): void {
    this.#grace = grace
    this.tell()
    const stream = this.#stream
    if (stream === undefined || this.#told === undefined) return
    setTimeout(() => stream.end(), this.#told + grace - performance.now()).unref()
  }

  /** The time bounds the whole answer, not its head alone: `over` ends what is still to come. */
  bound(over: (fault: Fault) => void): void {
    this.#bounded = over
  }

  /** The application's answer, or that its time is up, whichever is first. */
  answer(ask: () => Response | Promise<Response>): Response | Promise<Response> {
    let result: Response | Promise<Response> | undefined
    try {
      result = ask()
    } finally {
      if (!(result instanceof Promise)) this.settle()
    }
    if (!(result instanceof Promise)) return result
    return new Promise((resolve, reject) => {
      this.#answer = resolve
      result.then(
        response => {
          this.settle()
          // Nobody reads the body of an answer that comes too late: what gives it must hear of that.
          if (this.#timeIsUp)
            attempt(
              () => response.body?.cancel(),
              () => undefined,
            )
          else resolve(response)
        },
        error => {
          this.settle()
          reject(error)
        },
      )
    })
  }

  /** The application has no more to do with it. */
  settle(): void {
    if (this.#settled) return
    this.#settled = true
    this.#answer = undefined
    if (this.#closed) this.#over()
  }

  /** The connection has no more to do with it; the application may, until it has given its answer. */
  closed(): void {
    this.#closed = true
    if (this.#settled) this.#over()
  }

  /** Looks at what has happened since the last time. `now` is in milliseconds. */
  look(now: number): void {
    if (this.#timeIsUp || (this.#settled && this.#bounded === undefined)) return
    const { senderTime, requestTime } = this.#limits
    if (this.#incoming.complete || this.#closed) {
      this.#arrived ??= now
      if (now - this.#arrived >= requestTime) this.#end(tooSlow(requestTime))
      return
    }
    const { bytesRead } = this.socket
    if (this.#since === undefined || bytesRead - this.#received >= senderBytes) {
      this.#since = now
      this.#received = bytesRead
      return
    }
    // Bytes that have come and were not taken are not the sender's fault.
    const waiting = this.#incoming.readableLength === 0
    if (now - this.#since < (waiting ? senderTime : requestTime)) return
    this.#end(waiting ? tooSlowSender(senderTime) : tooSlow(requestTime))
  }

  #end(fault: Fault): void {
    const answer = this.#answer
    this.#timeIsUp = true
    this.#bounded?.(fault)
    if (!this.answering) this.last()
    answer?.(refusalOf(fault).response(this.#incoming.headers.accept))
    this.#controller?.abort(timeIsUp())
    // Its place is free: who waits for something that never comes must not keep others out.
    this.settle()
  }
}

const timeIsUp = () => new DOMException('the time of the request is up', 'TimeoutError')

// Without a time to come again: that it would be answered then is not to be expected.
const tooSlow = (time: number) =>
  overLimit(`no answer within ${time} ms`, 'requestTime', time, { status: 503 })

const tooSlowSender = (time: number) =>
  overLimit(`less than ${senderBytes} bytes of the body within ${time} ms`, 'senderTime', time, {
    status: 408,
  })
