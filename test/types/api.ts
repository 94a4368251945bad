// A server whose types the fixtures look at from the client's side.

import type { Blob } from '../../lib/values/blob.js'
import { Duration } from '../../lib/values/duration.js'
import { Instant } from '../../lib/values/instant.js'
import type { Link } from '../../lib/values/nodes.js'
import { created, link, Resource, Router } from './hyperglyph.js'

export class User extends Resource {
  static count = 0
  _cache = new Map<string, string>()
  #secret = 'x'
  protected seen = 0
  readonly nickname?: string
  email: string | undefined
  joined = new Date()

  constructor(readonly id: string) {
    super()
  }
  get title(): string {
    return `User ${this.id}`
  }
  /** What the user says of themselves. */
  bio() {
    return 'text'
  }
  message(subject: string, body = '') {
    this.email = `${subject}${body}${this.#secret}`
  }
  async friends() {
    return [new User('a')]
  }
  follow(other: User) {
    return other
  }
  self() {
    return this
  }
  best(): User | null {
    return null
  }
  _hidden() {
    return this.audit()
  }
  private audit() {
    return this.seen
  }
}

export class Admin extends User {
  ban(user: User, reason?: string) {
    return user.id === reason
  }
}

// Not a Resource: an instance of any class can be registered.
export class Queue {
  declare length: number
  push(item: { body: string; tags?: string[] }) {
    return item.body
  }
  owner(): Promise<User> {
    return Promise.resolve(new User('o'))
  }
  // biome-ignore lint/suspicious/noThenProperty: what a page must not show.
  then() {
    return 'taken'
  }
  readonly latest = { owner: new User('o'), size: 1 }
}

export class Marker extends Resource {
  readonly x = 1 as number
}

class Sealed {
  private constructor() {}
  static open() {
    return new Sealed()
  }
}

export enum Color {
  Red = 'red',
  Blue = 'blue',
}
export type Email = string & { readonly brand: 'email' }
export interface Tree {
  name: string
  children: Tree[]
  parent?: Tree
}
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export interface Point {
  x: number
  readonly y: number
  label?: string
  note: string | undefined
}
export interface Row {
  _id: number
  context: string
  // biome-ignore lint/suspicious/noExplicitAny: what untyped libraries return.
  extra: any
}

function overloaded(value: string): string
function overloaded(value: number): number
function overloaded(value: string | number) {
  return value
}

export const router = new Router({
  User,
  Admin,
  Queue,
  Marker,
  hello: (name = 'World') => `Hello ${name}`,
  find_user: (name: string) => new User(name),
  find_async: async (name: string) => new User(name),
  maybe_user: (name: string): User | null => (name ? new User(name) : null),
  either: (): User | Admin => new User('x'),
  add: (a: number, b: number) => a + b,
  admin: { reset: () => true, deep: { echo: (text: string) => text } },

  nothing: () => console.log('called'),
  absent: (): string | undefined => undefined,
  big: (value: bigint) => value,
  bytes: (value: Uint8Array) => Buffer.from(value),
  day: (date: Date) => date,
  instant: () => new Instant(0, 1),
  wait: (duration: Duration) => new Duration({ seconds: duration.seconds }),
  names: (names: Set<string>) => names,
  index: (users: Map<string, User>) => users,
  team: (users: User[]) => users,
  frozen: (): readonly number[] => [1],
  pair: (pair: [user: User, weight: number]) => pair,
  spread: (): [string, ...number[]] => ['a', 1],
  point: (point: Point) => point,
  row: (): Row => ({ _id: 1, context: 'x', extra: 1 }),
  scores: (): Record<string, User> => ({}),
  tree: (tree: Tree) => tree,
  json: (json: Json) => json,
  color: (color: Color) => color,
  level: (level: 'low' | 'high') => level,
  key: (key: `user-${number}`) => key,
  email: (email: Email) => email,
  whatever: (value: unknown) => value,
  // biome-ignore lint/suspicious/noExplicitAny: `any` must stay `any`.
  anything: (value: any) => value,
  fail: (): never => {
    throw new Error('always')
  },
  identity: <T>(value: T) => value,
  overloaded,
  numbers: async function* () {
    yield 1
  },
  count: function* () {
    yield 1n
  },
  pick: (): ((name: string) => User) => name => new User(name),
  kind: () => User,
  listen: (listener: (event: string) => void) => listener('x'),
  visit: (target: Link) => target,
  upload: (file: Blob) => file,
  platform: (file: globalThis.Blob) => file,
  make: (name: string) => created(new User(name)),
  about: (user: User) => link(user, 'bio'),
  writer: (user: User) => ({ user, message: link(user, 'message') }),
  sealed: () => Sealed.open(),
})

export type Api = typeof router
