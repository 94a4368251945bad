// Every syntax a function can have, and the names of classes.

import { describe, expect, it } from 'vitest'
import { classNameOf, isClass, parametersOf } from '../../../../server/core/reflection/index.js'
import * as shapes from '../../../fixtures/shapes.js'

const namesOf = (...read: Parameters<typeof parametersOf>) => parametersOf(...read).map(({ name }) => name)

describe('functions of every syntax', () => {
  it.each([
    '(one) => one',
    'one => one // comment',
    'async one => one',
    'function (one) {}',
    'function named(one) { return 010 }',
    'function* (one) {}',
    'async function* (one) {}',
    '({ call(one) {} }).call',
    '({ get(one) {} }).get',
    '({ set(one) {} }).set',
    '({ async(one) {} }).async',
    '({ class(one) {} }).class',
    '({ function(one) {} }).function',
    '({ "a b"(one) {} })["a b"]',
    '({ 12(one) {} })[12]',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source
    '({ [`a${1}`](one) {} }).a1',
    '({ async *call(one) {} }).call',
    'class { call(one) { return super.call(one) } }.prototype.call',
    'class { static(one) {} }.prototype.static',
    'class { async static(one) {} }.prototype.static',
    'class { static static(one) {} }.static',
    'class { #x; call(one) { return #x in one } }.prototype.call',
    'new (class { #call(one) {}; get() { return this.#call } })().get()',
    'new (class { #x = 1; call = one => this.#x })().call',
  ])('%s', source => {
    const fn = new Function(`return ${source}`)()
    expect(isClass(fn)).toBe(false)
    expect(namesOf(fn, 'fn')).toEqual(['one'])
  })

  it('what only the surrounding module allows', () => {
    expect(namesOf((one: string) => import.meta.url + one, 'fn')).toEqual(['one'])
  })

  it('tells classes from functions', () => {
    expect(isClass(class {})).toBe(true)
    expect(isClass(shapes.User)).toBe(true)
    expect([Number, Date, () => 0, {}, null, 'class'].map(isClass)).toEqual(Array(6).fill(false))
  })
})

describe('class names', () => {
  it.each([
    ['const User = class _User {}; const Class = User', 'User'],
    ['class User { static name() {} }; const Class = User', 'User'],
    ['const Class = class {}', 'Class'],
    ['class $ {}; const Class = $', '$'],
  ])('%s', (source, name) => {
    expect(classNameOf(new Function(`${source}; return Class`)())).toBe(name)
  })

  it.each(['return class {}', 'class user_default {}; return user_default'])('%s is refused', source => {
    expect(() => classNameOf(new Function(source)())).toThrow(/an anonymous class has no name/)
  })
})
