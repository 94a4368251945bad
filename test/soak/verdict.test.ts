// The judge of the soak, on runs that are made up: it must see what grows, and not what only moves.

import { expect, test } from 'vitest'
import { growth, type Sample } from './verdict.js'

const mebibyte = 2 ** 20
/** An hour, a sample a minute. */
const hour = (held: (minute: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 60 }, (_, minute) => ({
    at: minute * 60,
    heap: 20 * mebibyte,
    resident: 100 * mebibyte,
    cpu: minute,
    sockets: 20,
    timers: 1,
    files: 0,
    others: 19,
    ...held(minute),
  }))

const runs: readonly [string, Sample[], string[]][] = [
  ['nothing changes', hour(() => ({})), []],
  ['the heap moves up and down', hour(minute => ({ heap: (20 + 6 * (minute % 5)) * mebibyte })), []],
  ['the heap grows while it warms up', hour(minute => ({ heap: Math.min(minute, 12) * mebibyte })), []],
  ['one sample is far off', hour(minute => ({ heap: (minute === 59 ? 500 : 20) * mebibyte })), []],
  [
    'the heap leaks slowly, below its noise',
    hour(minute => ({ heap: (20 + 6 * (minute % 5) + minute / 4) * mebibyte })),
    ['heap grew'],
  ],
  ['a socket is left now and then', hour(minute => ({ sockets: 20 + (minute >> 1) })), ['sockets grew']],
  ['timers are left', hour(minute => ({ timers: minute })), ['timers grew']],
  ['a file was left once', hour(minute => ({ files: minute === 30 ? 1 : 0 })), ['temporary files were left']],
]

test.each(runs)('%s', (_, samples, found) => {
  const said = growth('server', samples)
  expect(said.map(line => /^server: (\w+ grew|temporary files were left)/.exec(line)?.[1])).toEqual(found)
})

test('a run that is too short is judged by what it left only', () => {
  const samples = hour(minute => ({ heap: minute * 100 * mebibyte })).slice(0, 5)
  expect(growth('client', samples)).toEqual([])
  expect(growth('client', [...samples, { ...samples[0]!, files: 2 }])).toHaveLength(1)
})
