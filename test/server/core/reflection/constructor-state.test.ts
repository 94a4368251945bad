// Where constructors keep their parameters, and what is refused because no URL could carry it.

import { describe, expect, it } from 'vitest'
import { stateOf } from '../../../../server/core/reflection/index.js'

describe('state', () => {
  const read = (source: string) =>
    stateOf(new Function(`${source}; return User`)(), 'User').map(
      ({ name, property }) => `${property}:${name}`,
    )

  it.each<[string, string, string[]]>([
    ['renamed parameters', 'class User { constructor(id2) { this.id = id2 } }', ['id:id']],
    ['keys in brackets', 'class User { constructor(a) { this["id"] = a } }', ['id:id']],
    ['underscored properties', 'class User { constructor(a) { this._id = a } }', ['_id:id']],
    [
      'statements run together',
      'class User { constructor(a, b) { this.x = a, this.y = b } }',
      ['x:x', 'y:y'],
    ],
    ['chained assignments', 'class User { constructor(a) { this.x = this.y = a } }', ['x:x']],
    [
      'defined properties',
      'class User { constructor(a) { Object.defineProperty(this, "id", { value: a }) } }',
      ['id:id'],
    ],
    [
      'helpers of babel and swc',
      'class User { constructor(a, b) { _defineProperty(this, "a", a); _define_property(this, "b", b) } }',
      ['a:a', 'b:b'],
    ],
    [
      'a call around super, as babel writes it for decorators',
      'const init = x => x; class A {}; class User extends A { constructor(a) { init((super(), this.id = a, this)) } }',
      ['id:id'],
    ],
    [
      'a call around what is passed on',
      'const init = x => x; class A { constructor(p) { this.x = p } }; class User extends A { constructor(a) { init((super(a), this)) } }',
      ['x:x'],
    ],
    [
      'destructured with declared state',
      'class User { static state = ["id"]; constructor({ id }) { this.id = { id } } }',
      ['id:id'],
    ],
    ['the first of two properties', 'class User { constructor(a) { this.x = a; this.y = a } }', ['x:x']],
    [
      'a public property beside a private one',
      'class User { #x; constructor(a) { this.#x = a; this.x = a } }',
      ['x:x'],
    ],
    [
      'super',
      'class A { constructor(p, q) { this.x = p; this.y = q } }; class User extends A { constructor(b, a) { super(a, b) } }',
      ['y:y', 'x:x'],
    ],
    [
      'two supers',
      'class A { constructor(p) { this.x = p } }; class B extends A { constructor(q) { super(q) } }; class User extends B { constructor(r) { super(r) } }',
      ['x:x'],
    ],
    [
      "its own property before the parent's",
      'class A { constructor(p) { this.x = p } }; class User extends A { constructor(q) { super(q); this.y = q } }',
      ['y:y'],
    ],
    [
      'super with declared state',
      'class A { static state = ["x"]; constructor(p) { this.x = p + 1 } }; class User extends A { constructor(q) { super(q) } }',
      ['x:x'],
    ],
    [
      'inherited with declared state',
      'class A { constructor(p) { this.x = p + 1 } }; class User extends A { static state = ["x"] }',
      ['x:x'],
    ],
    [
      'everything passed on',
      'class A { constructor(p) { this.x = p } }; class User extends A { constructor(...all) { super(...all) } }',
      ['x:x'],
    ],
    ['no constructor', 'class User {}', []],
    ["no constructor but a native parent's", 'class User extends Map {}', []],
    ['extends null', 'class User extends null {}', []],
  ])('%s', (_, source, state) => {
    expect(read(source)).toEqual(state)
  })

  it('has the defaults of the class itself, not of its parent', () => {
    class Parent {
      constructor(
        readonly first = 1,
        readonly second = 2,
      ) {}
    }
    class Child extends Parent {
      constructor(first: number, second = 3) {
        super(first, second)
      }
    }
    expect(stateOf(Child, 'Child')).toEqual([
      { name: 'first', optional: false, property: 'first' },
      { name: 'second', optional: true, fallback: { value: 3 }, property: 'second' },
    ])
  })

  it.each<[string, string | RegExp]>([
    [
      'class User { constructor(id) { use(id) } }',
      'User: the constructor\'s parameter "id" is not kept in a property, so its URL could not carry it; write this.id = id',
    ],
    ['class User { constructor(id) { this.id = id.trim() } }', "static state = ['id']"],
    ['class User { constructor(id) { this.id = id ?? 1 } }', 'not kept'],
    ['class User { constructor(id) { this.id += id } }', 'not kept'],
    ['class User { constructor(id) { if (id) this.id = id } }', 'not kept'],
    ['class User { constructor(id) { other.id = id } }', 'not kept'],
    ['class User { constructor(id) { this[id] = id } }', 'not kept'],
    ['class User { constructor(id) { this.__proto__ = id } }', 'not kept'],
    ['class User { constructor({ id }) { this.id = id } }', 'parameter number 1 is not kept'],
    ['class User extends Error { constructor(id) { super(id) } }', 'not kept'],
    [
      'class User { #id; constructor(id) { this.#id = id } }',
      'private field, which the router cannot read; keep it in this._id',
    ],
    ['class User { constructor(...ids) { this.ids = ids } }', 'take a list'],
    ['class User { constructor(a, b) { this.id = a; this._id = b } }', 'two parameters are named "id"'],
    ['class User { constructor(a) { this._ = a } }', '"" cannot name an argument'],
    [
      'class User { static state = ["a"]; constructor(a, b) {} }',
      'static state has 1 name and the constructor 2 parameters',
    ],
    ['class User { static state = ["a"] }', 'static state has 1 name and the constructor no parameters'],
    ['class User { static state() {} }', 'static state must list the properties'],
  ])('%s is refused', (source, message) => {
    expect(() => read(source)).toThrow(message)
  })
})
