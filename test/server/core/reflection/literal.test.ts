// Which defaults are known without running any code.

import { describe, expect, it } from 'vitest'
import { parametersOf } from '../../../../server/core/reflection/index.js'

describe('defaults', () => {
  it.each<[string, unknown]>([
    ['1', 1],
    ['-0', -0],
    ['+1', 1],
    ['1e21', 1e21],
    ['0x10', 16],
    ['1_000', 1000],
    ['10n', 10n],
    ['-10n', -10n],
    ['1/0', Number.POSITIVE_INFINITY],
    ['-1/0', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['60 * 60 * 1e3', 3_600_000],
    ['"a" + "b"', 'ab'],
    ['!0', true],
    ['!1', false],
    ['null', null],
    ['undefined', null],
    ['void 0', null],
    ['`a\\nb`', 'a\nb'],
    ['(counter++, "World")', 'World'],
    ['[]', []],
    ['{}', {}],
    ['[[1], { a: [] }]', [[1], { a: [] }]],
    ['{ 1: 2, "x y": 3, ["z"]: 4 }', { 1: 2, 'x y': 3, z: 4 }],
  ])('%s is published', (source, value) => {
    const fn = new Function('counter', `return (name = ${source}) => name`)()
    expect(parametersOf(fn, 'fn')).toEqual([{ name: 'name', optional: true, fallback: { value } }])
  })

  it.each([
    'other',
    '/x/',
    'other()',
    'new other.Date()',
    'new Date2()',
    'Temporal.Now.instant()',
    'new Temporal.Duration()',
    'other ? 1 : "a"',
    'other ?? 1',
    'other + other',
    '-other',
    'Date(other)',
    'Math',
  ])('%s only makes the argument optional', source => {
    const fn = new Function('other', `return (name = ${source}) => name`)()
    expect(parametersOf(fn, 'fn')).toEqual([{ name: 'name', optional: true }])
  })

  it.each<[string, string]>([
    ['new Date()', 'date'],
    ['new Date', 'date'],
    ['new globalThis.Date(0)', 'date'],
    ['new Date(Date.now() + 1000)', 'date'],
    ['new Set()', 'set'],
    ['new Set([1])', 'set'],
    ['new Map()', 'map'],
    ['new Uint8Array(8)', 'bytes'],
    ['Uint8Array.of(1)', 'bytes'],
    ['new Blob([])', 'blob'],
    ['new Duration({ hours: 1 })', 'duration'],
    ['new hyperglyph_1.Duration({})', 'duration'],
    ['new __vi_import_0__.Duration({})', 'duration'],
    ['Date.now()', 'number'],
    ['Date.now() - 60 * 1000', 'number'],
    ['-Math.random()', 'number'],
    ['Number(other)', 'number'],
    ['BigInt(other)', 'bigint'],
    ['!other', 'boolean'],
    ['other > 1', 'boolean'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    ['`${other}`', 'text'],
    ['"a" + other', 'text'],
    ['crypto.randomUUID()', 'text'],
    ['other ? "a" : "b"', 'text'],
    ['other() || new Date()', ''],
    ['new Date() ?? new Date(0)', 'date'],
    ['(counter++, new Date())', 'date'],
    ['[other]', 'list'],
    ['[, 1]', 'list'],
    ['[...[]]', 'list'],
    ['Array.from(other)', 'list'],
    ['{ other }', 'json'],
    ['{ ...{} }', 'json'],
  ])('%s is not run, but known to be of a kind: %s', (source, takes) => {
    const fn = new Function('other', 'counter', `return (name = ${source}) => name`)()
    const [parameter] = parametersOf(fn, 'fn')
    expect([parameter!.fallback, parameter!.takes ?? '']).toEqual([undefined, takes])
  })

  it('are data, whatever the key', () => {
    const data = new Function('return (name = { ["__proto__"]: 1 }) => name')()
    const [parameter] = parametersOf(data, 'fn')
    expect(Object.entries(parameter!.fallback!.value as object)).toEqual([['__proto__', 1]])
    const prototype = new Function('return (name = { __proto__: [] }) => name')()
    expect(parametersOf(prototype, 'fn')).toEqual([{ name: 'name', optional: true, takes: 'json' }])
  })

  it('cannot be changed by who reads them', () => {
    const [parameter] = parametersOf((items = [{ a: [] as unknown[] }]) => items, 'fn')
    const list = parameter!.fallback!.value as [{ a: unknown[] }]
    expect(() => list[0].a.push(1)).toThrow(TypeError)
  })
})
