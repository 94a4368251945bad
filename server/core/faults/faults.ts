// The Fault that travels for an error: of anything thrown, and of a limit that was passed.

import { DecodeError, EncodeLimitError, LimitError } from '../../../lib/errors.js'
import type { Limits } from '../../../lib/limits.js'
import { dropped } from '../../../lib/promises.js'
import { Fault } from '../../../lib/values/fault.js'
import type { FaultCode } from '../../../lib/values/fault-statuses.js'
import { malformed } from './http.js'

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

interface OverLimitOptions {
  /** Default 413. */
  readonly status?: number
  /** `false`: it is certain that nothing of the request was begun, so that even a form may be sent again. */
  readonly started?: false
}

/**
 * An answer of too many bytes. 500 where it is what one call gave, which the application made and only it can mend;
 * 413 in a pipeline, whose steps add up to what their caller asked for.
 */
export const tooMuchToSay = (bytes: number, status: 413 | 500, logref = ''): Fault =>
  new Fault(`an answer of more than ${bytes} bytes`, {
    status,
    code: 'limit',
    logref,
    details: { limit: 'answerBytes', value: bytes },
  })

/** The Fault for a limit that was passed. */
export function overLimit(
  problem: string,
  limit: string,
  value: number,
  { status = 413, ...more }: OverLimitOptions = {},
): Fault {
  return new Fault(problem, { status, code: 'limit', details: { limit, value, ...more } })
}

/** What reading a request threw: a Fault for what its sender did wrong, or for a sender that left. */
export function readingFault(error: unknown, limits?: Limits): unknown {
  if (error instanceof Error && 'code' in error && brokenOff.has(error.code)) {
    return malformed('the body broke off', error)
  }
  for (const [type, status, code] of statuses) {
    if (error instanceof type) {
      const details = error instanceof LimitError ? detailsOf(error, limits) : {}
      return new Fault(error.message, { status, code, details, cause: error })
    }
  }
  return error
}

const detailsOf = ({ limit }: LimitError, limits: Limits | undefined) => ({
  limit,
  value: limits?.[limit as keyof Limits] ?? null,
})

/** An upload that could not be kept; the cause says why, in the words of the system. */
export class StorageError extends Error {
  constructor(cause: unknown) {
    super(`an upload could not be kept: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'StorageError'
  }
}

/** What its sender learns of that, by the system's code; of anything else, that it is an internal error. */
const storage: ReadonlyMap<unknown, readonly [code: FaultCode, message: string]> = new Map([
  ['ENOSPC', ['storage_full', 'no room for the upload']],
  ['EDQUOT', ['storage_full', 'no room for the upload']],
  ['EMFILE', ['overloaded', 'too many uploads at once']],
  ['ENFILE', ['overloaded', 'too many uploads at once']],
])

/**
 * The Fault that travels for an error. What the code threw on purpose is itself. What it threw by accident
 * goes to `report` under a new `logref`, which is all that the caller learns. A DecodeError is such an
 * accident too, unless it is the request's (`readingFault`): the application may have read something else. An
 * upload for which there is no room is logged as well, and the caller learns of it; so is an answer that is too
 * long.
 */
export function toFault(error: unknown, report: (logref: string, error: unknown) => void): Fault {
  if (error instanceof Fault) {
    dropped(error)
    return error
  }
  const logref = crypto.randomUUID()
  report(logref, error)
  if (error instanceof EncodeLimitError) return tooMuchToSay(error.bytes, 500, logref)
  const known = error instanceof StorageError && storage.get((error.cause as { code?: unknown }).code)
  if (known) {
    const [code, message] = known
    return new Fault(message, { code, logref })
  }
  return new Fault('internal error', { code: 'internal', logref })
}
