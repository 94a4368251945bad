// Every kind of call that a client makes, with a record of what has run: what test/faults breaks.

import { createHash } from 'node:crypto'
import { get, type Options, withOptions } from '../../client/index.js'
import { type Blob, blob } from '../../lib/values/blob.js'
import { Router, redirect, safe } from '../../server/index.js'
import { logbook } from '../server/peer.js'

/** How often each mark was run. */
export const ledger = new Map<string, number>()
const run = (mark: string): void => void ledger.set(mark, (ledger.get(mark) ?? 0) + 1)

/** Streams that were begun and not ended. */
export const running = new Set<string>()

class Box {
  constructor(readonly id: string) {}
  put(amount: number) {
    run(`${this.id}/put`)
    return new Box(`${this.id}/put${amount}`)
  }
  total() {
    run(`${this.id}/total`)
    return this.id.length
  }
}

class Far {
  constructor(
    readonly id: string,
    readonly port: number,
  ) {}
}

const bytes = new Uint8Array(150_000).map((_, index) => index * 7)
const upload = new Uint8Array(2_200_000).map((_, index) => index * 11)
const digest = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

const { log, lines } = logbook()

/** What the servers have logged. */
export { lines as logged }

const near = {
  Box,
  Far,
  add: (id: string, amount: number) => {
    run(id)
    return `one more than ${amount}`
  },
  box: (id: string) => {
    run(id)
    return new Box(id)
  },
  boxes: (id: string) => {
    run(id)
    return [1, 2, 3].map(number => new Box(`${id}/${number}`))
  },
  upload: async (id: string, file: Blob) => {
    run(id)
    return digest(await file.bytes())
  },
  download: (id: string) => {
    run(id)
    const source = async function* () {
      running.add(id)
      try {
        for (let start = 0; start < bytes.length; start += 30_000) yield bytes.subarray(start, start + 30_000)
      } finally {
        running.delete(id)
      }
    }
    return blob(source())
  },
  *count(id: string) {
    run(id)
    running.add(id)
    try {
      for (let number = 0; number < 3000; number++) yield number
    } finally {
      running.delete(id)
    }
  },
  far: redirect((id: string, port: number) => {
    run(id)
    return new Far(id, port)
  }),
  kept: safe({ maxAge: 60 })((id: string) => `kept ${id}`),
  asked: safe((id: string) => `asked ${id}`),
}

export function routers(temporaryDirectory: string): { near: Router; far: Router } {
  const options = { log, temporaryDirectory }
  return {
    near: new Router(near, {
      ...options,
      locate: item => (item instanceof Far ? base(item.port) : undefined),
    }),
    far: new Router({ Far }, options),
  }
}

const base = (port: number) => `http://127.0.0.1:${port}/`

export interface Case {
  readonly id: string
  /** The server through its proxy, and another one through another. */
  readonly url: string
  readonly elsewhere: number
  readonly options: Options
  /** Of what is done under the fault alone. */
  readonly late: Options
}

/** One call, or several that travel together: each ends by itself. */
export interface Workload {
  readonly name: string
  /** What it runs on the server. */
  marks(id: string): readonly string[]
  /** What is done before the fault; gives what is done under it. */
  prepare(given: Case): Promise<() => readonly PromiseLike<unknown>[]>
  readonly values: (id: string) => readonly unknown[]
  /** Does it change nothing, so that it can run any number of times? */
  readonly safe?: boolean
  /** Is the status sent before it has run? */
  readonly ahead?: boolean
  /** Is the proxy that breaks the one before the other server? */
  readonly elsewhere?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: the client's types are tested elsewhere.
type Untyped = any

const open = async ({ url, options, late }: Case): Promise<Untyped> =>
  withOptions<Untyped>(await get(url, options), late)

async function collected(items: PromiseLike<AsyncIterable<number>>): Promise<readonly number[]> {
  let count = 0
  let sum = 0
  for await (const item of await items) {
    count++
    sum += item
  }
  return [count, sum]
}

const redirected = {
  marks: (id: string) => [id],
  async prepare(given: Case) {
    const api = await open(given)
    return () => [api.far(given.id, given.elsewhere).then((far: Untyped) => far.id)]
  },
  values: (id: string) => [id],
}

export const workloads: readonly Workload[] = [
  {
    name: 'a call',
    marks: id => [id],
    async prepare(given) {
      const api = await open(given)
      return () => [api.add(given.id, 1)]
    },
    values: () => ['one more than 1'],
  },
  {
    name: 'a page',
    safe: true,
    marks: () => [],
    async prepare({ url, options, late }) {
      await get(url, { ...options, cache: false })
      return () => [get(url, { ...options, ...late, cache: false }).then((api: Untyped) => typeof api.add)]
    },
    values: () => ['function'],
  },
  {
    name: 'a chain',
    ahead: true,
    marks: id => [id, `${id}/put`, `${id}/put5/total`],
    async prepare(given) {
      const api = await open(given)
      return () => [api.box(given.id).put(5).total()]
    },
    values: id => [id.length + 5],
  },
  {
    name: 'calls of one turn',
    ahead: true,
    marks: id => [`${id}/1`, `${id}/2`, `${id}/3`],
    async prepare(given) {
      const api = await open(given)
      return () => [1, 2, 3].map(number => api.add(`${given.id}/${number}`, number))
    },
    values: () => [1, 2, 3].map(number => `one more than ${number}`),
  },
  {
    name: 'a walk',
    ahead: true,
    marks: id => [id, `${id}/1/put`, `${id}/2/put`, `${id}/3/put`],
    async prepare(given) {
      const api = await open(given)
      return () => [api.boxes(given.id).map((box: Untyped) => box.put(1).id)]
    },
    values: id => [[1, 2, 3].map(number => `${id}/${number}/put1`)],
  },
  {
    name: 'an upload',
    marks: id => [id],
    async prepare(given) {
      const api = await open(given)
      const source = async function* () {
        for (let start = 0; start < upload.length; start += 100_000)
          yield upload.subarray(start, start + 100_000)
      }
      return () => [api.upload(given.id, blob(source()))]
    },
    values: () => [digest(upload)],
  },
  {
    name: 'a download',
    marks: id => [id],
    async prepare(given) {
      const api = await open(given)
      return () => [api.download(given.id).then(async (file: Blob) => digest(await file.bytes()))]
    },
    values: () => [digest(bytes)],
  },
  {
    name: 'a stream',
    marks: id => [id],
    async prepare(given) {
      const api = await open(given)
      return () => [collected(api.count(given.id))]
    },
    values: () => [[3000, 4_498_500]],
  },
  { ...redirected, name: 'a redirect to another host, broken before it' },
  { ...redirected, name: 'a redirect to another host, broken there', elsewhere: true },
  {
    name: 'a safe call that the cache answers',
    safe: true,
    marks: () => [],
    async prepare(given) {
      await (await get<Untyped>(given.url, given.options)).kept(given.id)
      const api = await open(given)
      return () => [api.kept(given.id)]
    },
    values: id => [`kept ${id}`],
  },
  {
    name: 'a safe call that is asked about again',
    safe: true,
    marks: () => [],
    async prepare(given) {
      await (await get<Untyped>(given.url, given.options)).asked(given.id)
      const api = await open(given)
      return () => [api.asked(given.id)]
    },
    values: id => [`asked ${id}`],
  },
]
