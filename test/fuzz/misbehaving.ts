// An application that keeps none of its promises: what its functions give, and what its hooks do, is said by the bytes of
// an input. Late is some milliseconds, so that a check is soon over.

import { setTimeout as sleep } from 'node:timers/promises'
import { blob } from '../../lib/values/blob.js'
import { Fault } from '../../lib/values/fault.js'
import { allow, args, created, hidden, link, Resource, Router, redirect, safe } from '../../server/index.js'
import type { RouterOptions } from '../../server/router.js'

/** Bytes as choices; zeros once they have been read. */
export class Choices {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** From 0 up to, and without, `end`. */
  below(end: number): number {
    return (this.#bytes[this.#position++] ?? 0) % end
  }

  get left(): boolean {
    return this.#position < this.#bytes.length
  }
}

/** Of the input that is tried; set anew by each check. */
let choices = new Choices(new Uint8Array(0))

const late = async (): Promise<never> => {
  await sleep(choices.below(3))
  throw new Error('late')
}
/** What it gives is made when it is given: until then nobody could meet what that has promised. */
const slow = async (give: () => unknown): Promise<unknown> => {
  await sleep(choices.below(3))
  return give()
}

class User extends Resource {
  readonly id: string
  constructor(id: string) {
    super()
    this.id = id
  }
  hello() {
    return given(2)
  }
  @safe bio() {
    return given(2)
  }
  async who() {
    return this.context.request.method
  }
  friends() {
    return [new User('a'), given(1), new Note('b')]
  }
  @hidden erase() {
    return 'hidden'
  }
}

/** Its page does what it likes: properties that reject, getters that throw. */
class Page extends Resource {
  readonly id: number
  readonly profile: unknown
  constructor(id: number) {
    super()
    this.id = id
    this.profile = id % 2 === 0 ? Promise.reject(new Error('profile')) : 1
  }
  get part() {
    return given(1)
  }
  get other() {
    if (this.id % 3 === 1) throw fault()
    return late()
  }
  text() {
    return 'text'
  }
}

/** Some may not be reached. */
class Note {
  readonly owner: string
  constructor(owner: string) {
    this.owner = owner
  }
  text() {
    return this.owner
  }
}
allow(({ object }) => {
  const owner = object instanceof Note ? object.owner : ''
  if (owner === 'throws') throw new Error('condition')
  return owner === 'late' ? (late() as Promise<never>) : owner !== 'refused'
})(Note)

const owners = ['mine', 'refused', 'throws', 'late']
const closure = () => 'not registered'

function cyclic(): unknown {
  const dict: Record<string, unknown> = {}
  dict.self = dict
  return dict
}

function fault(): Fault {
  const details = [
    () => ({}),
    () => ({ closure }),
    () => ({ late: late() }),
    () => ({ user: new User('a') }),
    () => ({ self: cyclic() }),
    () => ({ all: [late(), link(new User([late()] as never))] }),
  ]
  const made = (details[choices.below(details.length)] as () => object)()
  const message = ['no', 'half \ud83d', ''][choices.below(3)] as string
  const status = [400, 404, 500, 200, 7][choices.below(5)] as number
  return new Fault(message, { status, details: made as Record<string, unknown> })
}

async function* pieces(breaks: boolean) {
  yield new Uint8Array(3)
  await sleep(choices.below(2))
  if (breaks) throw new Error('the source broke')
  yield new Uint8Array(2)
}

function* items(): Generator<unknown> {
  for (let count = choices.below(3); count > 0; count--) yield given(2)
  if (choices.below(2) === 0) throw choices.below(2) === 0 ? fault() : new Error('the stream broke')
}

async function* lateItems(): AsyncGenerator<unknown> {
  await sleep(choices.below(2))
  yield* items()
}

/** Not registered, and so an error wherever it is given. */
class Unknown {
  readonly held: unknown
  constructor(held: unknown) {
    this.held = held
  }
}

const thenable = () => ({
  // biome-ignore lint/suspicious/noThenProperty: a promise of another make.
  then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
    const how = choices.below(3)
    if (how === 0) reject(new Error('thenable'))
    else if (how === 1) resolve(1)
    else throw new Error('then')
  },
})

const makers: readonly ((depth: number) => unknown)[] = [
  () => 1,
  () => 'text',
  () => null,
  depth => Array.from({ length: choices.below(4) }, () => given(depth - 1)),
  depth => ({ a: given(depth - 1), b: given(depth - 1) }),
  depth => new Map([['key', given(depth - 1)]]),
  depth => new Set([given(depth - 1)]),
  depth => Promise.resolve(given(depth - 1)),
  depth => slow(() => given(depth - 1)),
  () => late(),
  () => Promise.reject(new Error('at once')),
  () => thenable(),
  () => closure,
  () => new User('a'),
  () => new User('x'.repeat(3000)),
  () => new Page(choices.below(6)),
  () => new Note(owners[choices.below(4)] as string),
  () => blob(pieces(false)),
  () => blob(pieces(true)),
  () => blob('text'),
  () => fault(),
  () => cyclic(),
  () => 'half \ud83d',
  () => link(new User('a'), choices.below(2) === 0 ? 'hello' : 'erase'),
  () => items(),
  () => members.take,
  depth => link(new User(given(depth - 1) as string)),
  () =>
    choices.below(2) === 0 ? link(new Page(choices.below(6))) : link(new Page(choices.below(6)), 'text'),
  depth => new Unknown(given(depth - 1)),
  () => ({
    get getter() {
      throw new Error('getter')
    },
    after: late(),
  }),
]

/** What the application gives next. */
function given(depth: number): unknown {
  const end = depth > 0 ? makers.length : 3
  return (makers[choices.below(end)] as (depth: number) => unknown)(depth)
}

function fail(): never {
  const error = choices.below(3)
  throw error === 0 ? fault() : error === 1 ? new Error('accident') : late()
}

const members = {
  User,
  Page,
  Note,
  ok: () => 'ok',
  give: () => given(3),
  give_late: () => slow(() => given(3)),
  list: () => Array.from({ length: choices.below(5) }, () => given(2)),
  notes: () => owners.slice(choices.below(3)).map(owner => new Note(owner)),
  pages: () => [new Page(choices.below(6)), slow(() => new Page(choices.below(6)))],
  make: () => created(given(2) as object),
  find: redirect(() => given(2)),
  secret: allow('some')(() => given(2)),
  fail: () => fail(),
  fail_late: async () => {
    await sleep(1)
    fail()
  },
  stream: () => items(),
  stream_late: () => lateItems(),
  // biome-ignore lint/complexity/useArrowFunction: the name of the argument is said, as in application.ts.
  take: args('value')(async function (value: unknown) {
    const { bytes } = (value ?? {}) as { bytes?: () => Promise<Uint8Array> }
    if (typeof bytes === 'function') return (await bytes.call(value)).length
    return choices.below(2) === 0 ? value : typeof value
  }),
}

/** What a hook does that the application has given. */
function misbehaves(normal: () => unknown): (() => unknown) | undefined {
  switch (choices.below(10)) {
    case 0:
      return () => {
        throw new Error('hook')
      }
    case 1:
      return late
    case 2:
      return () => Promise.reject(new Error('hook'))
    case 3:
      return () => {
        throw fault()
      }
    case 4:
      return normal
    case 5:
      return () => [late(), { a: late() }]
    case 6:
      return () => slow(() => ({ a: late() }))
    default:
      return undefined
  }
}

/** A router whose functions and hooks do what is chosen, from now on. Are its hooks no trouble? */
export function misbehaving(chosen: Choices): { router: Router; calm: boolean } {
  choices = chosen
  const error = misbehaves(() => undefined) ?? (() => undefined)
  const log = { error, warn: () => undefined, info: () => undefined }
  const hooks = {
    authorize: misbehaves(() => true),
    onCall: misbehaves(() => undefined),
    rights: misbehaves(() => ['some']),
    locate: misbehaves(() => undefined),
    identify: misbehaves(() => 'eve'),
  }
  const set = Object.fromEntries(Object.entries(hooks).filter(([, hook]) => hook !== undefined))
  const { locate, ...options } = set
  const router = new Router({}, { pipeline: true, log, ...options } as RouterOptions)
  for (const [name, member] of Object.entries(members)) {
    const placed = member === User && locate !== undefined ? { locate: locate as () => string } : undefined
    router.add(name, member, placed)
  }
  const calm = hooks.authorize === undefined && hooks.identify === undefined && hooks.rights === undefined
  return { router, calm }
}

/** Functions that can be called without arguments. */
export const callable = Object.keys(members).filter(name => /^[a-z]/.test(name) && name !== 'take')
