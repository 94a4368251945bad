// Programs from outside: found, or told of in one line, and in CI never done without.

import { afterEach, expect, test, vi } from 'vitest'
import { ensure } from './system.js'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('a program that is there is found', () => {
  expect(ensure('sh')).toMatch(/\/sh$/)
})

test('one that is missing and cannot be installed is told of in one line', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
  vi.stubEnv('PATH', '')
  vi.stubEnv('CI', '')
  expect(ensure('no-such-program')).toBe(undefined)
  expect(warn.mock.calls).toEqual([
    [
      'Skipped what needs no-such-program. no-such-program is missing: there is no apt-get to install it with',
    ],
  ])
})

test('in CI it is an error', () => {
  vi.stubEnv('PATH', '')
  vi.stubEnv('CI', 'true')
  expect(() => ensure('no-such-program')).toThrow('no-such-program is missing')
})
