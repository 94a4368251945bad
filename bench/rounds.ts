// One workload, all peers: a pair of processes for each, warmed up, then slices in turn. What another program
// on the machine takes for a while, it takes from all of them.

import { ours, type PeerName } from './peer.js'
import { type Measurement, Pair, type ProcessOptions } from './processes.js'
import { median, quantile, ratios } from './statistics.js'
import { mebibytes, number, type Table } from './table.js'
import type { Workload } from './workloads.js'

export interface RoundOptions extends ProcessOptions {
  readonly rounds: number
  /** Milliseconds of a slice. A call that is under way is ended, so that it may take longer. */
  readonly slice: number
  /** Calls to make before it counts, in at most `warmSlices` slices: compiled code is what is measured. */
  readonly warmCalls: number
  readonly warmSlices: number
}

/** By peer, one measurement a round; what could not be measured, with the reason. */
export interface Measured {
  readonly rounds: ReadonlyMap<PeerName, readonly Measurement[]>
  readonly missing: ReadonlyMap<PeerName, string>
}

/** A first call that takes longer, in milliseconds, is not measured: a slice would be one call. */
const tooLong = 20_000

export async function measure(
  { name }: Workload,
  peers: readonly PeerName[],
  options: RoundOptions,
): Promise<Measured> {
  const pairs = new Map<PeerName, Pair>()
  const missing = new Map<PeerName, string>()
  try {
    for (const peer of peers) {
      try {
        const pair = await Pair.start(peer, `${peer}-${name}`, options)
        pairs.set(peer, pair)
        const possible = await within(tooLong, pair.check(name))
        if (!possible) missing.set(peer, 'has no way to do it')
      } catch (error) {
        missing.set(
          peer,
          error instanceof Error ? (error.message.split('\n', 1)[0] as string) : String(error),
        )
      }
      if (missing.has(peer)) {
        await pairs.get(peer)?.end()
        pairs.delete(peer)
      }
    }
    await warm([...pairs.values()], name, options)
    const rounds = new Map<PeerName, Measurement[]>([...pairs.keys()].map(peer => [peer, []]))
    for (let round = 0; round < options.rounds; round++) {
      // Each round begins with another peer: who comes after whom should not matter.
      const order = [...pairs]
      const turned = [...order.slice(round % order.length), ...order.slice(0, round % order.length)]
      for (const [peer, pair] of turned) rounds.get(peer)?.push(await pair.slice(name, options.slice))
    }
    return { rounds, missing }
  } finally {
    await Promise.all([...pairs.values()].map(pair => pair.end()))
  }
}

/**
 * In turn, as they are measured: one that rests for a minute while others are warmed up is cold again, since the
 * engine collects garbage when it rests, and compiled code that it takes for old.
 */
async function warm(pairs: readonly Pair[], name: string, options: RoundOptions): Promise<void> {
  const { slice, warmCalls, warmSlices } = options
  const calls = new Map(pairs.map(pair => [pair, 0]))
  for (let count = 0; count < warmSlices; count++) {
    for (const [pair, made] of calls) {
      if (made < warmCalls) calls.set(pair, made + (await pair.slice(name, slice)).calls)
    }
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`over ${milliseconds / 1000} s`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** How fast, whatever the workload compares: more is better. */
export const speedOf =
  ({ measure }: Workload) =>
  ({ rate, p50 }: Measurement): number =>
    measure === 'rate' ? rate : 1 / p50

const spread = (values: readonly number[]): string =>
  `${number(median(values))} (${number(quantile(values, 0.25))}–${number(quantile(values, 0.75))})`

export function tableOf(workload: Workload, { rounds, missing }: Measured): Table {
  const mine = rounds.get(ours) ?? []
  const columns = [
    'peer',
    workload.measure === 'rate' ? 'calls/s' : 'p50 µs',
    'ours is × as fast',
    'client CPU µs',
    'ours ÷ its',
    'server CPU µs',
    'ours ÷ its',
    ...(workload.memory ? ['client peak MiB', 'server peak MiB'] : []),
  ]
  const measured = [...rounds].map(([peer, all]) => {
    const each = (of: (measurement: Measurement) => number) => median(all.map(of))
    return [
      peer,
      number(each(workload.measure === 'rate' ? one => one.rate : one => one.p50)),
      spread(ratios(mine, all, speedOf(workload))),
      number(each(one => one.clientCpu)),
      number(median(ratios(mine, all, one => one.clientCpu))),
      number(each(one => one.serverCpu)),
      number(median(ratios(mine, all, one => one.serverCpu))),
      ...(workload.memory
        ? [mebibytes(each(one => one.clientPeak)), mebibytes(each(one => one.serverPeak))]
        : []),
    ]
  })
  const absent = [...missing].map(([peer, reason]) => [peer, '–', reason, ...columns.slice(3).map(() => '')])
  return { title: `${workload.title} (\`${workload.name}\`)`, columns, rows: [...measured, ...absent] }
}
