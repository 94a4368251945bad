// Items that fall together in V8's tables, and as many that do not.

import { hashOf } from '../lib/values/distinct.js'

const sameBucket = (mask: number) => (value: number | bigint) => (hashOf(value) & mask) === 0

function found<T extends number | bigint>(
  count: number,
  fits: (value: T) => boolean,
  candidate: (index: number) => T,
): T[] {
  const values: T[] = []
  for (let index = 0; values.length < count; index++) {
    const value = candidate(index)
    if (fits(value)) values.push(value)
  }
  return values
}

/** Of `count` integers all are in one bucket of the table that holds so many. */
export const hostileIntegers = (count: number): number[] => {
  const mask = 2 ** Math.ceil(Math.log2(count)) / 2 - 1
  return found(count, sameBucket(mask), index => (index % 2 === 0 ? index : -index))
}

export const hostileFloats = (count: number): number[] => {
  const mask = 2 ** Math.ceil(Math.log2(count)) / 2 - 1
  return found(count, sameBucket(mask), index => index + 2 ** 40 + 0.5)
}

/** The lowest 64 bits are the same. */
export const hostileBigints = (count: number): bigint[] =>
  Array.from({ length: count }, (_, index) => (BigInt(index + 1) << 64n) + 5n)

/** So long that their length is all that their hash knows. */
export const hostileTexts = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => 'x'.repeat(16_380) + String(index).padStart(10, '0'))
