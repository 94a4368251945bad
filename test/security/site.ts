// A server on which much is hidden in many ways, and what its tests send to it.

import { encodeCanonical } from '../../lib/cbor/index.js'
import { blob } from '../../lib/values/blob.js'
import { Extension } from '../../lib/values/nodes.js'
import { segmentOf } from '../../server/core/urls/paths.js'
import { hidden, Resource, Router, safe, verb } from '../../server/index.js'
import { ask } from '../server/peer.js'

/** What ran that no page shows. */
export const ran: string[] = []
const run = (name: string) => void ran.push(name)

class Base extends Resource {
  @hidden secret() {
    run('secret')
  }
  @hidden get concealed() {
    return run('concealed')
  }
  @hidden overridden() {
    run('base')
  }
  get covered(): string {
    return 'what it covers'
  }
  inherited() {
    return 'inherited'
  }
}

class Thing extends Base {
  static state = ['id']
  static helper() {
    run('helper')
  }
  _field = 'private'
  @hidden field = () => run('field')
  #field = 'hard'
  readonly data = 'data'
  constructor(readonly id: unknown) {
    super()
    Object.defineProperty(this, 'unseen', { value: () => run('unseen'), enumerable: false })
    Object.defineProperty(this, 'covered', { value: 'not enumerable', enumerable: false })
  }
  @hidden get hush() {
    return run('hush')
  }
  get shown() {
    return this.#field.length
  }
  set setter(value: unknown) {
    run(`setter ${value}`)
  }
  override overridden() {
    run('overridden')
  }
  @hidden method() {
    run('method')
  }
  _method() {
    this.#method()
  }
  #method() {
    run('#method')
  }
  visible() {
    return 'visible'
  }
  [Symbol.iterator]() {
    run('iterator')
  }
  [Symbol.toPrimitive]() {
    run('toPrimitive')
  }
}

class Unregistered {
  text = 'text'
  secret() {
    run('unregistered')
  }
}

export const router = new Router(
  {
    Thing,
    space: { inner: () => 'inner' },
    hello: (word = '') => `hello ${word}`,
    look: safe((word = '') => `seen ${word}`),
    remove: verb('DELETE', { envelope: 'form' })(() => 'removed'),
    echo: (value: unknown) => value,
    awaited: async (value: unknown) => [await value, JSON.stringify(value)],
    reset: () => run('reset'),
    object: () => new Thing('x'),
    dict: () => Object.defineProperty({ a: 1 }, 'unseen', { value: 'unseen' }),
    list: () => ['a', 'b'],
    match: () => /b/.exec('abc'),
    set_: () => new Set(['a']),
    map_: () => new Map([['secret', 'a']]),
    date: () => new Date(0),
    bytes_: () => new Uint8Array(2),
    text_: () => 'text',
    number: () => 7,
    file: () => blob('file', 'text/plain'),
    fn: () => router_hello,
    foreign: () => new Unregistered(),
    things: () => [new Thing('x')],
  },
  { pipeline: true, log: { error: () => undefined, warn: () => undefined, info: () => undefined } },
)
const router_hello = (word = '') => `hello ${word}`
router.add('registered', router_hello)

/** A name as a path segment. */
export const segment = segmentOf
/** The path of a Thing with any state. */
export const url = (state: object) => `/Thing/${Buffer.from(encodeCanonical(state)).toString('base64url')}/`
/** A dict with one key of any name. */
export const own = (name: string, value: unknown): Record<string, unknown> =>
  Object.defineProperty({}, name, { value, enumerable: true })
export const result = (step: number) => new Extension('result', { step })

/** The answers to steps, by step. */
export async function pipeline(steps: readonly unknown[]): Promise<Map<number, readonly unknown[]>> {
  const { value } = await ask(router, '/_pipeline', { args: { steps } })
  const answers = new Map<number, readonly unknown[]>()
  for await (const item of value as AsyncIterable<unknown>) {
    if (Array.isArray(item)) answers.set(item[0], item.slice(1))
  }
  return answers
}
