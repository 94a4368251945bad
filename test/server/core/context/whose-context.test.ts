// Whose context it is: that of the call that runs, whatever else is kept, shared, read later, or under way meanwhile.

import { AsyncLocalStorage } from 'node:async_hooks'
import { Hono } from 'hono'
import { afterEach, expect, test, vi } from 'vitest'
import { blob, get, inline, local, Resource, Router, type Server, safe, serve } from '../../../../index.js'

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map(server => server.close(0))))

/** Others get their turn, for as long as a call may take. */
const pause = () => new Promise(resolve => setTimeout(resolve, 1))

const nameIn = (resource: Resource) => (resource.context.user as { name: string } | undefined)?.name

class Board extends Resource {
  constructor(readonly name: string) {
    super()
  }
  get mine() {
    return nameIn(this)
  }
  get later() {
    return pause().then(() => nameIn(this))
  }
  @inline first() {
    return nameIn(this)
  }
  who() {
    return nameIn(this)
  }
  async slowly() {
    const before = nameIn(this)
    await pause()
    return [before, nameIn(this)]
  }
  @safe *turns() {
    yield nameIn(this)
    yield nameIn(this)
  }
  @safe async *pauses() {
    yield nameIn(this)
    await pause()
    yield nameIn(this)
  }
  bytes() {
    const pieces = async function* (board: Board) {
      yield new TextEncoder().encode(nameIn(board))
      await pause()
      yield new TextEncoder().encode(` ${nameIn(board)}`)
    }
    return blob(pieces(this))
  }
  of(other: Board) {
    return other.mine
  }
}

/** Kept by the application, for all. */
const board = new Board('news')
const others = [board, new Board('jobs')]
const methods: (() => unknown)[] = []
const users = new Map(['admin', 'eve'].map(name => [`Bearer ${name}`, { name }]))

const router = new Router(
  {
    Board,
    board: () => board,
    boards: () => ({ list: others, map: new Map([['kept', board]]) }),
    promised: () => [pause().then(() => board)],
    direct: () => nameIn(board),
    async slow() {
      await pause()
      return board.mine
    },
    ask: (asked: Board) => asked.mine,
    made: () => new Board('made').mine,
    keep: (method: () => unknown) => void methods.push(method),
    kept: () => methods[0]?.(),
  },
  { pipeline: true, identify: request => users.get(request.headers.get('authorization') ?? '') },
)

// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
type Api = any
const apiOf = (name: string): Promise<Api> =>
  get('http://local/', { transport: local(router), headers: { authorization: `Bearer ${name}` } })

async function all(stream: Api): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of await stream) {
    await pause()
    items.push(item)
  }
  return items
}

test.each<[string, (api: Api) => unknown, (name: string) => unknown]>([
  ['a method', async api => (await api.board()).who(), name => name],
  ['a method, before and after it waits', async api => (await api.board()).slowly(), name => [name, name]],
  ['a getter on a page', async api => (await api.board()).mine, name => name],
  ['a promise of a getter', async api => (await api.board()).later, name => name],
  ['an inline method', async api => (await api.board()).first(), name => name],
  [
    'objects in a result',
    async api => (await api.boards()).list.map((each: Api) => each.mine),
    name => [name, name],
  ],
  ['objects in a map', async api => (await api.boards()).map.get('kept').mine, name => name],
  ['an object that was promised', async api => (await api.promised())[0].mine, name => name],
  ['a step', api => api.board().who(), name => name],
  ['a step that waits', api => api.board().slowly(), name => [name, name]],
  ['a property of a step', api => api.board().mine, name => name],
  [
    'a walk',
    api => api.boards().list.map((each: Api) => each.slowly()),
    name => [
      [name, name],
      [name, name],
    ],
  ],
  ['an object of an earlier step as an argument', api => api.ask(api.board()), name => name],
  [
    'an object as an argument of a walk',
    api => api.boards().list.map((each: Api) => each.of(each)),
    name => [name, name],
  ],
  ['an object as an argument', async api => api.ask(await api.board()), name => name],
  ['an object that a function has', api => api.direct(), name => name],
  ['an object that a function has, later', api => api.slow(), name => name],
  ['an object that a function makes', api => api.made(), name => name],
  ['a method that somebody else has passed', api => api.kept(), name => name],
  ['a generator', async api => all((await api.board()).turns()), name => [name, name]],
  ['a generator that waits', async api => all((await api.board()).pauses()), name => [name, name]],
  ['a blob', async api => (await (await api.board()).bytes()).text(), name => `${name} ${name}`],
])('%s runs in the context of its caller, with another one under way', async (_what, call, expected) => {
  const [admin, eve] = await Promise.all(['admin', 'eve'].map(apiOf))
  if (methods.length === 0) await admin.keep((await admin.Board('x')).who)
  const callers: [string, Api][] = [
    ['admin', admin],
    ['eve', eve],
    ['admin', admin],
    ['eve', eve],
  ]
  const seen = await Promise.all(callers.map(([, api]) => call(api)))
  expect(seen).toEqual(callers.map(([name]) => expected(name)))
})

test('a call that a server makes of another router in the same process has a context of its own', async () => {
  const plain = new Router({ who: () => nameIn(board) ?? 'nobody' })
  const outer = new Router(
    {
      Board,
      async both() {
        const inner = await plain.fetch(new Request('http://local/who/', { method: 'POST' }))
        return [await inner.json(), nameIn(board)]
      },
    },
    { identify: () => ({ name: 'tef' }) },
  )
  const api = await get<typeof outer>('http://local/', { transport: local(outer) })
  expect(await api.both()).toEqual(['nobody', 'tef'])
})

test('work that goes on after its answer is still of its call', async () => {
  let done: (name: unknown) => void = () => undefined
  const later = new Promise(resolve => (done = resolve))
  const working = new Router(
    { Board, begin: () => void pause().then(() => done(nameIn(board))) },
    { identify: () => ({ name: 'tef' }) },
  )
  await (await get<typeof working>('http://local/', { transport: local(working) })).begin()
  expect(await later).toBe('tef')
})

test('where a runtime keeps no contexts, functions have theirs, and objects say what is missing', async () => {
  vi.resetModules()
  vi.stubGlobal('process', { ...process, getBuiltinModule: undefined })
  try {
    const { Router, Resource } = await import('../../../../server/index.js')
    class Thing extends Resource {
      who() {
        return this.context.user
      }
    }
    const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn() }
    const bare = new Router(
      {
        Thing,
        me() {
          return this.user
        },
      },
      { identify: () => 'tef', log },
    )
    const post = (path: string) => bare.fetch(new Request(`http://local${path}`, { method: 'POST' }))
    expect(await (await post('/me/')).json()).toBe('tef')
    expect((await post('/Thing/oA/who')).status).toBe(500)
    expect(String(log.error.mock.calls[0]?.[1])).toContain('this runtime has no AsyncLocalStorage')
  } finally {
    vi.unstubAllGlobals()
  }
})

test('what middleware has entered reaches generators and streamed blobs', async () => {
  const request = new AsyncLocalStorage<string>()
  const seen = () => request.getStore() ?? 'lost'
  const streaming = new Router({
    plain: async () => seen(),
    *turns() {
      yield seen()
    },
    async *pauses() {
      await pause()
      yield seen()
    },
    bytes: () =>
      blob(
        (async function* () {
          yield new TextEncoder().encode(seen())
        })(),
      ),
  })
  const app = new Hono()
    .use((context, next) => request.run(context.req.header('x-name') ?? '', next))
    .route('/', streaming.app)
  const server = await serve(app, { port: 0 })
  servers.push(server)
  const seenBy = async (name: string) => {
    const api: Api = await get(server.url, { headers: { 'x-name': name } })
    const read = [
      api.plain(),
      all(api.turns()),
      all(api.pauses()),
      api.bytes().then((sent: Api) => sent.text()),
    ]
    return (await Promise.all(read)).flat()
  }
  const names = ['one', 'two', 'three']
  expect(await Promise.all(names.map(seenBy))).toEqual(names.map(name => [name, name, name, name]))
})
