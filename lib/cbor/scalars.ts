// Scalars that CBOR has in other forms than JavaScript: integers, floats, and under a tag bignums, times and durations.
// They are told where they stand, for their errors.

import { DecodeError, LimitError } from '../errors.js'
import { bytesOfDigits } from '../limits.js'
import { Duration } from '../values/duration.js'
import { parseInstant } from '../values/instant.js'
import { durationKey } from './tags.js'

/** Major type 1: −1 − count. */
export const negative = (count: number | bigint): number | bigint =>
  typeof count === 'bigint' || count >= Number.MAX_SAFE_INTEGER ? -1n - BigInt(count) : -1 - count

/** Integers are numbers wherever they are safe. */
export const narrow = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value

/** IEEE 754 binary16, from its bits. */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

/** A bignum of at most so many decimal digits. */
export function bignum(bytes: unknown, integerDigits: number, offset: number): bigint {
  if (!(bytes instanceof Uint8Array)) throw new DecodeError('a bignum must be a byte string', offset)
  if (bytes.length > bytesOfDigits(integerDigits)) {
    throw new LimitError(`integer of more than ${integerDigits} digits`, offset, { limit: 'integerDigits' })
  }
  let hex = '0x0'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}

/** Tag 0. */
export function timeOfText(text: unknown, offset: number): Date {
  const date = typeof text === 'string' ? parseInstant(text) : undefined
  if (date === undefined) throw new DecodeError('not an RFC 3339 time', offset)
  return date
}

/** Tag 1. */
export function timeOfEpoch(seconds: unknown, offset: number): Date {
  const date = typeof seconds === 'number' ? new Date(Math.round(seconds * 1000)) : undefined
  if (date === undefined || Number.isNaN(date.getTime()))
    throw new DecodeError('not a time that can be held', offset)
  // A float has some digits more, of which none is exact: who means them sends tag 0.
  if (date.getTime() / 1000 !== seconds)
    throw new DecodeError('seconds with more digits than milliseconds, which tag 0 has', offset)
  return date
}

export const durationProblem = 'a duration has keys 1, -9 and "months" only'

/** Tag 1002. Takes the keys that it knows out of the map. */
export function durationOf(map: Map<unknown, unknown>, offset: number): Duration {
  const take = (key: string | number) => {
    if (!map.has(key)) return 0
    const value = map.get(key)
    map.delete(key)
    return typeof value === 'number' ? value : Number.NaN
  }
  try {
    const duration = new Duration({
      seconds: take(durationKey.seconds),
      nanoseconds: take(durationKey.nanoseconds),
      months: take(durationKey.months),
    })
    if (map.size === 0) return duration
  } catch (cause) {
    throw new DecodeError('not a duration that can be held', offset, { cause })
  }
  throw new DecodeError(durationProblem, offset)
}
