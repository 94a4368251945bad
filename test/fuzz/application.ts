// The application that requests are fuzzed against: something of everything that can be registered, none of which
// throws, whatever it is given. What nobody may reach says so.

import { Blob } from '../../lib/values/blob.js'
import { Fault } from '../../lib/values/fault.js'
import {
  args,
  created,
  hidden,
  inline,
  link,
  Resource,
  Router,
  redirect,
  safe,
  verb,
} from '../../server/index.js'

/** Must be in no answer. */
export const secret = 'what-nobody-may-see'

/** What has gone wrong inside: names of hidden members that were reached, and errors that were logged. */
export const accidents: unknown[] = []

function reached(name: string): string {
  accidents.push(new Error(`${name} was reached`))
  return secret
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value)

/** Accepts texts of a few characters; what is left out, where `absent` stands for it. */
const wordOr = (absent?: string) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'fuzz',
    validate: (given: unknown) => {
      const value = given ?? absent
      return typeof value === 'string' && value.length < 20 ? { value } : { issues: [{ message: 'no word' }] }
    },
  },
})
const word = wordOr()

class Base extends Resource {
  inherited() {
    return reached('a method that a subclass hides')
  }
}

class User extends Base {
  readonly id: string
  readonly note: string
  declare readonly _private: string
  readonly #own = secret

  constructor(id: string, note = '') {
    super()
    this.id = id
    this.note = note
    Object.defineProperty(this, '_private', { get: () => reached('_private'), enumerable: true })
  }
  get shout() {
    return textOf(this.id).toUpperCase()
  }
  @hidden get password() {
    return reached('a hidden getter')
  }
  @safe bio() {
    return { lines: [textOf(this.id)], when: new Date(0) }
  }
  @safe({ maxAge: 60, args: ['query', 'most'] }) search(query: string, most = 10) {
    return [query, most]
  }
  @inline size() {
    return textOf(this.note).length
  }
  @args('subject', 'body') message(subject: string, body = '') {
    return { subject, body, length: this.#own.length }
  }
  @args({ called: wordOr('eve') }) friend(called = 'eve') {
    return new User(called)
  }
  friends() {
    return [new User('eve'), new User('tef', 'note')]
  }
  @args('other') likes(other: unknown) {
    return other instanceof User ? other.id : null
  }
  @verb('PUT', { envelope: 'blob', args: ['content'] }) replace(content: unknown) {
    return content instanceof Blob ? content.type : typeof content
  }
  @verb('DELETE') remove() {
    return null
  }
  @hidden erase() {
    return reached('a hidden method')
  }
  @hidden override inherited() {
    return reached('a hidden method')
  }
  _internal() {
    return reached('_internal')
  }
  static create() {
    return reached('a static method')
  }
}

@args({ name: word })
class Box {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  items() {
    return [1, this.name, link(new User('bob'), 'bio'), new Box('inner')]
  }
  // biome-ignore lint/suspicious/noThenProperty: what is called so must not be taken for a promise.
  then() {
    return 'then'
  }
}

class Account extends User {
  override bio() {
    return { lines: [], when: new Date(1) }
  }
}

// The names of arguments are said, since a bundle of all targets may rename those that are read from the source.
const members = {
  User,
  Box,
  nothing: () => null,
  hello: args('name')((name = 'World') => `Hello ${textOf(name)}`),
  echo: args('value')((value: unknown) => value),
  look: safe({ args: ['value', 'other'] })((value: unknown, other = 1) => [value, other]),
  find_user: redirect(args({ name: word })((name: string) => new User(name))),
  make: args('name')((name = 'box') => created(new Box(textOf(name).slice(0, 20)))),
  refuse() {
    throw new Fault('no', { status: 409, code: 'no', details: { why: [1] } })
  },
  picture: safe(() => new Blob('<svg/>', { 'content-type': 'image/svg+xml' })),
  count: args('to')(async function* (to = 3) {
    for (let number = 0; number < Math.min(20, Number(typeof to === 'number' ? to : 3)); number++)
      yield number
  }),
  admin: { reset: () => 'reset', deep: { Account } },
}

const log = {
  error: (...parameters: unknown[]) => void accidents.push(parameters.find(one => one instanceof Error)),
  warn: () => undefined,
  info: () => undefined,
}

export const makeRouter = (): Router => new Router(members, { pipeline: true, log })
