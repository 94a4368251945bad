// Dates of HTTP: three formats, in UTC wherever the process is, and nothing that only looks like one.

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { parseHttpDate } from '../../lib/http-date.js'

const example = Date.UTC(1994, 10, 6, 8, 49, 37)

test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  '%s is the date of the RFC',
  value => {
    expect(parseHttpDate(value)).toBe(example)
  },
)

test('what Date writes is read', () => {
  for (const time of [0, 951_782_400_000, 4_102_444_799_000, -62_135_596_800_000]) {
    expect(parseHttpDate(new Date(time).toUTCString())).toBe(time)
  }
})

test('a leap second is the one after it', () => {
  expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT')).toBe(Date.UTC(2017, 0, 1))
})

test.each([
  '',
  '0',
  '-1',
  '3600',
  '-5',
  '1.5',
  '1, 2',
  'soon',
  'now',
  '2030-01-01',
  '2030-01-01T00:00:00Z',
  '06 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 08:49:37',
  'Sun, 06 Nov 1994 08:49:37 UTC',
  'Sun, 06 Nov 1994 08:49:37 +0000',
  'Sun, 06 Nov 1994 08:49:37 EST',
  'Sun, 6 Nov 1994 08:49:37 GMT',
  'Sun, 06-Nov-1994 08:49:37 GMT',
  'Sun, 06 Nov 94 08:49:37 GMT',
  'Sun, 06 Nov 1994 8:49:37 GMT',
  'Sun, 06 Nov 1994 08:49 GMT',
  'Sun, 06 Nov 1994 24:00:00 GMT',
  'Sun, 06 Nov 1994 08:60:37 GMT',
  'Sun, 06 Nov 1994 08:49:61 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 31 Nov 1994 08:49:37 GMT',
  'Wed, 29 Feb 2023 00:00:00 GMT',
  'Sun, 06 Nov 1994 08:49:37 GMT ',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  'sun, 06 nov 1994 08:49:37 gmt',
  'Sol, 06 Nov 1994 08:49:37 GMT',
  'Sun Nov 6 08:49:37 1994',
  'Sun Nov  6 08:49:37 1994 GMT',
  'Sunday, 06-Nov-1994 08:49:37 GMT',
])('%j is no date', value => {
  expect(parseHttpDate(value)).toBeUndefined()
})

afterEach(() => vi.useRealTimers())

test.each([
  ['70', 2070],
  ['76', 2076],
  ['77', 1977],
  ['99', 1999],
  ['00', 2000],
  ['26', 2026],
])('two digits of a year, %s, are at most fifty years ahead', (digits, year) => {
  vi.useFakeTimers({ now: Date.UTC(2026, 6, 1) })
  expect(parseHttpDate(`Monday, 01-Jan-${digits} 00:00:00 GMT`)).toBe(Date.UTC(year, 0, 1))
})

test('the zone of the process does not matter', () => {
  const module = fileURLToPath(new URL('../../lib/http-date.ts', import.meta.url))
  const program = `import(${JSON.stringify(module)}).then(({ parseHttpDate }) =>
    console.log(parseHttpDate('Sun Nov  6 08:49:37 1994'), parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT')))`
  const run = (TZ: string) =>
    execFileSync(process.execPath, ['--import', 'tsx', '-e', program], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    }).trim()
  expect([run('America/New_York'), run('Asia/Tokyo')]).toEqual(Array(2).fill(`${example} ${example}`))
})
