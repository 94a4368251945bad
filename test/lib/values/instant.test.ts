// Points in time: what is read as one, and how it is written, to the nanosecond.

import { describe, expect, it } from 'vitest'
import { formatInstant, Instant, instant, nanosecondsOf, parseInstant } from '../../../lib/values/instant.js'

describe('a point in time', () => {
  it.each([
    ['2026-11-21T12:00:00Z', '2026-11-21T12:00:00.000000Z'],
    ['2026-11-21t12:00:00z', '2026-11-21T12:00:00.000000Z'],
    ['2026-11-21T12:00:00.1Z', '2026-11-21T12:00:00.100000Z'],
    ['2026-11-21T12:00:00.123Z', '2026-11-21T12:00:00.123000Z'],
    ['2026-11-21T12:00:00.123456Z', '2026-11-21T12:00:00.123456Z'],
    ['2026-11-21T12:00:00.1234567Z', '2026-11-21T12:00:00.123456700Z'],
    ['2026-11-21T12:00:00.123456789Z', '2026-11-21T12:00:00.123456789Z'],
    ['2026-11-21T12:00:00+00:00', '2026-11-21T12:00:00.000000Z'],
    ['2026-11-21T00:30:00+01:00', '2026-11-20T23:30:00.000000Z'],
    ['2026-11-21T23:30:00-0130', '2026-11-22T01:00:00.000000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000Z'],
    ['1969-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.999999999Z'],
    ['+275760-09-13T00:00:00Z', '+275760-09-13T00:00:00.000000Z'],
    ['-271821-04-20T00:00:00Z', '-271821-04-20T00:00:00.000000Z'],
  ])('reads %s as %s', (text, canonical) => {
    const date = parseInstant(text) as Date
    expect(formatInstant(date)).toBe(canonical)
    expect(formatInstant(parseInstant(canonical) as Date)).toBe(canonical)
  })

  it.each([
    '',
    '2026-11-21',
    '2026-11-21T12:00:00',
    '2026-11-21T12:00Z',
    '2026-11-21 12:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '2026-01-01T00:00:00+1',
    '26-01-01T00:00:00Z',
    '-000000-01-01T00:00:00Z',
    '+275760-09-13T00:00:00.001Z',
    '+999999-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
  ])('does not read %j', text => {
    expect(parseInstant(text)).toBeUndefined()
  })

  it('is a Date, and an Instant only where digits below the millisecond need one', () => {
    expect(parseInstant('2026-11-21T12:00:00.123Z')?.constructor).toBe(Date)
    expect(parseInstant('2026-11-21T12:00:00.1234Z')).toBeInstanceOf(Instant)
    expect(instant(5, 0).constructor).toBe(Date)
    expect(nanosecondsOf(instant(5, 7))).toBe(7)
    expect(nanosecondsOf(new Date())).toBe(0)
  })

  it.each([-1, 1_000_000, 0.5, Number.NaN])('has no %s nanoseconds', nanoseconds => {
    expect(() => new Instant(0, nanoseconds)).toThrow(RangeError)
  })
})
