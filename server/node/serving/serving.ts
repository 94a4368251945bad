// The record of a running server: what it keeps and tells of, by figures, the log of requests, hooks, channels, spans;
// its properties, and its end.

import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { attempt, unwaited } from '../../../lib/promises.js'
import { type Log, report } from '../../core/context/log.js'
import type { ServiceDomain } from '../domain/service-domain.js'
import { channels } from './channels.js'
import { Figures } from './figures.js'
import { Hooks } from './hooks.js'
import { Observed, type Recording } from './observed.js'
import type { Properties } from './properties.js'
import { isLogged, type RequestLog, write } from './request-log.js'
import type { Listeners } from './server.js'
import { beginSpan } from './tracing.js'
import { Traffic } from './traffic.js'

export interface ServingOptions {
  /**
   * The log of requests, each once it is answered: `common` (the Common Log Format) or `json` on standard output,
   * or a logger, such as pino's. A logger also gets what routers log that have none of their own. Default: nowhere.
   */
  readonly log?: RequestLog | undefined
  /** Listeners to hooks, from the start; `server.on` adds others. */
  readonly on?: Listeners | undefined
}

interface ServingParts extends ServingOptions {
  readonly server: HttpServer
  readonly properties: Properties
  readonly domain: ServiceDomain
}

export class Serving implements Recording {
  readonly requests = new Figures()
  readonly steps = new Figures()
  readonly started = new Date()
  readonly traffic: Traffic
  readonly hooks: Hooks
  readonly log: Log | undefined
  readonly #properties: Properties
  readonly #domain: ServiceDomain
  readonly #requestLog: RequestLog | undefined
  /** Requests under way. */
  running = 0

  constructor({ server, properties, domain, log, on }: ServingParts) {
    this.#domain = domain
    this.traffic = new Traffic(server)
    this.#properties = properties
    this.#requestLog = log
    this.log = typeof log === 'object' ? log : undefined
    this.hooks = new Hooks(() => this.log ?? console, on)
  }

  /** A request that was let in, or refused by the service domain. `arrived` is by the clock of `performance`. */
  begin(incoming: IncomingMessage, outgoing: ServerResponse, arrived: number): Observed {
    const { headers } = this.#properties
    for (const name in headers) outgoing.setHeader(name, headers[name] as string)
    const observed = new Observed({ recording: this, incoming, outgoing, arrived })
    observed.span = beginSpan(incoming.method ?? '', incoming.headers)
    if (this.#requestLog !== undefined) observed.sayId()
    if (this.#isTold) {
      const { address } = this.#domain.senderOf(incoming)
      observed.remote = { address, sent: incoming.socket.bytesWritten }
    }
    this.running++
    outgoing.once('close', () => this.#ended(observed))
    return observed
  }

  get #isTold(): boolean {
    return this.#requestLog !== undefined || channels.request.hasSubscribers || this.hooks.has('request')
  }

  #ended(observed: Observed): void {
    this.running--
    const { name, status, milliseconds } = observed
    this.requests.record(name, status, milliseconds)
    observed.span?.end(name, observed.path, status)
    if (!this.#isTold) return
    const entry = observed.entry(milliseconds)
    channels.request.publish(entry)
    unwaited(this.hooks.emit('request', entry))
    const log = this.#requestLog
    if (log === undefined || !isLogged(status, this.#properties.logLevel)) return
    attempt(
      () => write(log, entry),
      error => report(console, 'a request could not be logged', error),
    )
  }

  step(observed: Observed, name: string, status: number, milliseconds: number): void {
    this.steps.record(name, status, milliseconds)
    if (channels.step.hasSubscribers) channels.step.publish({ id: observed.id, name, status, milliseconds })
  }

  failed({ id }: Observed, logref: string, error: unknown): void {
    const entry = { id, logref, error }
    channels.error.publish(entry)
    unwaited(this.hooks.emit('error', entry))
  }

  /** Logs an error of the server's own. */
  report(message: string, error: unknown): void {
    report(this.log ?? console, message, error)
  }
}
