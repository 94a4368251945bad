// Expiry: until when a URL opens, in the bytes that are sealed. Instants are milliseconds, as `Date.now()` counts.
// How it is passed on to what the URL leads to is in expiries.ts.

import { Duration } from '../../../lib/values/duration.js'
import { Fault } from '../../../lib/values/fault.js'

/** What starts a state that expires: the head of an integer of 8 bytes. A state starts with that of a map. */
const head = 0x1b
const headed = 9

/** The earlier of two, either of which may be none. */
export const earlier = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one

/** A state with the instant before it: a CBOR sequence of an integer and a map. */
export function withExpiry(state: Uint8Array, expires: number): Uint8Array {
  const bytes = Buffer.alloc(headed + state.length)
  bytes[0] = head
  bytes.writeBigUInt64BE(BigInt(Math.max(0, expires)), 1)
  bytes.set(state, headed)
  return bytes
}

/** A state, and until when it holds. Throws a Fault where that is over. */
export function readExpiry(bytes: Uint8Array): { state: Uint8Array; expires: number | undefined } {
  if (bytes[0] !== head || bytes.length < headed) return { state: bytes, expires: undefined }
  const expires = Number(Buffer.from(bytes.buffer, bytes.byteOffset, headed).readBigUInt64BE(1))
  if (Date.now() >= expires) throw new Fault('this URL has expired', { status: 403, code: 'expired' })
  return { state: bytes.subarray(headed), expires }
}

/** What is meant by `expires`. Throws TypeError, or RangeError for a date that is none. */
export function instantOf(expires: unknown): number {
  const instant =
    expires instanceof Date ? expires.getTime() : expires instanceof Duration ? after(expires) : undefined
  if (instant === undefined) throw new TypeError('expires is a Date, or a Duration from now')
  if (Number.isNaN(instant)) throw new RangeError('expires is an invalid date')
  // Never later than what was said.
  return Math.floor(instant)
}

/** Months from now end on the same day of the month, or where there is none, early in the next. */
function after({ months, milliseconds }: Duration): number {
  const date = new Date()
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.getTime() + milliseconds
}
