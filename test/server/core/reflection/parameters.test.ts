// Names of arguments: believed, refused or declared. What printers do to them is in reflect.test.ts.

import { describe, expect, it } from 'vitest'
import { RegistrationError } from '../../../../server/core/faults/registration-error.js'
import { parametersOf, renamed, stateOf } from '../../../../server/core/reflection/index.js'

const namesOf = (...read: Parameters<typeof parametersOf>) => parametersOf(...read).map(({ name }) => name)

describe('names that a printer may have changed', () => {
  const read = (parameters: string) => namesOf(new Function(`return (${parameters}) => 0`)(), 'fn')

  it.each([
    'name2',
    'name10',
    'name22',
    'sha256',
    'name, name22',
    'x, x3',
    'x1, x22',
    'name2, name22',
    'name$1',
  ])('(%s) is refused', parameters => {
    expect(() => read(parameters)).toThrow(
      /^fn: parameter ".*" may have been renamed by a bundler .*@args\('/,
    )
  })

  it.each(['name', 'name1', 'x0', 'x1, x2', 'name, name2', 'x1, x2, x3', 'x2, x1', 'a0, a1, a2', '$, _'])(
    '(%s) is believed',
    parameters => {
      expect(read(parameters)).toEqual(parameters.split(', '))
    },
  )

  it('proposes the name it probably was', () => {
    expect(() => read('name2, other')).toThrow("args('name', 'other')(fn)")
  })
})

describe('declared names', () => {
  it('win over those in the source, which still has the defaults', () => {
    expect(parametersOf((name2: string, { a } = { a: 1 }) => [name2, a], 'fn', ['name', 'options'])).toEqual([
      { name: 'name', optional: false },
      { name: 'options', optional: true, fallback: { value: { a: 1 } } },
    ])
  })

  it.each([
    ['native', Math.max],
    ['bound', ((a: number, b: number) => a + b).bind(null)],
  ])('make %s functions usable, all arguments required', (_, fn) => {
    expect(() => parametersOf(fn, 'fn')).toThrow(
      /^fn: a native or bound function .* wrap it in an arrow function/,
    )
    expect(parametersOf(fn, 'fn', ['a', 'b'])).toEqual([
      { name: 'a', optional: false },
      { name: 'b', optional: false },
    ])
  })

  it.each([
    [['a'], /^fn: 1 name declared for 2 parameters; declare one for each/],
    [['a', 'b', 'c'], /^fn: 3 names declared for 2 parameters/],
    [['a', 'a'], /^fn: two parameters are named "a"/],
    [['a', ''], /^fn: "" cannot name an argument/],
    [['a', '.'], /"\." cannot name an argument/],
    [['a', '..'], /"\.\." cannot name an argument/],
  ])('%j for (a, b = 1) are refused', (declared, message) => {
    expect(() => parametersOf((a: number, b = 1) => a + b, 'fn', declared)).toThrow(message)
  })

  const reordered: [string, Parameters<typeof parametersOf>[0]][] = [
    ['from, to', (from: string, to: string) => [from, to]],
    ['from, to = 1', (from: string, to = 1) => [from, to]],
    ['from2, to2, as a bundler may write them', (from2: string, to2: string) => [from2, to2]],
  ]
  it.each(reordered)('in another order than (%s) are refused, with both orders', (_, fn) => {
    expect(() => parametersOf(fn, 'fn', ['to', 'from'])).toThrow(
      /^fn: its parameters are \(from, to\), but their names are declared as \(to, from\).* declare them as \(from, to\)$/,
    )
    expect(namesOf(fn, 'fn', ['from', 'to'])).toEqual(['from', 'to'])
  })

  it('in another order than the properties of a class are refused', () => {
    const written = ['from', 'to'].map(name => ({ name, optional: false }))
    expect(() => renamed(written, ['to', 'from'], 'Move')).toThrow(
      /^Move: its parameters are \(from, to\), but their names are declared as \(to, from\)/,
    )
  })

  it('are taken in order where the source has others, as minified code does', () => {
    expect(namesOf((t: string, e: string) => [t, e], 'fn', ['to', 'from'])).toEqual(['to', 'from'])
    expect(namesOf((from: string, to: string) => [from, to], 'fn', ['to', 'date'])).toEqual(['to', 'date'])
  })

  it('may be any other word', () => {
    expect(namesOf((a: string) => a, 'fn', ['__proto__'])).toEqual(['__proto__'])
  })

  it('do not help rest parameters', () => {
    expect(() => parametersOf((...a: string[]) => a, 'fn', ['a'])).toThrow('take a list instead')
  })
})

describe('refusals', () => {
  it('are RegistrationErrors, which say what failed, where, and the mend', () => {
    const read = () => parametersOf(({ a }: { a: number }) => a, 'User.message')
    expect(read).toThrow(RegistrationError)
    expect(read).toThrow(
      "User.message: parameter 1 is destructured and so has no name; declare the names: @args('name') on a method, " +
        "args('name')(fn) on a function",
    )
    expect(() => parametersOf((a: number, [b]: number[] = []) => [a, b], 'fn')).toThrow(
      'parameter 2 is destructured',
    )
    expect(() => parametersOf(class {}, 'fn')).toThrow('a class is registered as a class')
    expect(() => stateOf(() => 0, 'fn')).toThrow('a class was expected')
  })

  it('carry the label of each registration, also when the function was read before', () => {
    const fn = (...a: string[]) => a
    expect(() => parametersOf(fn, 'one')).toThrow(/^one: /)
    expect(() => parametersOf(fn, 'two')).toThrow(/^two: /)
  })
})
