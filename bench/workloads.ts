// What is measured between a client and a server. Each has processes of its own, whose clients run it in
// short slices, in turn with the other peers.

import assert from 'node:assert/strict'
import { type Account, accountOf, blobBytes, friends, greeting, type Row, rows } from './data.js'
import type { Client } from './peer.js'

export interface Workload {
  readonly name: string
  readonly title: string
  /** Loops that each make one call after another, not knowing of each other. */
  readonly inFlight: number
  /** What is compared: calls a second, or the median time of a call. */
  readonly measure: 'rate' | 'p50'
  /** Is the peak of the resident memory of interest? */
  readonly memory?: boolean
  /** One call; undefined where the peer has no way to do it. */
  bind(client: Client): (() => Promise<unknown>) | undefined
  /** Throws where a result is not what was asked for. */
  check(result: unknown): void
}

const names = Array.from({ length: 100 }, (_, index) => `number ${index}`)
const itemCount = 100_000

const small: Pick<Workload, 'bind' | 'check'> = {
  bind: client => () => client.small('World'),
  check: result => assert.equal(result, greeting('World')),
}

const page: Pick<Workload, 'bind' | 'check'> = {
  bind: client => client.page && (() => client.page?.('bob') as Promise<Account>),
  check: result => {
    for (const [name, expected] of Object.entries(accountOf('bob'))) {
      const value = (result as Record<string, unknown>)[name]
      if (expected instanceof Uint8Array) assert.equal(Buffer.compare(expected, value as Uint8Array), 0, name)
      else assert.deepEqual(value, expected, name)
    }
  },
}

const chain: Pick<Workload, 'bind' | 'check'> = {
  bind: client => client.chain && (() => client.chain?.('bob') as Promise<string>),
  check: result => assert.equal(result, 'bob'),
}

export const workloads: readonly Workload[] = [
  { ...small, name: 'small-1', title: 'small call, 1 in flight', inFlight: 1, measure: 'p50' },
  { ...small, name: 'small-32', title: 'small call, 32 in flight', inFlight: 32, measure: 'rate' },
  { ...page, name: 'page-1', title: 'page of 20 fields, 1 in flight', inFlight: 1, measure: 'p50' },
  { ...page, name: 'page-32', title: 'page of 20 fields, 32 in flight', inFlight: 32, measure: 'rate' },
  { ...chain, name: 'chain-1', title: 'chain of three, 1 in flight', inFlight: 1, measure: 'rate' },
  { ...chain, name: 'chain-32', title: 'chain of three, 32 in flight', inFlight: 32, measure: 'rate' },
  {
    name: 'fan',
    title: 'fan-out: 100 small calls at once, then the next 100',
    inFlight: 1,
    measure: 'rate',
    bind: client => () =>
      client.fan === undefined ? Promise.all(names.map(name => client.small(name))) : client.fan(names),
    check: result => assert.deepEqual(result, names.map(greeting)),
  },
  {
    name: 'map',
    title: 'the names of 100 objects that another call lists',
    inFlight: 1,
    measure: 'rate',
    bind: client => client.map && (() => client.map?.() as Promise<unknown>),
    check: result => assert.deepEqual(result, friends),
  },
  {
    name: 'list',
    title: 'list of 1,000 objects',
    inFlight: 1,
    measure: 'rate',
    bind: client => client.list && (() => client.list?.() as Promise<readonly Row[]>),
    check: result => {
      const found = (result as readonly Row[]).map(row => ({ ...row }))
      assert.deepEqual(found, rows)
    },
  },
  {
    name: 'download',
    title: 'blob of 64 MiB down',
    inFlight: 1,
    measure: 'rate',
    memory: true,
    bind: client => client.download && (() => client.download?.() as Promise<number>),
    check: result => assert.equal(result, blobBytes),
  },
  {
    name: 'upload',
    title: 'blob of 64 MiB up',
    inFlight: 1,
    measure: 'rate',
    memory: true,
    bind: client => client.upload && (() => client.upload?.() as Promise<number>),
    check: result => assert.equal(result, blobBytes),
  },
  {
    name: 'stream',
    title: 'stream of 100,000 items',
    inFlight: 1,
    measure: 'rate',
    memory: true,
    bind: client => client.stream && (() => client.stream?.(itemCount) as Promise<number>),
    check: result => assert.equal(result, (itemCount * (itemCount - 1)) / 2),
  },
]
