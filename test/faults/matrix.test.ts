// Every fault at every place of every kind of call: each call ends, in its value or in an error that is true, and
// nothing is left. The server's ledger is compared with what the client was told (spec/faults.md).

import { getEventListeners } from 'node:events'
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { Agent } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DecodeError, NetworkError, type Options, RemoteError } from '../../client/index.js'
import { undici } from '../../client/transport/undici.js'
import { type Server, serve } from '../../server/index.js'
import { type Direction, type Fault, type FaultProxy, type Kind, openProxy } from './proxy.js'
import { ledger, logged, routers, running, type Workload, workloads } from './workloads.js'

let directory: string
let near: Server
let far: Server
/** Given to every call, as an application does that ends all of them at once. */
const { signal } = new AbortController()
const resources = (name: string) => process.getActiveResourcesInfo().filter(one => one === name).length
let timersBefore: number

beforeAll(async () => {
  timersBefore = resources('Timeout')
  directory = await mkdtemp(join(tmpdir(), 'faults-'))
  const both = routers(directory)
  near = await serve(both.near, { port: 0 })
  far = await serve(both.far, { port: 0 })
})
afterAll(async () => {
  await Promise.all([near.close(0), far.close(0)])
  await rm(directory, { recursive: true })
})

const patient = { timeout: 10_000 }
const soon = { timeout: 8000, interval: 5 }

/** What the client still does must end by itself: the agent's end waits for it, and no connection is torn. */
async function leave(agent: Agent, proxy: FaultProxy): Promise<void> {
  await agent.close()
  await expect.poll(() => proxy.open, soon).toBe(0)
  await proxy.close()
}

type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** `undefined` for a call that has not ended in any time that it was given. */
async function outcome(call: PromiseLike<unknown>): Promise<Outcome | undefined> {
  const done = new AbortController()
  const never = sleep(12_000, undefined, { signal: done.signal }).catch(() => undefined)
  const settled = call.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  const result = await Promise.race([settled, never])
  done.abort()
  return result
}

let number = 0

async function play(workload: Workload, fault: Fault | undefined, options: Options): Promise<Played> {
  const id = `c${String(++number).padStart(5, '0')}`
  const agent = new Agent()
  const proxy = await openProxy((workload.elsewhere ? far : near).port)
  const calls = await workload.prepare({
    id,
    url: workload.elsewhere ? near.url : proxy.url,
    elsewhere: workload.elsewhere ? proxy.port : far.port,
    options: { transport: undici(agent), signal, ...patient },
    late: options,
  })
  proxy.arm(fault)
  const outcomes = await Promise.all(calls().map(outcome))
  await leave(agent, proxy)
  const counts = workload.marks(id).map(mark => ledger.get(mark) ?? 0)
  return { id, outcomes, counts, seen: proxy.seen }
}

interface Played {
  readonly id: string
  readonly outcomes: readonly (Outcome | undefined)[]
  /** How often each mark was run. */
  readonly counts: readonly number[]
  readonly seen: FaultProxy['seen']
}

interface Place {
  readonly name: string
  readonly direction: Direction
  readonly at: number
}

const known = new Map<Workload, Promise<readonly Place[]>>()

/** Where a call can be broken, from how it goes when it isn't. */
function placesOf(workload: Workload): Promise<readonly Place[]> {
  const places = known.get(workload) ?? measured(workload)
  known.set(workload, places)
  return places
}

async function measured(workload: Workload): Promise<readonly Place[]> {
  const { seen } = await play(workload, undefined, {})
  const places: Place[] = []
  for (const direction of ['request', 'response'] as const) {
    const { total, start } = seen[direction]
    const head = start.indexOf('\r\n\r\n') + 4
    const add = (where: string, at: number) => {
      if (!places.some(place => place.direction === direction && place.at === at))
        places.push({ name: `${where} of the ${direction}`, direction, at })
    }
    if (total === 0) continue
    add('before the first byte', 0)
    add('in the first line', 5)
    add('in the headers', Math.floor(head / 2))
    if (total > head) {
      add('before the body', head)
      add('in the middle of the body', Math.floor((head + total) / 2))
    }
    add('before the last byte', total - 1)
  }
  return places
}

/** What is wrong with how a call has ended, if anything is. */
type Judge = (workload: Workload, played: Played) => string | undefined

const tell = (end: Outcome | undefined): string =>
  end === undefined ? 'never' : 'error' in end ? String(end.error) : 'a value'

const isRight = ({ values }: Workload, { id, outcomes }: Played): boolean =>
  isDeepStrictEqual(
    outcomes.map(end => end && 'value' in end && end.value),
    values(id),
  )

const classified = (error: unknown): boolean =>
  [RemoteError, NetworkError, DecodeError].some(type => error instanceof type)

const right: Judge = (workload, played) => {
  if (isRight(workload, played) && played.counts.every(count => count === 1)) return undefined
  return `${played.outcomes.map(tell)}, run ${played.counts}`
}

/** Errors are true, and what has run has run once. */
const honest: Judge = (workload, played) => {
  const { outcomes, counts } = played
  const said = `${outcomes.map(tell)}, run ${counts}`
  if (counts.some(count => count > 1)) return said
  const expected = workload.values(played.id)
  for (const [index, end] of outcomes.entries()) {
    // Calls that travel together have a mark each; a chain has one outcome for all of its marks.
    const own = outcomes.length === 1 ? counts : [counts[index] as number]
    if (end === undefined) return said
    if ('value' in end) {
      if (!isDeepStrictEqual(end.value, expected[index]) || own.some(count => count !== 1)) return said
    } else if (!classified(end.error)) return said
    else if (end.error instanceof NetworkError) {
      const { sent } = end.error
      if (sent === 'no' && own.some(count => count > 0)) return said
      if (sent === 'answered' && (workload.ahead || own.some(count => count !== 1))) return said
    }
  }
  return undefined
}

/** A message that was changed on the way can say anything, but ends nevertheless. */
const ended: Judge = (_workload, { outcomes, counts }) => {
  const fine = outcomes.every(
    end => end && ('value' in end || classified(end.error) || end.error instanceof TypeError),
  )
  return fine && counts.every(count => count <= 1) ? undefined : `${outcomes.map(tell)}, run ${counts}`
}

const families: readonly (readonly [name: string, kinds: readonly Kind[], options: Options, judge: Judge])[] =
  [
    ['is delayed or slowed down', ['delay', 'throttle'], patient, right],
    ['breaks off', ['close', 'reset', 'truncate'], patient, honest],
    ['falls silent', ['swallow'], { timeout: 400 }, honest],
    ['is altered', ['drop', 'duplicate', 'corrupt'], { timeout: 400 }, ended],
  ]

const matrix = workloads.flatMap(workload =>
  families.map(family => [workload.name, ...family, workload] as const),
)

test.each(matrix)('%s that %s', { timeout: 60_000 }, async (_, __, kinds, options, judge, workload) => {
  const places = await placesOf(workload)
  const cases = kinds.flatMap(kind => places.map(place => ({ ...place, kind })))
  const found = await Promise.all(
    cases.map(async fault => {
      const problem = judge(workload, await play(workload, fault, options))
      return problem && `${fault.kind} ${fault.name}: ${problem}`
    }),
  )
  expect(found.filter(problem => problem !== undefined)).toEqual([])
})

const breaking = workloads
  .filter(({ safe }) => safe)
  .flatMap(workload => (['close', 'reset'] as const).map(kind => [workload.name, kind, workload] as const))

test.each(breaking)('%s is tried again where its first connection breaks (%s)', async (_, kind, workload) => {
  const places = await placesOf(workload)
  const found = await Promise.all(
    places.map(async place => {
      const problem = right(workload, await play(workload, { ...place, kind, times: 1 }, patient))
      return problem && `${place.name}: ${problem}`
    }),
  )
  expect(found.filter(problem => problem !== undefined)).toEqual([])
})

const certain: readonly (readonly [place: string, sent: string, run: number])[] = [
  ['before the first byte of the request', 'unknown', 0],
  ['in the headers of the request', 'unknown', 0],
  ['in the middle of the body of the request', 'unknown', 0],
  ['before the last byte of the request', 'unknown', 0],
  ['before the first byte of the response', 'unknown', 1],
  ['in the headers of the response', 'unknown', 1],
  ['before the body of the response', 'answered', 1],
  ['before the last byte of the response', 'answered', 1],
]

test.each(certain)('a call that breaks off %s: %s, run %d times', async (name, sent, count) => {
  const workload = workloads[0] as Workload
  const place = (await placesOf(workload)).find(one => one.name === name) as Place
  for (const kind of ['close', 'reset'] as const) {
    const { outcomes, counts } = await play(workload, { ...place, kind }, patient)
    expect([outcomes, counts]).toMatchObject([[{ error: { name: 'NetworkError', sent } }], [count]])
  }
})

const heldFiles = async (): Promise<number> => {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter(link => link.startsWith(directory)).length
}

test('after all of that nothing is left', async () => {
  await expect.poll(() => running.size, soon).toBe(0)
  await expect.poll(() => resources('TCPSocketWrap'), soon).toBe(0)
  await expect.poll(() => resources('Timeout'), soon).toBeLessThanOrEqual(timersBefore)
  await expect.poll(heldFiles, soon).toBe(0)
  expect(await readdir(directory)).toEqual([])
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(logged).toEqual([])
})
