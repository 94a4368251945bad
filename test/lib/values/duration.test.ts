// Durations: what is read, what is written, and what cannot be held.

import { describe, expect, it } from 'vitest'
import { Duration, parseDuration } from '../../../lib/values/duration.js'

const parts = ({ months, seconds, nanoseconds }: Duration) => [months, seconds, nanoseconds]

describe('a duration', () => {
  it.each([
    ['P0Y0M3DT2H0M0S', [0, 266_400, 0], 'P0Y0M3DT2H0M0S'],
    ['P3DT2H', [0, 266_400, 0], 'P0Y0M3DT2H0M0S'],
    ['P2W', [0, 1_209_600, 0], 'P0Y0M14DT0H0M0S'],
    ['P1Y2M', [14, 0, 0], 'P1Y2M0DT0H0M0S'],
    ['P14M', [14, 0, 0], 'P1Y2M0DT0H0M0S'],
    ['P0.5Y', [6, 0, 0], 'P0Y6M0DT0H0M0S'],
    ['PT1.5S', [0, 1, 500_000_000], 'P0Y0M0DT0H0M1.5S'],
    ['PT0,25H', [0, 900, 0], 'P0Y0M0DT0H15M0S'],
    ['-PT0.000000001S', [0, -0, -1], '-P0Y0M0DT0H0M0.000000001S'],
    ['+PT1M', [0, 60, 0], 'P0Y0M0DT0H1M0S'],
    ['-P1Y', [-12, 0, 0], '-P1Y0M0DT0H0M0S'],
    ['PT36H', [0, 129_600, 0], 'P0Y0M1DT12H0M0S'],
    ['PT9007199254740991S', [0, 2 ** 53 - 1, 0], 'P0Y0M104249991374DT7H36M31S'],
  ])('reads %s', (text, expected, canonical) => {
    const duration = Duration.parse(text)
    expect(parts(duration).map(part => part + 0)).toEqual(expected.map(part => part + 0))
    expect(String(duration)).toBe(canonical)
    expect(parts(Duration.parse(canonical))).toEqual(parts(duration))
  })

  it.each([
    '',
    'P',
    'PT',
    'P1',
    'P1S',
    'PT1D',
    '1D',
    'P1DT',
    'P-1D',
    'P1D ',
    ' P1D',
    'p1d',
    'P1.D',
    'P.5D',
    'P1M1Y',
    'P1D2H',
    'PT0.0000000001S',
    'P0.3M',
    'PT9007199254740992S',
    'P9007199254740992M',
    `PT${'9'.repeat(250)}S`,
    'P١D',
  ])('does not read %j', text => {
    expect(parseDuration(text)).toBeUndefined()
    expect(() => Duration.parse(text)).toThrow(RangeError)
  })

  it('is made of parts, which carry over', () => {
    const duration = new Duration({
      years: 1,
      months: 2,
      weeks: 1,
      days: 1,
      hours: 1,
      minutes: 1,
      milliseconds: 1500,
    })
    expect(parts(duration)).toEqual([14, 8 * 86_400 + 3661, 500_000_000])
    expect(new Duration({ seconds: 1, nanoseconds: -1 })).toMatchObject({
      seconds: 0,
      nanoseconds: 999_999_999,
    })
    expect(duration.milliseconds).toBe((8 * 86_400 + 3661) * 1000 + 500)
  })

  it.each([
    [{ days: 1.5 }, /days must be a safe integer, not 1.5/],
    [{ seconds: Number.NaN }, /seconds must be a safe integer/],
    [{ months: 1, seconds: -1 }, /same sign/],
    [{ months: -1, nanoseconds: 1 }, /same sign/],
    [{ seconds: 2 ** 53 - 1, milliseconds: 1000 }, /at most/],
    [{ years: 2 ** 52 }, /at most/],
  ])('cannot be made of %j', (given, message) => {
    expect(() => new Duration(given)).toThrow(message)
    expect(() => new Duration(given)).toThrow(RangeError)
  })

  it('becomes its text in JSON', () => {
    expect(JSON.stringify({ d: Duration.parse('PT1S') })).toBe('{"d":"P0Y0M0DT0H0M1S"}')
  })
})
