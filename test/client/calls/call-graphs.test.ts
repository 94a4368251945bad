// Call graphs made at random: with pipelines, without them, and without coalescing, a program gives the same.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { get, type Options, RemoteError } from '../../../client/index.js'
import { type Blob, blob } from '../../../lib/values/blob.js'
import { Fault } from '../../../lib/values/fault.js'
import { allow, Resource, Router, redirect, type Server, safe, serve } from '../../../server/index.js'

class Item extends Resource {
  constructor(readonly id: number) {
    super()
  }
  get child(): Item | null {
    return this.id >= 1000 ? null : new Item(1000 + this.id)
  }
  /** Who calls, as the object finds out itself: wherever it stands, it is the one who has made this call. */
  who() {
    return `${this.context.request.headers.get('x-who')} of ${this.id}`
  }
  box() {
    return { item: new Item(this.id), more: [new Item(this.id + 1)], kept, map: new Map([['one', this]]) }
  }
  late() {
    const late = sleep(1).then(() => {
      if (this.id % 2 === 1) throw new Fault('late', { code: 'late', status: 410 })
      return this.id
    })
    return { late, slow: sleep(2) }
  }
  mixed(count: number) {
    return Array.from({ length: count }, (_, index) =>
      index % 2 === 0 ? new Item(index) : Promise.resolve(new Item(index)),
    )
  }
  notes(count: number) {
    return Array.from({ length: count }, (_, index) => new Note(index))
  }
  file() {
    const bytes = new Uint8Array(this.id % 100)
    return blob(
      (async function* () {
        yield bytes
      })(),
    )
  }
  get double() {
    return this.id * 2
  }
  next() {
    return new Item(this.id + 1)
  }
  @safe name() {
    return `item ${this.id}`
  }
  plus(other: Item, more = 0) {
    return new Item(this.id + other.id + more)
  }
  list(count: number) {
    return Array.from({ length: count }, (_, index) => new Item(this.id + index))
  }
  half() {
    if (this.id % 2 === 1) throw new Fault(`${this.id} is odd`, { code: 'odd', status: 409 })
    return new Item(this.id / 2)
  }
  data() {
    return { id: this.id, nested: { items: [this.id, new Item(this.id)] } }
  }
}

/** Only some of them may be reached. */
class Note {
  constructor(readonly id: number) {}
  text() {
    return `note ${this.id}`
  }
}
allow(({ object }) => (object as Note | undefined)?.id !== 3)(Note)

const kept = new Item(7)

interface Box {
  readonly item: Item
  readonly more: readonly Item[]
  readonly kept: Item
  readonly map: ReadonlyMap<string, Item>
}

const members = {
  Item,
  Note,
  kept: () => kept,
  ask: (item: Item) => item.who(),
  ask_all: (items: readonly Item[]) => items.map(item => item.who()),
  open: (box: Box) => [box.item, ...box.more, box.kept, ...box.map.values()].map(each => each.who()),
  size: async (file: Blob) => (await file.bytes()).length,
  make: redirect((id: number) => new Item(id)),
  sum: (items: Item[], record: { first: Item | null }) =>
    items.reduce((total, item) => total + item.id, record.first?.id ?? 0),
}
const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined }
const router = new Router(members, { identify: () => 'somebody', log: quiet })

let pipelined: Server
let plain: Server
beforeAll(async () => {
  pipelined = await serve(router, { port: 0 })
  plain = await serve({ fetch: request => router.fetch(request) }, { port: 0 })
})
afterAll(async () => {
  await pipelined.close()
  await plain.close()
})

const kinds = [
  ...(['make', 'next', 'name', 'plus', 'half', 'walk', 'sum', 'double', 'nested', 'await'] as const),
  ...([
    'kept',
    'who',
    'ask',
    'ask all',
    'open',
    'late',
    'asked walk',
    'mixed',
    'notes',
    'file',
    'within',
  ] as const),
] as const

/** One call: what it does, and which earlier results it is about. */
interface Node {
  readonly kind: (typeof kinds)[number]
  readonly of: number
  readonly other: number
  readonly number: number
}

const node: fc.Arbitrary<Node> = fc.record({
  kind: fc.constantFrom(...kinds),
  of: fc.nat(20),
  other: fc.nat(20),
  number: fc.nat(5),
})

// biome-ignore lint/suspicious/noExplicitAny: the graph is made at random, so the compiler cannot follow it.
type Any = any

async function run(url: string, graph: readonly Node[], options: Options): Promise<unknown[]> {
  const api: Any = await get(url, options)
  const items: Any[] = [api.make(1)]
  const results: Any[] = [items[0].id]
  for (const { kind, of, other, number } of graph) {
    const item = items[of % items.length]
    const second = items[other % items.length]
    if (kind === 'make') items.push(api.make(number))
    else if (kind === 'next') items.push(item.next())
    else if (kind === 'plus') items.push(number === 0 ? item.plus(second) : item.plus(second, number))
    else if (kind === 'half') items.push(item.half())
    else if (kind === 'name') results.push(item.name())
    else if (kind === 'double') results.push(item.double)
    else if (kind === 'nested') results.push(item.data().nested.items)
    else if (kind === 'sum') results.push(api.sum([item, second], { first: number === 0 ? null : item }))
    else if (kind === 'kept') items.push(api.kept())
    else if (kind === 'within') items.push(item.child)
    else if (kind === 'who') results.push(item.who())
    else if (kind === 'ask') results.push(api.ask(item))
    else if (kind === 'ask all') results.push(api.ask_all([item, second]), api.ask_all(item.list(number)))
    else if (kind === 'open') results.push(api.open(item.box()))
    else if (kind === 'late') results.push(item.late())
    else if (kind === 'asked walk') results.push(item.list(number).map((each: Any) => api.ask(each)))
    else if (kind === 'mixed') results.push(item.mixed(number).map((each: Any) => each.plus(second).who()))
    else if (kind === 'notes') {
      // A walk is refused what it may not reach; a page that it may not see arrives as a link, which has no methods.
      const texts = item.notes(number).map((each: Any) => each.text())
      results.push(number > 3 ? texts.catch(() => 'refused') : texts)
    } else if (kind === 'file') results.push(api.size(item.file()))
    else if (kind === 'walk') {
      results.push(
        item.list(number).map((each: Any) => ({
          name: each.name(),
          sum: each.plus(second).id,
          id: each.id,
          // Only clients know members of text.
          ...(other % 2 === 0 ? { length: each.next().name().length } : {}),
        })),
      )
    } else await item.then(undefined, () => undefined)
  }
  const ids = items.map(item => item.id)
  const settled = await Promise.allSettled([...results, ...ids])
  return settled.map(outcome =>
    outcome.status === 'fulfilled' ? plainly(outcome.value) : failure(outcome.reason),
  )
}

const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const failure = (error: unknown): unknown =>
  error instanceof RemoteError ? { status: error.status, code: error.code } : String(error)

let callers = 0

test('any program gives the same results, however its calls travel', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(node, { maxLength: 12 }), async graph => {
      const headers = { 'x-who': `caller ${++callers}` }
      const expected = await run(plain.url, graph, { headers })
      expect(await run(pipelined.url, graph, { headers })).toEqual(expected)
      expect(await run(pipelined.url, graph, { headers, coalesce: false })).toEqual(expected)
    }),
    { numRuns: 60 },
  )
}, 120_000)
