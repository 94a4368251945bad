// One table from errors to HTTP statuses, and what makes a Fault of anything thrown.

import { DecodeError, LimitError } from '../lib/errors.js'
import { Fault } from '../lib/fault.js'

const statuses: readonly (readonly [
  type: new (...parameters: never[]) => Error,
  status: number,
  code: string,
])[] = [
  [LimitError, 413, 'limit'],
  [DecodeError, 400, 'malformed'],
]

/** What Node's streams and the platform's say where a connection ended midway. */
const brokenOff = new Set<unknown>(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/** What reading a request threw: a Fault for what its sender did wrong, or for a sender that left. */
export function readingFault(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && brokenOff.has(error.code)) {
    return new Fault('the body broke off', { code: 'malformed', cause: error })
  }
  for (const [type, status, code] of statuses) {
    if (error instanceof type) {
      const details = error instanceof LimitError ? { limit: error.limit } : {}
      return new Fault(error.message, { status, code, details, cause: error })
    }
  }
  return error
}

export function throwReading(error: unknown): never {
  throw readingFault(error)
}

/**
 * The Fault that travels for an error. What the code threw on purpose is itself. What it threw by accident
 * goes to `report` under a new `logref`, which is all that the caller learns. A DecodeError is such an
 * accident too, unless it is the request's (`readingFault`): the application may have read something else.
 */
export function toFault(error: unknown, report: (logref: string, error: unknown) => void): Fault {
  if (error instanceof Fault) return error
  const logref = crypto.randomUUID()
  report(logref, error)
  return new Fault('internal error', { status: 500, code: 'internal', logref })
}

/** 405, with the methods that would do. */
export class MethodFault extends Fault {
  readonly allow: string

  constructor(method: string, allow: readonly string[]) {
    super(`${method} is not possible here, only ${allow.join(', ')}`, {
      status: 405,
      code: 'method_not_allowed',
    })
    this.allow = allow.join(', ')
  }
}
