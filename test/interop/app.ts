// What the clients of 2012 call in these tests: something of each kind.

import { type Blob, blob } from '../../lib/values/blob.js'
import { Duration } from '../../lib/values/duration.js'
import { Fault } from '../../lib/values/fault.js'
import {
  created,
  inline,
  type Log,
  link,
  Resource,
  Router,
  type RouterOptions,
  redirect,
  safe,
} from '../../server/index.js'

export class Counter extends Resource {
  constructor(readonly value = 0) {
    super()
  }
  increase(by: number, twice = false) {
    return new Counter(this.value + by * (twice ? 2 : 1))
  }
  @redirect advance(by: number) {
    return new Counter(this.value + by)
  }
  @safe double() {
    return this.value * 2
  }
  @safe plus(other: number) {
    return this.value + other
  }
  @inline half() {
    return this.value / 2
  }
  @inline near() {
    return [new Note('near'), link(this as Counter, 'double')]
  }
}

export class Note extends Resource {
  constructor(readonly text: string) {
    super()
  }
  @safe length() {
    return this.text.length
  }
}

const silent: Log = { error: () => undefined, warn: () => undefined, info: () => undefined }

export const fixedTime = new Date('2012-08-12T10:00:00Z')

/** One value of each kind, none of them without its own spelling in the text format. */
export const everything = () => ({
  integer: 2 ** 53 - 1,
  large: 2n ** 100n,
  float: 0.5,
  infinity: Number.NEGATIVE_INFINITY,
  text: 'naïve 💩',
  empty: '',
  bytes: new Uint8Array([1, 2, 3]),
  list: [1, [2, []]],
  set: new Set([1, 'one']),
  dict: { a: null, b: true, c: false },
  ordered: new Map<unknown, unknown>([
    ['z', 1],
    ['a', 2],
  ]),
  date: fixedTime,
})

export function appFor(options: RouterOptions = {}) {
  const notes = new Map<string, string>()
  return new Router(
    {
      Counter,
      Note,
      hello: (name = 'World') => `Hello ${name}`,
      nothing: () => null,
      echo: (value: unknown) => value,
      everything,
      // A default that is no literal: published as nil.
      year: (when = new Date(fixedTime)) => when.getUTCFullYear(),
      wait: () => Duration.parse('P3DT2H'),
      find: redirect((start: number) => new Counter(start)),
      made: () => created(new Counter(9)),
      pair: () => [new Counter(1), { second: new Counter(2) }],
      value_of: (counter: Counter) => counter.value,
      call_it: (fn: () => number) => fn(),
      search: safe((query: string, limit = 10) => `${query} to ${limit}`),
      note: (name: string, text: string) => void notes.set(name, text),
      notes: safe(() => Object.fromEntries(notes)),
      picture: safe(() => blob(new Uint8Array([0x89, 0x50]), 'image/png')),
      lower: async (file: Blob) => blob((await file.text()).toLowerCase(), file.type),
      join: async (first: Blob, second: Blob) => `${await first.text()}|${await second.text()}`,
      missing: () => {
        throw new Fault('no such thing', { status: 404, code: 'not_found' })
      },
      crash: () => {
        throw new Error('a secret')
      },
      deep: { down: { here: safe(() => new Counter(5)) } },
    },
    { log: silent, ...options },
  )
}
