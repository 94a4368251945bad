// Names from the wire: what is not on the page cannot be reached either, by whatever way a name can come in.

import { expect, test } from 'vitest'
import { cbor, json, text } from '../../../../lib/codecs.js'
import { Fault } from '../../../../lib/values/fault.js'
import { Link } from '../../../../lib/values/nodes.js'
import { hidden, Resource, Router, safe } from '../../../../server/index.js'
import { ask, construct, outline } from '../../peer.js'

const ran: string[] = []

class Base extends Resource {
  @hidden secret() {
    ran.push('secret')
  }
  covered() {
    ran.push('covered')
  }
}

class Safe extends Base {
  @hidden field = () => ran.push('field')
  data = 'data'
  method_by_assignment = hello
  static helper() {
    ran.push('helper')
  }
  constructor(readonly id: string) {
    super()
  }
  #hard() {
    ran.push('#hard')
  }
  @safe bio() {
    this.#hard()
    ran.length = 0
    return this.id
  }
  override secret() {
    ran.push('overridden secret')
  }
  get getter() {
    ran.push('getter')
    return 1
  }
  @hidden get hush() {
    ran.push('hush')
    return 1
  }
  set setter(value: unknown) {
    ran.push(`setter ${value}`)
  }
  _private() {
    ran.push('_private')
  }
  [Symbol.iterator]() {
    ran.push('symbol')
  }
}
Object.defineProperty(Safe.prototype, 'data', { value: () => ran.push('data'), writable: true })

class Plain {
  constructor(readonly id = 'x') {}
  toString() {
    return `Plain ${this.id}`
  }
}

function hello(name = 'World') {
  return `Hello ${name}`
}

const router = new Router({
  Safe,
  Plain,
  hello,
  namespace: { inner: hello },
  echo: (value: unknown) => value,
})

const members = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'toLocaleString',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  '__defineGetter__',
  '__lookupGetter__',
  'context',
  'secret',
  'hush',
  'field',
  'getter',
  'setter',
  'data',
  'method_by_assignment',
  'id',
  '_private',
  '#hard',
  'hard',
  'helper',
  'Symbol.iterator',
  'Symbol(Symbol.iterator)',
  '@@iterator',
  'missing',
  'bio ',
  'BIO',
  'bio%00',
  '',
  '.',
  '..',
] as const

test.each(members)('a member that is not on the page cannot be called: %j', async name => {
  const path = await construct(router, 'Safe', { id: 'x' })
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    ran.length = 0
    // Dots would be resolved away before they are sent.
    const segment = /^\.*$/.test(name) ? `${encodeURIComponent(name)}%2F` : encodeURIComponent(name)
    const { status, value } = await ask(router, path + segment, {
      method,
      ...(method === 'GET' ? {} : { args: {} }),
    })
    expect([method, status]).toEqual([method, 404])
    expect(value).toMatchObject({ code: 'not_found', message: 'nothing is here' })
    // Constructing alone is what finding out takes.
    expect(ran).toEqual([])
  }
})

test('what is visible answers, by the one spelling of its name, with a slash or without', async () => {
  const path = await construct(router, 'Safe', { id: 'x' })
  for (const name of ['bio', 'bio/']) expect((await ask(router, path + name)).value).toBe('x')
  expect((await ask(router, `${path}%62io`)).status).toBe(404)
  expect((await ask(router, `${path}covered`, { args: {} })).status).toBe(204)
})

test.each([
  '/constructor/',
  '/__proto__/',
  '/toString/',
  '/hasOwnProperty/',
  '/Router/',
  '/namespace/constructor/',
  '/namespace/__proto__/',
  '/namespace/toString/',
  '/namespace/inner/name',
  '/hello/constructor',
  '/hello/name/',
  '/hello/call',
  '/Safe/constructor',
  '/Safe/prototype/bio',
  '/Safe/helper',
  '/Safe/bio',
  '/Safe/__proto__/bio',
  '/Safe//bio',
  '/Safe/%',
  '/%E0%A4%A',
  '/missing',
  '/hello/%2e%2e%2fhello',
])('a path that leads nowhere is not found: %s', async path => {
  const { status } = await ask(router, path)
  expect(status).toBe(404)
})

test.each(['secret', '_private', 'getter', 'data', 'constructor', '__proto__', 'field'])(
  'a link to a member that is not on the page is no argument: %s',
  async name => {
    const path = await construct(router, 'Safe', { id: 'x' })
    for (const codec of [cbor, json, text]) {
      ran.length = 0
      const args = { value: new Link({ url: `..${path}${name}` }) }
      const { status, value } = await ask(router, '/echo/', { args, type: codec.type })
      expect(status).toBe(400)
      expect(value).toBeInstanceOf(Fault)
      expect(ran).toEqual([])
    }
  },
)

test('a hidden field stays hidden on an object that has data called constructor', async () => {
  class Odd {
    @hidden password = 'hunter2'
    constructor(readonly id = 'x') {
      Object.defineProperty(this, 'constructor', { value: 'data', enumerable: true })
    }
  }
  const odd = new Router({ make: () => new Odd(), Odd })
  const { value } = await ask(odd, '/make/', { args: {}, accept: 'application/json' })
  expect(outline(value)).toEqual({ id: 'x', constructor: 'data' })
})
