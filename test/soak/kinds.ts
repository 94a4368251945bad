// The kinds of calls of the soak. Each makes its calls, checks every answer, and throws where one is wrong.

import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict'
import {
  type Blob,
  blob,
  get,
  NetworkError,
  type Remote,
  RemoteError,
  url,
  withOptions,
} from '../../index.js'
import type { Api } from './api.js'
import { fieldsOf, friendsOf, greeting, itemOf, pieces, seen, textOf, titleOf } from './data.js'
import { vanish, vanishings } from './vanish.js'

/** What one loop of a client has: nobody else edits its documents. */
export interface Loop {
  readonly api: Remote<Api>
  readonly address: string
  readonly name: string
  /** Versions of its documents, as it last heard of them. */
  readonly versions: Map<string, number>
}

interface Kind {
  /** How often it comes up, against the others. */
  readonly weight: number
  /** Calls that it makes, where that isn't one. */
  readonly calls?: number
  readonly run: (loop: Loop) => Promise<void>
}

/** A whole number from 0 up to, not including, another. */
const any = (below: number) => Math.floor(Math.random() * below)
const name = () => `user${any(500)}`
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

async function uploaded(api: Remote<Api>, size: number): Promise<void> {
  deepStrictEqual(await api.upload(blob(pieces(size))), await seen(pieces(size)))
}

const kinds = {
  'small call': {
    weight: 30,
    async run({ api }) {
      const who = name()
      strictEqual(await api.hello(who), greeting(who))
    },
  },
  page: {
    weight: 15,
    async run({ api }) {
      const id = name()
      const { ...fields } = await api.Member(id)
      deepStrictEqual(fields, { id, ...fieldsOf(id) })
    },
  },
  'chain of three': {
    weight: 10,
    async run({ api }) {
      const id = name()
      strictEqual(await api.find_user(id).profile().title(), titleOf(id))
    },
  },
  '16 calls of one turn': {
    weight: 5,
    calls: 16,
    async run({ api }) {
      const ids = times(16, name)
      deepStrictEqual(await Promise.all(ids.map(id => api.hello(id))), ids.map(greeting))
    },
  },
  walk: {
    weight: 5,
    calls: 20,
    async run({ api }) {
      const id = name()
      const titles = await api
        .User(id)
        .friends()
        .map(friend => friend.profile().title())
      deepStrictEqual(titles, friendsOf(id).map(titleOf))
    },
  },
  'page as an argument': {
    weight: 5,
    async run({ api }) {
      const [one, two] = [name(), name()]
      strictEqual(await (await api.User(one)).likes(api.find_user(two)), `${one} likes ${two}`)
    },
  },
  'values of all types': {
    weight: 5,
    async run({ api }) {
      const value = new Map<unknown, unknown>([
        ['fields', fieldsOf(name())],
        [any(1000), [2n ** 70n, -0, Number.NaN, null, true]],
        [[1, 2], new Set(times(any(50), index => `item ${index}`))],
        ['long', 'é'.repeat(any(20_000))],
      ])
      deepStrictEqual(await api.echo(value), value)
    },
  },
  'safe call, 304': {
    weight: 10,
    async run({ api, name: owner, versions }) {
      const id = `${owner}-${any(5)}`
      const version = versions.get(id) ?? 0
      const document = await api.Document(id)
      strictEqual(await document.read(), textOf(id, version))
      if (any(10) > 0) return
      versions.set(id, version + 1)
      strictEqual(await document.edit(), version + 1)
      strictEqual(await document.read(), textOf(id, version + 1))
    },
  },
  'safe call, kept': {
    weight: 5,
    async run({ api }) {
      const id = name()
      strictEqual(await api.lasting(id), titleOf(id))
    },
  },
  'redirect to the other host': {
    weight: 5,
    async run({ api, address }) {
      const id = name()
      const far = await api.far(id)
      strictEqual(url(far).startsWith(address), false)
      strictEqual(await far.title(), titleOf(id))
    },
  },
  stream: {
    weight: 3,
    async run({ api }) {
      const count = any(500)
      let index = 0
      for await (const item of api.items(count)) deepStrictEqual(item, itemOf(index++))
      strictEqual(index, count)
    },
  },
  'stream, left early': {
    weight: 2,
    async run({ api }) {
      let index = 0
      for await (const item of api.items(1_000_000)) {
        deepStrictEqual(item, itemOf(index++))
        if (index === 10) break
      }
    },
  },
  'upload to 64 KiB': { weight: 3, run: ({ api }) => uploaded(api, any(65_536)) },
  'upload of 2 to 5 MiB, spooled': {
    weight: 0.4,
    run: ({ api }) => uploaded(api, 2 ** 21 + any(3 * 2 ** 20)),
  },
  'upload and back, spooled': {
    weight: 0.2,
    async run({ api }) {
      const size = 2 ** 21 + any(2 ** 20)
      const content: Blob = await api.back(blob(pieces(size)))
      deepStrictEqual(await seen(content.chunks()), await seen(pieces(size)))
    },
  },
  'upload, given up': {
    weight: 0.4,
    async run({ api }) {
      const controller = new AbortController()
      const reason = new Error('given up')
      async function* content() {
        yield* pieces(any(3 * 2 ** 20))
        controller.abort(reason)
        yield new Uint8Array(1)
      }
      const { signal } = controller
      await rejects(async () => await withOptions(api, { signal }).upload(blob(content())), reason)
    },
  },
  'download to 2 MiB': {
    weight: 1,
    async run({ api }) {
      const size = any(2 ** 21)
      const content: Blob = await api.download(size)
      deepStrictEqual(await seen(content.chunks()), await seen(pieces(size)))
    },
  },
  'download, left early': {
    weight: 0.5,
    async run({ api }) {
      const content: Blob = await api.download(20_000_000)
      for await (const chunk of content.chunks()) {
        strictEqual(chunk[1], 31)
        break
      }
    },
  },
  'error on purpose': {
    weight: 3,
    async run({ api }) {
      const who = name()
      const wanted = { name: 'RemoteError', status: 404, code: 'not_found', details: { name: who } }
      await rejects(async () => await api.refuse(who), wanted)
    },
  },
  accident: {
    weight: 1,
    run: ({ api }) => rejects(async () => await api.fail(), { name: 'RemoteError', status: 500 }),
  },
  'invalid argument': {
    weight: 1,
    run: ({ api }) => rejects(async () => await api.older(-any(100)), { name: 'RemoteError', status: 422 }),
  },
  'nothing there': {
    weight: 1,
    run: ({ address }) => rejects(get(`${address}${name()}/`), { name: 'RemoteError', status: 404 }),
  },
  'call given up': {
    weight: 2,
    async run({ api }) {
      const controller = new AbortController()
      const reason = new Error('given up')
      const timer = setTimeout(() => controller.abort(reason), any(30))
      const milliseconds = any(30)
      try {
        strictEqual(await withOptions(api, { signal: controller.signal }).slow(milliseconds), milliseconds)
      } catch (error) {
        strictEqual(error, reason)
      } finally {
        clearTimeout(timer)
      }
    },
  },
  'call out of time': {
    weight: 1,
    run: ({ api }) =>
      rejects(
        async () => await withOptions(api, { timeout: 5 }).slow(100),
        (error: NetworkError) => (error.cause as Error).name === 'TimeoutError',
      ),
  },
  'client that vanishes': {
    weight: 2,
    run: ({ address }) => vanish(address, vanishings[any(vanishings.length)]!, any(20)),
  },
} satisfies Record<string, Kind>

const table: readonly (readonly [string, Kind])[] = Object.entries(kinds)
const allWeights = table.reduce((sum, [, { weight }]) => sum + weight, 0)

/** One kind, as often as its weight says. */
export function anyKind(): readonly [string, Kind] {
  let left = Math.random() * allWeights
  return table.find(([, { weight }]) => (left -= weight) < 0) ?? table[0]!
}

/** The class of an error for the report: what it is about, without what differs each time. */
export function classOf(error: unknown): string {
  if (error instanceof RemoteError) return `RemoteError ${error.status} ${error.code}`
  if (error instanceof NetworkError) return `NetworkError, ${error.sent}: ${error.message.split(': ')[1]}`
  return error instanceof Error ? error.name : typeof error
}
