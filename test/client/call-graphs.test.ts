// Call graphs made at random: with pipelines, without them, and without coalescing, a program gives the same.

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { get, type Options, RemoteError } from '../../client/index.js'
import { Fault } from '../../lib/fault.js'
import { Router, redirect, type Server, safe, serve } from '../../server/index.js'

class Item {
  constructor(readonly id: number) {}
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

const router = new Router({
  Item,
  make: redirect((id: number) => new Item(id)),
  sum: (items: Item[], record: { first: Item | null }) =>
    items.reduce((total, item) => total + item.id, record.first?.id ?? 0),
})

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

/** One call: what it does, and which earlier results it is about. */
interface Node {
  readonly kind: 'make' | 'next' | 'name' | 'plus' | 'half' | 'walk' | 'sum' | 'double' | 'nested' | 'await'
  readonly of: number
  readonly other: number
  readonly number: number
}

const node: fc.Arbitrary<Node> = fc.record({
  kind: fc.constantFrom('make', 'next', 'name', 'plus', 'half', 'walk', 'sum', 'double', 'nested', 'await'),
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

test('any program gives the same results, however its calls travel', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(node, { maxLength: 12 }), async graph => {
      const expected = await run(plain.url, graph, {})
      expect(await run(pipelined.url, graph, {})).toEqual(expected)
      expect(await run(pipelined.url, graph, { coalesce: false })).toEqual(expected)
    }),
    { numRuns: 60 },
  )
}, 60_000)
