// What we mean to reach, each a ratio in one run, and whether this run did.

import { type CodecTimes, speedup } from './codec-tables.js'
import { type Growth, type Idle, leftPerCall } from './memory.js'
import { ours, type PeerName } from './peer.js'
import type { Measurement } from './processes.js'
import { type Measured, speedOf } from './rounds.js'
import { median, ratios } from './statistics.js'
import { number, type Table } from './table.js'
import { workloads } from './workloads.js'

/** What was measured in this run; a target whose part is missing is not judged. */
export interface Results {
  readonly measured: ReadonlyMap<string, Measured>
  readonly codecs: readonly CodecTimes[]
  readonly growth: readonly Growth[]
  readonly idle: readonly Idle[]
}

interface Target {
  readonly what: string
  readonly is: 'at least' | 'at most'
  readonly bound: number
  /** NaN where this run did not measure it. */
  readonly of: (results: Results) => number
}

type Quantity = (measurement: Measurement) => number

const compare =
  (workload: string, first: PeerName, second: PeerName, of: Quantity) =>
  ({ measured }: Results): number => {
    const rounds = measured.get(workload)?.rounds
    return median(ratios(rounds?.get(first) ?? [], rounds?.get(second) ?? [], of))
  }

const speed = (workload: string, peer: PeerName) => {
  const found = workloads.find(({ name }) => name === workload)
  if (found === undefined) throw new Error(`there is no workload ${workload}`)
  return compare(workload, ours, peer, speedOf(found))
}

/** MiB more than the bare peer at its peak. */
const peakAbove =
  (workload: string, of: Quantity) =>
  ({ measured }: Results): number => {
    const rounds = measured.get(workload)?.rounds
    const peak = (peer: PeerName) => median((rounds?.get(peer) ?? []).map(of)) / 2 ** 20
    return peak(ours) - peak('bare')
  }

const codec =
  (content: string, name: string, direction: 'encode' | 'decode') =>
  ({ codecs }: Results): number =>
    speedup(codecs, content, name, direction)

const targets: readonly Target[] = [
  {
    what: 'small call, 32 in flight: calls/s ÷ capnweb',
    is: 'at least',
    bound: 2,
    of: speed('small-32', 'capnweb'),
  },
  {
    what: 'small call, 1 in flight: p50 ÷ bare',
    is: 'at most',
    bound: 1.15,
    of: compare('small-1', ours, 'bare', one => one.p50),
  },
  {
    what: 'page, 32 in flight: pages/s ÷ capnweb',
    is: 'at least',
    bound: 1,
    of: speed('page-32', 'capnweb'),
  },
  {
    what: 'chain, 1 in flight: chains/s ÷ capnweb',
    is: 'at least',
    bound: 1.5,
    of: speed('chain-1', 'capnweb'),
  },
  {
    what: 'chain, 32 in flight: chains/s ÷ capnweb',
    is: 'at least',
    bound: 1.5,
    of: speed('chain-32', 'capnweb'),
  },
  {
    what: 'small call, uncoalesced, 32 in flight: server CPU ÷ hono',
    is: 'at most',
    bound: 1.25,
    of: compare('small-32', 'hyperglyph-apart', 'hono', one => one.serverCpu),
  },
  {
    what: 'small call, uncoalesced, 32 in flight: client CPU ÷ undici.request (bare)',
    is: 'at most',
    bound: 1.3,
    of: compare('small-32', 'hyperglyph-apart', 'bare', one => one.clientCpu),
  },
  ...['download', 'upload'].flatMap((name): Target[] => [
    { what: `blob ${name}: speed ÷ bare`, is: 'at least', bound: 0.9, of: speed(name, 'bare') },
    {
      what: `blob ${name}: client’s peak RSS − bare’s, MiB`,
      is: 'at most',
      bound: 30,
      of: peakAbove(name, one => one.clientPeak),
    },
    {
      what: `blob ${name}: server’s peak RSS − bare’s, MiB`,
      is: 'at most',
      bound: 30,
      of: peakAbove(name, one => one.serverPeak),
    },
  ]),
  ...(['encode', 'decode'] as const).flatMap((direction): Target[] => [
    {
      what: `CBOR, page with its forms: ${direction}, × as fast as JSON`,
      is: 'at least',
      bound: 3,
      of: codec('page', 'cbor', direction),
    },
    {
      what: `CBOR, 20 fields: ${direction}, × as fast as JSON`,
      is: 'at least',
      bound: 1,
      of: codec('fields', 'cbor', direction),
    },
    {
      what: `text, 20 fields: ${direction}, × as fast as JSON`,
      is: 'at least',
      bound: 0.5,
      of: codec('fields', 'text', direction),
    },
  ]),
  {
    what: 'memory: bytes of heap that a call leaves',
    is: 'at most',
    bound: 1,
    of: ({ growth }) => leftPerCall(growth),
  },
  {
    what: 'memory: KiB of the server for an idle client',
    is: 'at most',
    bound: 30,
    of: ({ idle }) => (idle.find(one => one.peer === ours)?.serverResident ?? Number.NaN) / 1024,
  },
]

export function targetTable(results: Results): Table {
  const judged = targets
    .map(target => ({ ...target, value: target.of(results) }))
    .filter(({ value }) => Number.isFinite(value))
  return {
    title: 'targets',
    columns: ['target', 'wanted', 'measured', ''],
    rows: judged.map(({ what, is, bound, value }) => {
      const met = is === 'at least' ? value >= bound : value <= bound
      return [what, `${is === 'at least' ? '≥' : '≤'} ${bound}`, number(value), met ? 'met' : '**missed**']
    }),
  }
}
