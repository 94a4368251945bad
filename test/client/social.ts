// A small social network, served with pipelines and without: what the tests of pipelines and coalescing call.

import { afterAll, afterEach, beforeAll } from 'vitest'
import { get, type Options } from '../../client/index.js'
import { blob } from '../../lib/values/blob.js'
import { Fault } from '../../lib/values/fault.js'
import { type Fetcher, Router, redirect, type Server, safe, serve } from '../../server/index.js'

export class Profile {
  constructor(readonly id: string) {}
  name() {
    return `Name of ${this.id}`
  }
}

export class User {
  constructor(readonly id: string) {}
  profile() {
    return new Profile(this.id)
  }
  friends() {
    return [new User(`${this.id}1`), new User(`${this.id}2`), new User(`${this.id}3`)]
  }
  @safe bio() {
    return `life of ${this.id}`
  }
  greet(other: User, word = 'hello') {
    return `${this.id}: ${word} ${other.id}`
  }
  *posts(most: number) {
    for (let number = 1; number <= most; number++) yield `${this.id} ${number}`
  }
  poke() {
    calls.push(`poke ${this.id}`)
    return this.id
  }
}

/** What was called, in order. */
export const calls: string[] = []

/** Calls of `hold()` that wait to be released. */
const held: (() => void)[] = []
export function release(): void {
  for (const go of held.splice(0)) go()
}

export const router = new Router({
  User,
  Profile,
  find_user: redirect((wanted: string) => {
    calls.push(`find ${wanted}`)
    if (wanted === '') throw new Fault('no such user', { status: 404, code: 'not_found' })
    return new User(wanted)
  }),
  add: (a: number, b = 1) => {
    calls.push(`add ${a}`)
    return a + b
  },
  names: (users: User[]) => users.map(user => user.id),
  hold: () => new Promise<string>(resolve => held.push(() => resolve('released'))),
  data: () => ({ users: [new User('d')], text: 'abc', map: new Map([['k', 1]]) }),
  size: async (content: Blob) => (await content.text()).length,
  feed: async () =>
    (async function* () {
      yield 1
    })(),
  download: () => blob('0123456789'),
})
export type Api = typeof router

/** Requests as they came in, with the state in paths left out. */
export const requests: string[] = []

export function logged(request: Request): void {
  const { pathname } = new URL(request.url)
  requests.push(`${request.method} ${pathname.replace(/^\/(\w+)\/[\w-]+\//, '/$1/STATE/')}`)
}

/** The router with pipelines or without, its requests logged. */
export const fetcher = (pipeline: () => boolean): Fetcher => ({
  fetch(request, bindings) {
    logged(request)
    return router.fetch(request, { ...bindings, pipeline: pipeline() })
  },
})

export interface Servers {
  /** Takes pipelines. */
  readonly server: Server
  /** Takes none. */
  readonly plain: Server
  /** The root page, its request forgotten. */
  start(options?: Options, url?: string): Promise<Awaited<ReturnType<typeof get<Api>>>>
}

/** Serves while the tests of a file run. */
export function useServers(): Servers {
  let server: Server
  let plain: Server
  beforeAll(async () => {
    server = await serve(
      fetcher(() => true),
      { port: 0 },
    )
    plain = await serve(
      fetcher(() => false),
      { port: 0 },
    )
  })
  afterAll(async () => {
    await server.close()
    await plain.close()
  })
  afterEach(() => {
    release()
    requests.length = 0
    calls.length = 0
  })
  return {
    get server() {
      return server
    },
    get plain() {
      return plain
    },
    async start(options = {}, url = server.url) {
      const api = await get<Api>(url, options)
      requests.length = 0
      return api
    },
  }
}
