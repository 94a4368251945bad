// One request under `serve`, as it is observed: little is done at once, and the rest when somebody asks or listens.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { attempt } from '../../../lib/promises.js'
import { type Log, report } from '../../core/context/log.js'
import type { Observer, StepObserver } from '../../core/context/observer.js'
import { type Trace, traceOf } from '../../core/context/trace.js'
import type { RequestEntry } from './entries.js'
import { elsewhere } from './figures.js'
import type { RequestSpan } from './tracing.js'

/** The ids that `hono/request-id` takes, so that nothing strange gets into logs. */
const requestId = /^[\w\-=]{1,255}$/

/** Status for a sender that left before it had its answer, as nginx logs it. */
const left = 499

/** The record of requests and steps. */
export interface Recording {
  readonly log: Log | undefined
  step(observed: Observed, name: string, status: number, milliseconds: number): void
  failed(observed: Observed, logref: string, error: unknown): void
}

interface ObservedOptions {
  readonly recording: Recording
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** By the clock of `performance`. */
  readonly arrived: number
}

export class Observed implements Observer {
  readonly #recording: Recording
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  /** A request that was given up has none any more when it is told of. */
  readonly #socket: Socket
  readonly #arrived: number
  #mount: string | undefined
  #reached: { readonly name: string; readonly path: string } | undefined
  #user: unknown
  #id: string | undefined
  #trace: Trace | undefined
  /** Goes before names: the part of the server that answers. */
  within = ''
  span: RequestSpan | undefined
  /** Kept at the start where the request will be told of, since the connection may be gone at the end. */
  remote: { readonly address: string | undefined; readonly sent: number } | undefined

  constructor({ recording, incoming, outgoing, arrived }: ObservedOptions) {
    this.#recording = recording
    this.#arrived = arrived
    this.#incoming = incoming
    this.#socket = incoming.socket
    this.#outgoing = outgoing
    if (incoming.headers['x-request-id'] !== undefined) this.sayId()
  }

  get id(): string {
    if (this.#id === undefined) {
      const given = this.#incoming.headers['x-request-id']
      this.#id = typeof given === 'string' && requestId.test(given) ? given : crypto.randomUUID()
      if (!this.#outgoing.headersSent) this.#outgoing.setHeader('x-request-id', this.#id)
    }
    return this.#id
  }

  /** Sends it along with the answer. */
  sayId(): string {
    return this.id
  }

  get trace(): Trace | undefined {
    const { traceparent, tracestate } = this.#incoming.headers
    return (this.#trace ??= this.span?.trace ?? traceOf(traceparent, tracestate))
  }

  get log(): Log | undefined {
    return this.#recording.log
  }

  entered(mount: string, user: unknown): void {
    this.#mount = mount
    this.#user = user
  }

  get user(): unknown {
    return this.#user
  }

  reached(name: string, path: string): void {
    this.#reached = { name, path }
  }

  failed(logref: string, error: unknown): void {
    const tell = () => this.#recording.failed(this, logref, error)
    for (const telling of [() => this.span?.failed(error), tell]) {
      attempt(telling, problem => report(console, 'an error could not be told of', problem))
    }
  }

  step(): StepObserver {
    const began = performance.now()
    const span = this.span?.step()
    return {
      run: step => (span === undefined ? step() : span.run(step)),
      ended: (name, status) => {
        span?.end(name, status)
        this.#recording.step(this, name, status, performance.now() - began)
      },
    }
  }

  /** Has a router found what is asked for? */
  get found(): boolean {
    return this.#reached !== undefined
  }

  get name(): string {
    return this.#reached === undefined ? elsewhere : this.within + this.#reached.name
  }

  /** Without states, queries and whatever else somebody may have written into a URL that leads nowhere. */
  get path(): string {
    if (this.#reached === undefined) return outline(this.#incoming.url ?? '/')
    return (this.#mount ?? '') + this.#reached.path
  }

  get method(): string {
    return this.#incoming.method ?? ''
  }

  /** Once the connection has no more to do with it. */
  get status(): number {
    return this.#outgoing.writableFinished ? this.#outgoing.statusCode : left
  }

  get milliseconds(): number {
    return performance.now() - this.#arrived
  }

  entry(milliseconds: number): RequestEntry {
    const { id, method, path, name, status, trace, remote } = this
    const bytes = this.#socket.bytesWritten - (remote?.sent ?? 0)
    const user = typeof this.#user === 'string' ? this.#user : undefined
    const version = this.#incoming.httpVersion
    return {
      id,
      method,
      path,
      version,
      name,
      status,
      milliseconds,
      bytes,
      address: remote?.address,
      user,
      trace,
    }
  }
}

/** The first segment of a path, and that there are more. */
function outline(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
  const [, first = '', ...more] = path.split('/')
  const shown = first.length > 32 ? '…' : first
  return more.length === 0 ? `/${shown}` : `/${shown}/${more.join('') === '' ? '' : '…'}`
}
