// The client of the soak: `client URL`. Told to, it calls for some seconds, waits for what is under way, and says
// what it found; or it says what it holds. Parallel loops, whose calls start at a steady rate.

import { AssertionError } from 'node:assert/strict'
import { get, type Transport } from '../../client/index.js'
import { defaultTransport } from '../../client/transport/undici.js'
import type { Api } from './api.js'
import { anyKind, classOf, type Loop } from './kinds.js'
import { Latencies } from './latency.js'
import { vitals } from './vitals.js'

/** What to do next. Without `seconds`: to rest, and say what it holds. */
export interface Order {
  readonly seconds?: number
  /** Starts a second, of all kinds together. */
  readonly rate: number
}

export interface KindReport {
  readonly calls: number
  readonly counts: Readonly<Record<number, number>>
}

export interface ClientReport {
  readonly seconds: number
  readonly kinds: Readonly<Record<string, KindReport>>
  /** Answers by their status. */
  readonly statuses: Readonly<Record<number, number>>
  /** What should not have been, by kind and class of error; with the first of each. */
  readonly errors: Readonly<Record<string, { readonly count: number; readonly first: string }>>
  readonly wrong: number
}

const loopCount = 16
/** Milliseconds after which a call that has not ended is a hang. */
const hangs = 60_000

const [, , address = ''] = process.argv
let statuses: Record<number, number> = {}

const counting: Transport = Object.assign(
  async (request: Parameters<Transport>[0]) => {
    const response = await defaultTransport(request)
    statuses[response.status] = (statuses[response.status] ?? 0) + 1
    return response
  },
  { ...defaultTransport },
)

async function run(loops: readonly Loop[], seconds: number, rate: number): Promise<ClientReport> {
  const latencies: Record<string, Latencies> = {}
  const calls: Record<string, number> = {}
  const errors: Record<string, { count: number; first: string }> = {}
  let wrong = 0
  statuses = {}
  const began = performance.now()
  const end = began + seconds * 1000
  let next = began

  const once = async (loop: Loop): Promise<void> => {
    const [name, kind] = anyKind()
    const start = performance.now()
    try {
      await inTime(kind.run(loop))
    } catch (error) {
      if (error instanceof AssertionError) wrong++
      const what = `${name}: ${classOf(error)}`
      errors[what] ??= { count: 0, first: String((error as Error)?.stack ?? error).slice(0, 2000) }
      errors[what].count++
    }
    latencies[name] ??= new Latencies()
    latencies[name].add(performance.now() - start)
    calls[name] = (calls[name] ?? 0) + (kind.calls ?? 1)
  }
  const keepCalling = async (loop: Loop): Promise<void> => {
    for (;;) {
      // What could not start in time is not made up for.
      next = Math.max(next + 1000 / rate, performance.now() - 1000)
      const wait = next - performance.now()
      if (wait > 1) await new Promise(resolve => setTimeout(resolve, wait))
      if (performance.now() >= end) return
      await once(loop)
    }
  }
  await Promise.all(loops.map(keepCalling))
  const report = (name: string): KindReport => ({ calls: calls[name]!, counts: latencies[name]!.counts })
  const kinds = Object.fromEntries(Object.keys(latencies).map(name => [name, report(name)]))
  return { seconds: (performance.now() - began) / 1000, kinds, statuses, errors, wrong }
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${hangs / 1000} s`)), hangs)
  })
  try {
    await Promise.race([work, hang])
  } finally {
    clearTimeout(timer)
  }
}

async function main(): Promise<void> {
  const api = await get<Api>(address, { transport: counting })
  const loops: Loop[] = Array.from({ length: loopCount }, (_, index) => {
    return { api, address, name: `loop${index}`, versions: new Map() }
  })
  process.on('message', async ({ seconds, rate }: Order) => {
    process.send?.(seconds === undefined ? await vitals() : await run(loops, seconds, rate))
  })
  process.on('disconnect', () => process.exit())
  process.send?.('ready')
}

void main()
