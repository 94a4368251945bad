// The first call of a process: from its start, through loading the library, to the answer. The server is as new.

import { ours, type PeerName } from './peer.js'
import { coldCall } from './processes.js'
import { median, quantile, ratios } from './statistics.js'
import { number, type Table } from './table.js'

/** Milliseconds, by peer, one a round. */
export type Cold = ReadonlyMap<PeerName, readonly number[]>

export async function measureCold(peers: readonly PeerName[], rounds: number): Promise<Cold> {
  const times = new Map<PeerName, number[]>(peers.map(peer => [peer, []]))
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) times.get(peer)?.push(await coldCall(peer))
  }
  return times
}

export function coldTable(times: Cold): Table {
  const mine = times.get(ours) ?? []
  return {
    title: 'first call of a cold process (`cold`)',
    note: 'Milliseconds from the start of the client’s process to its first answer.',
    columns: ['peer', 'ms', 'quartiles', 'ours is × as fast'],
    rows: Array.from(times, ([peer, all]) => [
      peer,
      number(median(all)),
      `${number(quantile(all, 0.25))}–${number(quantile(all, 0.75))}`,
      number(median(ratios(all, mine, time => time))),
    ]),
  }
}
