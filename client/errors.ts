// What a client throws: RemoteError for what a server answered, NetworkError where there was no answer.
// Messages name the method and the path, but not the state that URLs carry: it may be a secret.

import type { Fault } from '../lib/fault.js'

/** The path of a URL for people: its middle, where state is, left out. */
export function describeUrl(url: string): string {
  const path = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
  const segments = path.split('/').slice(1)
  if (segments.length < 3) return path === '' ? '/' : path
  return `/${segments[0]}/…/${segments.at(-1)}`
}

interface Answered {
  readonly method: string
  readonly url: string
  readonly status: number
  /** The error that the server sent, if it sent one. */
  readonly fault: Fault | undefined
  readonly message: string
}

/** An answer of 400 or above. */
export class RemoteError extends Error {
  readonly method: string
  readonly status: number
  /** A word for programs, such as `not_found`; empty where the answer was not a Fault. */
  readonly code: string
  readonly origin: string | undefined
  /** Under which name the server's log has more; empty where there is none. */
  readonly logref: string
  /** Plain values that the server sent along. */
  readonly details: Readonly<Record<string, unknown>>
  /** The whole URL. Not enumerable: logs should not have it. */
  declare readonly url: string

  constructor({ method, url, status, fault, message }: Answered) {
    const logged = fault === undefined || fault.logref === '' ? '' : ` (logref ${fault.logref})`
    super(`${method} ${describeUrl(url)}: ${status} ${message}${logged}`, fault && { cause: fault })
    this.name = 'RemoteError'
    this.method = method
    this.status = status
    this.code = fault?.code ?? ''
    this.origin = fault?.origin
    this.logref = fault?.logref ?? ''
    this.details = fault?.details ?? {}
    Object.defineProperty(this, 'url', { value: url })
  }
}

/** Did the request reach the server? Only `no` makes it safe to send an unsafe request again. */
export type Sent = 'no' | 'unknown'

/** No answer, or one that could not be read. A certain `sent: 'no'` means that nothing was done. */
export class NetworkError extends Error {
  readonly method: string
  readonly sent: Sent
  declare readonly url: string

  constructor(method: string, url: string, problem: string, sent: Sent, cause?: unknown) {
    const known = sent === 'no' ? 'not sent' : 'sent, outcome unknown'
    super(`${method} ${describeUrl(url)}: ${problem} (${known})`, { cause })
    this.name = 'NetworkError'
    this.method = method
    this.sent = sent
    Object.defineProperty(this, 'url', { value: url })
  }
}
