// The errors of a client: RemoteError for an answer that is an error, NetworkError where there was no answer.
// Messages name the method and the path, but not the state that URLs carry: it may be a secret.

import { describeUrl } from '../lib/describe-url.js'
import type { Fault } from '../lib/values/fault.js'

interface ErrorAnswer {
  readonly method: string
  readonly url: string
  readonly status: number
  /** The error that the server sent, if it sent one. */
  readonly fault: Fault | undefined
  readonly message: string
  readonly retryAfter?: number | undefined
}

/**
 * An answer of 400 or above; one of 300 and above that leads nowhere, such as a 304 to an unconditional request; or a
 * part (206) other than the one that was asked for.
 */
export class RemoteError extends Error {
  readonly method: string
  readonly status: number
  /** A word for programs, such as `not_found`; empty where the answer was not a Fault. */
  readonly code: string
  readonly origin: string | undefined
  /** Under which name the server's log has more; empty where there is none. */
  readonly logref: string
  /** What the server sent along, as results come: its objects are pages. */
  readonly details: Readonly<Record<string, unknown>>
  /** After how many milliseconds the server asks to come again (`Retry-After`); undefined where it doesn't. */
  readonly retryAfter: number | undefined
  /** The whole URL. Not enumerable: logs should not have it. */
  declare readonly url: string

  constructor({ method, url, status, fault, message, retryAfter }: ErrorAnswer) {
    const logged = fault === undefined || fault.logref === '' ? '' : ` (logref ${fault.logref})`
    super(`${method} ${describeUrl(url)}: ${status} ${message}${logged}`, fault && { cause: fault })
    this.name = 'RemoteError'
    this.method = method
    this.status = status
    this.code = fault?.code ?? ''
    this.origin = fault?.origin
    this.logref = fault?.logref ?? ''
    this.details = fault?.details ?? {}
    this.retryAfter = retryAfter
    Object.defineProperty(this, 'url', { value: url })
  }
}

/**
 * The fate of a request whose answer is missing:
 * `no`: it did not leave, so nothing was done; it can be sent again.
 * `unknown`: it left, wholly or in part, and was carried out or not, but never twice.
 * `answered`: the server has answered with `status`, and the rest was lost. The function has run, except where the
 * status is a redirect that moves the request itself (307, 308).
 */
export type Sent = 'no' | 'unknown' | 'answered'

/** An answer that is missing. */
interface Missing {
  readonly method: string
  readonly url: string
  readonly problem: string
  readonly sent: Sent
  readonly cause?: unknown
  readonly status?: number | undefined
}

/** No answer, or one that broke off. `sent` says whether something was done nevertheless. */
export class NetworkError extends Error {
  readonly method: string
  readonly sent: Sent
  /** The status of the answer, where `sent` is `answered`; that of the redirect, where the answer behind it is missing. */
  readonly status: number | undefined
  declare readonly url: string

  constructor({ method, url, problem, sent, cause, status }: Missing) {
    super(`${method} ${describeUrl(url)}: ${problem} (${known(sent, status)})`, { cause })
    this.name = 'NetworkError'
    this.method = method
    this.sent = sent
    this.status = status
    Object.defineProperty(this, 'url', { value: url })
  }
}

function known(sent: Sent, status: number | undefined): string {
  switch (sent) {
    case 'no':
      return 'not sent'
    case 'unknown':
      return 'sent, outcome unknown'
    case 'answered':
      return `answered with ${status}`
  }
}
