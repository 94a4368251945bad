// Words of a command line as calls, and their text as the values that a form's defaults ask for.

import { expect, test } from 'vitest'
import { argumentsOf } from '../../cli/arguments.js'
import { chainOf } from '../../cli/chain.js'
import { urlOf } from '../../cli/connection.js'
import { Duration } from '../../lib/values/duration.js'
import { Input } from '../../lib/values/nodes.js'

const text = (value: string) => ({ name: undefined, source: { kind: 'text', text: value } })

test('a dot by itself goes on with what a call gave', () => {
  expect(chainOf(['find_user', 'bob', '.', 'inbox', '.', '0.subject'])).toEqual([
    { path: 'find_user', args: [text('bob')] },
    { path: 'inbox', args: [] },
    { path: '0.subject', args: [] },
  ])
})

test.each([
  ['plain', undefined, { kind: 'text', text: 'plain' }],
  ['', undefined, { kind: 'text', text: '' }],
  ['a@b.example', undefined, { kind: 'text', text: 'a@b.example' }],
  ['1+1=2', undefined, { kind: 'text', text: '1+1=2' }],
  ['@', undefined, { kind: 'text', text: '@' }],
  ['@a=b.txt', undefined, { kind: 'file', path: 'a=b.txt' }],
  ['-', undefined, { kind: 'input' }],
  ['@-', undefined, { kind: 'input' }],
  [':=[1]', undefined, { kind: 'json', text: '[1]' }],
  ['name=', 'name', { kind: 'text', text: '' }],
  ['name=a=b', 'name', { kind: 'text', text: 'a=b' }],
  ['größe=1', 'größe', { kind: 'text', text: '1' }],
  ['name:=1', 'name', { kind: 'json', text: '1' }],
  ['name=@file', 'name', { kind: 'file', path: 'file' }],
  ['name=@https://a.example/User/x/', 'name', { kind: 'object', url: 'https://a.example/User/x/' }],
  ['name=-', 'name', { kind: 'input' }],
])('the word %j is %j: %j', (word, name, source) => {
  expect(chainOf(['call', word])).toEqual([{ path: 'call', args: [{ name, source }] }])
})

const converted = async (value: string, fallback: unknown) => {
  const input = new Input({ name: 'it', value: fallback })
  const [named] = await argumentsOf(
    'f',
    [input],
    chainOf(['f', `it=${value}`])[0]?.args ?? [],
    () => undefined,
  )
  return (named as { values: Record<string, unknown> }).values.it
}

test.each<[value: string, fallback: unknown, result: unknown]>([
  ['5', 1, 5],
  ['-0.5e3', 1, -500],
  ['12345678901234567890', 1, 12345678901234567890n],
  ['yes', false, true],
  ['OFF', true, false],
  ['5', 'text', '5'],
  ['5', null, '5'],
  ['2026-11-21', new Date(0), new Date('2026-11-21T00:00:00Z')],
  ['2026-11-21T12:00:00+01:00', new Date(0), new Date('2026-11-21T11:00:00Z')],
  ['PT1H30M', new Duration({}), new Duration({ minutes: 90 })],
  ['ab', new Uint8Array(0), new Uint8Array([97, 98])],
  ['[1]', [], [1]],
  ['[1]', new Set(), new Set([1])],
  ['{"a":1}', {}, { a: 1 }],
])('%j where the default is %o is sent as %o', async (value, fallback, result) => {
  expect(await converted(value, fallback)).toEqual(result)
})

test.each<[value: string, fallback: unknown, problem: string]>([
  ['', 1, 'takes a number'],
  ['five', 1, 'takes a number'],
  ['2', true, 'takes true or false'],
  ['yesterday', new Date(0), 'takes a time'],
  ['an hour', new Duration({}), 'takes a duration'],
  ['a, b', [], 'not JSON'],
])('%j where the default is %j is refused', async (value, fallback, problem) => {
  await expect(converted(value, fallback)).rejects.toThrow(problem)
})

test.each([
  ['localhost:8000', 'http://localhost:8000/'],
  [':8000', 'http://localhost:8000/'],
  [':8000/api/', 'http://localhost:8000/api/'],
  ['127.0.0.1', 'http://127.0.0.1/'],
  ['[::1]:80/x', 'http://[::1]/x'],
  ['example.org/api', 'https://example.org/api'],
  ['localhost.example', 'https://localhost.example/'],
  ['http://example.org', 'http://example.org/'],
])('the address %s is %s', (text, url) => {
  expect(urlOf(text).href).toBe(url)
})
