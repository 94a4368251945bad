// What the soak prints, each interval in lines and at the end in tables.

import { mebibytes, number, render } from '../../bench/table.js'
import type { ClientReport } from './client.js'
import { Latencies } from './latency.js'
import { afterWarmUp, bounds, fewest, gain, type Sample } from './verdict.js'

/** Samples of each process, in their order. */
export type Samples = ReadonlyMap<string, readonly Sample[]>

/** Everything that the client has found so far. */
export class Totals {
  seconds = 0
  wrong = 0
  readonly calls = new Map<string, number>()
  readonly latencies = new Map<string, Latencies>()
  readonly statuses = new Map<string, number>()
  readonly errors = new Map<string, { count: number; first: string }>()

  add({ seconds, wrong, kinds, statuses, errors }: ClientReport): this {
    this.seconds += seconds
    this.wrong += wrong
    for (const [kind, { calls, counts }] of Object.entries(kinds)) {
      this.calls.set(kind, (this.calls.get(kind) ?? 0) + calls)
      const latencies = this.latencies.get(kind) ?? new Latencies()
      latencies.merge(counts)
      this.latencies.set(kind, latencies)
    }
    for (const [status, count] of Object.entries(statuses)) {
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + count)
    }
    for (const [what, { count, first }] of Object.entries(errors)) {
      const known = this.errors.get(what)
      this.errors.set(what, { count: (known?.count ?? 0) + count, first: known?.first ?? first })
    }
    return this
  }

  get unexpected(): number {
    return [...this.errors.values()].reduce((sum, { count }) => sum + count, 0)
  }

  /** In all kinds together. */
  get all(): { calls: number; latencies: Latencies } {
    const latencies = new Latencies()
    for (const { counts } of this.latencies.values()) latencies.merge(counts)
    return { calls: [...this.calls.values()].reduce((sum, count) => sum + count, 0), latencies }
  }
}

/** One interval: a line for the calls, one for each class of error, and one for each process. */
export function intervalLines(at: number, interval: Totals, samples: Samples): string {
  const { calls, latencies } = interval.all
  const rate = number(calls / interval.seconds)
  const times = `p50 ${number(latencies.quantile(0.5))} ms, p99 ${number(latencies.quantile(0.99))} ms`
  const held = [...samples].map(([name, list]) => {
    const { heap, resident, sockets, timers, files, others } = list.at(-1)!
    const memory = `heap ${mebibytes(heap)}, resident ${mebibytes(resident)} MiB`
    return `  ${name}: ${memory}, ${sockets} sockets, ${timers} timers, ${files} files, ${others} other handles`
  })
  const line = `${Math.round(at)} s: ${number(calls)} calls, ${rate}/s, ${times}, ${interval.wrong} wrong, ${interval.unexpected} unexpected errors`
  const errors = [...interval.errors].map(([what, { count, first }]) => `  ${count} × ${what}: ${first}`)
  return [line, ...errors, ...held].join('\n')
}

export function kindTable(totals: Totals): string {
  const row = (name: string, calls: number, latencies: Latencies) => [
    name,
    number(calls),
    number(calls / totals.seconds),
    number(latencies.quantile(0.5)),
    number(latencies.quantile(0.99)),
  ]
  const { calls, latencies } = totals.all
  const kinds = [...totals.latencies].sort(([a], [b]) => a.localeCompare(b))
  return render({
    title: 'soak: calls',
    note: 'Times are of what a caller does: a chain, a walk, a blob from its first to its last byte.',
    columns: ['kind', 'calls', 'calls/s', 'p50 ms', 'p99 ms'],
    rows: [
      ...kinds.map(([name, times]) => row(name, totals.calls.get(name) ?? 0, times)),
      row('all', calls, latencies),
    ],
  })
}

export function vitalsTable(samples: Samples): string {
  const units = (what: keyof typeof bounds) =>
    what === 'heap' || what === 'resident' ? mebibytes : (value: number) => number(value)
  const names = Object.keys(bounds) as (keyof typeof bounds)[]
  const rows = [...samples].flatMap(([process, list]) => {
    const judged = afterWarmUp(list)
    return names.map(what => {
      const format = units(what)
      const gained = judged.length < fewest ? '–' : format(gain(judged, what))
      const values = [list[0]![what], judged[0]![what], list.at(-1)![what]]
      return [`${process}: ${what}`, ...values.map(format), gained, format(bounds[what])]
    })
  })
  return render({
    title: 'soak: what is held at rest',
    note: `After a collection; memory in MiB. Gained is by the median slope since the warm-up, the first quarter of ${samples.values().next().value?.length ?? 0} samples.`,
    columns: ['process', 'first', 'after the warm-up', 'last', 'gained', 'may gain'],
    rows,
  })
}
