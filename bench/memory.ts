// Memory: what a million calls leave behind, and what a thousand idle clients keep.

import { ours, type PeerName } from './peer.js'
import type { Usage } from './process/messages.js'
import { Pair } from './processes.js'
import { median } from './statistics.js'
import { mebibytes, number, type Table } from './table.js'

export interface Growth {
  readonly calls: number
  readonly client: Usage
  readonly server: Usage
}

/** The heap of both sides, after collecting, each time a tenth of the calls is done. */
export async function measureGrowth(calls: number): Promise<readonly Growth[]> {
  const pair = await Pair.start(ours, 'memory')
  try {
    const points: Growth[] = []
    for (let part = 1; part <= 10; part++) {
      await pair.client.ask({ do: 'calls', count: calls / 10 })
      points.push({ calls: (calls / 10) * part, ...(await bothOf(pair)) })
    }
    return points
  } finally {
    await pair.end()
  }
}

async function bothOf(pair: Pair): Promise<{ client: Usage; server: Usage }> {
  const client = await pair.client.ask<Usage>({ do: 'usage', collect: true })
  const server = await pair.server.ask<Usage>({ do: 'usage', collect: true })
  return { client, server }
}

/** Bytes of heap that a call leaves, on both sides: from the third of ten parts on, caches being full by then. */
export function leftPerCall(points: readonly Growth[]): number {
  const [first, last] = [points[2], points.at(-1)]
  if (first === undefined || last === undefined) return Number.NaN
  const heap = ({ client, server }: Growth) => client.heap + server.heap
  return (heap(last) - heap(first)) / (last.calls - first.calls)
}

export function growthTable(points: readonly Growth[]): Table {
  return {
    title: 'memory after many calls (`memory`)',
    note: `Ours, 32 in flight, after collecting garbage. From the third line on a call leaves ${number(leftPerCall(points))} bytes.`,
    columns: ['calls', 'client heap MiB', 'server heap MiB', 'client RSS MiB', 'server RSS MiB'],
    rows: points.map(({ calls, client, server }) => [
      number(calls),
      mebibytes(client.heap),
      mebibytes(server.heap),
      mebibytes(client.resident),
      mebibytes(server.resident),
    ]),
  }
}

/** Bytes that one idle client more costs either side. */
export interface Idle {
  readonly peer: PeerName
  readonly connections: number
  readonly serverResident: number
  readonly serverHeap: number
  readonly clientResident: number
  readonly clientHeap: number
}

/** The median of several measurements; undefined for peers without `connectAlone`. */
export async function measureIdle(peer: PeerName, count: number, times: number): Promise<Idle | undefined> {
  const all: Idle[] = []
  for (let time = 0; time < times; time++) {
    const found = await measureIdleOnce(peer, count)
    if (found === undefined) return undefined
    all.push(found)
  }
  const middle = (of: (idle: Idle) => number) => median(all.map(of))
  return {
    peer,
    connections: middle(one => one.connections),
    serverResident: middle(one => one.serverResident),
    serverHeap: middle(one => one.serverHeap),
    clientResident: middle(one => one.clientResident),
    clientHeap: middle(one => one.clientHeap),
  }
}

/** Some clients first, for what is there once; then the ones that are counted. */
async function measureIdleOnce(peer: PeerName, count: number): Promise<Idle | undefined> {
  const pair = await Pair.start(peer, 'idle')
  try {
    const possible = await pair.client.ask<number | false>({ do: 'hold', count: Math.ceil(count / 5) })
    if (possible === false) return undefined
    const before = await bothOf(pair)
    await pair.client.ask({ do: 'hold', count })
    const after = await bothOf(pair)
    return {
      peer,
      connections: after.server.sockets - before.server.sockets,
      serverResident: (after.server.resident - before.server.resident) / count,
      serverHeap: (after.server.heap - before.server.heap) / count,
      clientResident: (after.client.resident - before.client.resident) / count,
      clientHeap: (after.client.heap - before.client.heap) / count,
    }
  } finally {
    await pair.end()
  }
}

export function idleTable(all: readonly Idle[], count: number): Table {
  const kibibytes = (bytes: number) => number(bytes / 1024)
  return {
    title: 'idle clients (`memory`)',
    note: `KiB for each of ${number(count)} clients that keep a connection after one call. Connections that are fewer were closed by then, which spoils the line.`,
    columns: ['peer', 'connections', 'server RSS', 'server heap', 'client RSS', 'client heap'],
    rows: all.map(idle => [
      idle.peer,
      number(idle.connections),
      kibibytes(idle.serverResident),
      kibibytes(idle.serverHeap),
      kibibytes(idle.clientResident),
      kibibytes(idle.clientHeap),
    ]),
  }
}
