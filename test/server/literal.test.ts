// Which defaults are known without running any code.

import { describe, expect, it } from 'vitest'
import { parametersOf } from '../../server/reflect.js'

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
    'Date.now()',
    'other',
    '/x/',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '`${other}`',
    '[other]',
    '[, 1]',
    '[...[]]',
    '{ other }',
    '{ ...{} }',
  ])('%s only makes the argument optional', source => {
    const fn = new Function('other', `return (name = ${source}) => name`)()
    expect(parametersOf(fn, 'fn')).toEqual([{ name: 'name', optional: true }])
  })

  it('are data, whatever the key', () => {
    const data = new Function('return (name = { ["__proto__"]: 1 }) => name')()
    const [parameter] = parametersOf(data, 'fn')
    expect(Object.entries(parameter!.fallback!.value as object)).toEqual([['__proto__', 1]])
    const prototype = new Function('return (name = { __proto__: [] }) => name')()
    expect(parametersOf(prototype, 'fn')).toEqual([{ name: 'name', optional: true }])
  })

  it('cannot be changed by who reads them', () => {
    const [parameter] = parametersOf((items = [{ a: [] as unknown[] }]) => items, 'fn')
    const list = parameter!.fallback!.value as [{ a: unknown[] }]
    expect(() => list[0].a.push(1)).toThrow(TypeError)
  })
})
