// Walks that a server cannot finish by itself: the client does the rest, and nothing is called twice.

import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { get, RemoteError } from '../../../client/index.js'
import { Fault } from '../../../lib/values/fault.js'
import { Router, type Server, serve } from '../../../server/index.js'

/** What was called, in any order. */
const calls: string[] = []
beforeEach(() => {
  calls.length = 0
})

class Cell {
  constructor(readonly at: number) {}
  poke() {
    calls.push(`poke ${this.at}`)
    return this.at
  }
  label() {
    calls.push(`label ${this.at}`)
    return `cell ${this.at}`
  }
  next() {
    calls.push(`next ${this.at}`)
    return new Cell(this.at + 1)
  }
  two() {
    calls.push(`two ${this.at}`)
    return [new Cell(this.at * 10), new Cell(this.at * 10 + 1)]
  }
  plus(other: Cell, more = 0) {
    return this.at + other.at + more
  }
  *lines(most: number) {
    for (let line = 0; line < most; line++) yield `${this.at}.${line}`
  }
  odd(text: number) {
    if (this.at % 2 === 0) throw new Fault(`${this.at} is even`, { status: 409, code: 'even' })
    return text
  }
}

const members = {
  Cell,
  cells: () => [1, 2, 3].map(at => new Cell(at)),
  far: () => [new Cell(1), new Cell(20)],
}

// biome-ignore lint/suspicious/noExplicitAny: the types know no members of text that has not arrived.
type Untyped = any

const requests: string[] = []

async function start(locate?: (object: object) => string | undefined): Promise<Untyped> {
  const router = new Router(members, { pipeline: true, ...(locate === undefined ? {} : { locate }) })
  const server: Server = await serve(
    {
      fetch: (request, bindings) => {
        requests.push(
          `${request.method} ${new URL(request.url).pathname.replace(/^\/Cell\/[^/]+/, '/Cell/STATE')}`,
        )
        return router.fetch(request, { ...bindings, pipeline: true })
      },
    },
    { port: 0 },
  )
  onTestFinished(() => server.close())
  const api = await get(server.url)
  requests.length = 0
  return api
}

const each = (name: string, ...numbers: number[]) => numbers.map(at => `${name} ${at}`)

test('a member that only the client knows is read by the client', async () => {
  const api = await start()
  const result = await api
    .cells()
    .map((cell: Untyped) => ({ poked: cell.poke(), length: cell.label().length }))
  expect(result).toEqual([1, 2, 3].map(at => ({ poked: at, length: 6 })))
  expect(calls.sort()).toEqual([...each('label', 1, 2, 3), ...each('poke', 1, 2, 3)])
  expect(requests).toEqual(['POST /_pipeline'])
})

test('what depends on it is called once, with what has been called before', async () => {
  const api = await start()
  const first = api.Cell(100)
  const result = await api.cells().map((cell: Untyped) => cell.next().plus(first, cell.label().length))
  expect(result).toEqual([108, 109, 110])
  expect(calls.sort()).toEqual([...each('label', 1, 2, 3), ...each('next', 1, 2, 3)])
})

test('a walk in a walk goes on where it was left', async () => {
  const api = await start()
  const result = await api
    .cells()
    .map((cell: Untyped) =>
      cell.two().map((inner: Untyped) => [inner.poke(), inner.label().length, inner.plus(cell)]),
    )
  expect(result).toEqual([1, 2, 3].map(at => [at * 10, at * 10 + 1].map(inner => [inner, 7, inner + at])))
  expect(calls.sort()).toEqual(
    [
      ...each('label', 10, 11, 20, 21, 30, 31),
      ...each('poke', 10, 11, 20, 21, 30, 31),
      ...each('two', 1, 2, 3),
    ].sort(),
  )
})

test('a walk over what only the client knows is done by the client', async () => {
  const api = await start()
  const result = await api.cells().map((cell: Untyped) =>
    cell
      .label()
      .split(' ')
      .map((word: Untyped) => [word, cell.poke()]),
  )
  expect(result).toEqual(
    [1, 2, 3].map(at => [
      ['cell', at],
      [String(at), at],
    ]),
  )
  expect(calls.sort()).toEqual([...each('label', 1, 2, 3), ...each('poke', 1, 1, 2, 2, 3, 3)])
})

test('streams in a walk are asked for by themselves', async () => {
  const api = await start()
  const result = await api.cells().map((cell: Untyped) => ({ poked: cell.poke(), lines: cell.lines(1) }))
  const lines: string[] = []
  for (const { lines: stream } of result) for await (const line of stream) lines.push(line)
  expect(lines).toEqual(['1.0', '2.0', '3.0'])
  expect(calls.sort()).toEqual(each('poke', 1, 2, 3))
})

test('items that live on another server are walked there, the others once', async () => {
  const other = await serve(new Router(members), { port: 0 })
  onTestFinished(() => other.close())
  const api = await start(object => ((object as Cell).at >= 20 ? other.url : undefined))
  const result = await api.far().map((cell: Untyped) => [cell.poke(), cell.next().label(), cell.at])
  expect(result).toEqual([
    [1, 'cell 2', 1],
    [20, 'cell 21', 20],
  ])
  expect(calls.sort()).toEqual(
    [...each('label', 2, 21), ...each('next', 1, 20), ...each('poke', 1, 20)].sort(),
  )
})

test('the first item that fails decides, wherever it does', async () => {
  const api = await start()
  const failure = await api
    .cells()
    .map((cell: Untyped) => [cell.poke(), cell.odd(cell.label().length)])
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(RemoteError)
  expect(failure).toMatchObject({ status: 409, code: 'even', details: {} })
  expect(calls.sort()).toEqual([...each('label', 1, 2, 3), ...each('poke', 1, 2, 3)])
})

test('a member that nobody knows is an error that names it', async () => {
  const api = await start()
  await expect(api.cells().map((cell: Untyped) => cell.next().nonsense())).rejects.toThrow(/nonsense/)
  expect(calls.sort()).toEqual(each('next', 1, 2, 3))
})
