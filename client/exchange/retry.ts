// Repeating a request (spec/limits.md, "Overload"): a safe one is sent again where no answer came or the server asks
// for patience, any other only where the server says that it had begun nothing.

import { parseHttpDate } from '../../lib/http-date.js'
import { NetworkError, RemoteError } from '../errors.js'
import { isRepeatable, type RequestBody } from '../transport/body.js'
import { Refused } from '../transport/transport.js'
import type { Session } from './session.js'

export const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** Milliseconds between two attempts, at most, where the server has not said how many. */
const longestPause = 1000

/** Milliseconds until the next attempt; undefined where there is to be none. */
export function pauseAfter(
  error: unknown,
  { method, body }: { readonly method: string; readonly body: RequestBody },
  attempt: number,
  { retries, limits }: Session,
): number | undefined {
  if (attempt >= retries) return undefined
  if (error instanceof NetworkError) {
    if (error.cause instanceof Refused) return undefined
    return isSafe(method) ? Math.min(50 * 4 ** attempt, longestPause) : undefined
  }
  if (!(error instanceof RemoteError) || (error.status !== 503 && error.status !== 429)) return undefined
  const { retryAfter, details } = error
  if (retryAfter === undefined || retryAfter > limits.retryAfter) return undefined
  if (!isSafe(method) && !(details.started === false && isRepeatable(body))) return undefined
  // At random, so that clients which were turned away together do not come back together.
  return retryAfter * (1 + Math.random())
}

/** A `Retry-After` in milliseconds from now: seconds, or a date (RFC 9110 10.2.3). Undefined for any other text. */
export function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = parseHttpDate(header)
  return date === undefined ? undefined : Math.max(0, date - Date.now())
}
