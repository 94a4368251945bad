// The status of a server, as a value for people and programs.

import { Duration } from '../../../lib/values/duration.js'
import { version } from '../../version.js'
import type { Figures } from '../serving/figures.js'
import type { Latency } from '../serving/latency.js'
import type { Properties } from '../serving/properties.js'
import type { Server } from '../serving/server.js'
import type { Serving } from '../serving/serving.js'

/** A server, and what is kept of it while it serves. */
export interface Served {
  readonly serving: Serving
  readonly server: Pick<Server, 'properties'>
  readonly phase: () => 'serving' | 'pending' | 'arrived' | 'stopped'
  /** Connections and requests that were refused for want of room. */
  readonly refused: () => number
}

export interface NameStatus {
  readonly count: number
  /** By HTTP status. 499 are senders that left. */
  readonly statuses: Readonly<Record<string, number>>
  /** In milliseconds, within 9 %. */
  readonly latency: Readonly<Record<'mean' | 'p50' | 'p90' | 'p99' | 'max', number>>
}

export interface Status {
  readonly phase: string
  readonly started: Date
  readonly uptime: Duration
  readonly versions: Readonly<Record<'hyperglyph' | 'node', string>>
  readonly requests: {
    readonly running: number
    readonly refused: number
    readonly names: Readonly<Record<string, NameStatus>>
  }
  /** Calls that travelled with others, by name. */
  readonly steps: Readonly<Record<string, NameStatus>>
  readonly connections: { readonly open: number; readonly accepted: number }
  readonly bytes: { readonly received: number; readonly sent: number }
  readonly memory: Readonly<Record<'rss' | 'heapTotal' | 'heapUsed' | 'external', number>>
  readonly properties: Readonly<Properties>
}

export function status({ serving, server, phase, refused }: Served): Status {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
  const { traffic, requests, steps, started } = serving
  const { headers, limits, ...properties } = server.properties
  return {
    phase: phase(),
    started,
    uptime: new Duration({ seconds: Math.floor((Date.now() - started.getTime()) / 1000) }),
    versions: { hyperglyph: version, node: process.versions.node },
    requests: { running: serving.running, refused: refused(), names: namesOf(requests) },
    steps: namesOf(steps),
    connections: { open: traffic.connections, accepted: traffic.accepted },
    bytes: { received: traffic.received, sent: traffic.sent },
    memory: { rss, heapTotal, heapUsed, external },
    properties: { ...properties, headers: { ...headers }, limits: { ...limits } },
  }
}

const namesOf = (figures: Figures): Record<string, NameStatus> =>
  Object.fromEntries(
    [...figures.names].map(([name, { statuses, latency }]) => {
      const counts = [...statuses].sort(([one], [other]) => one - other)
      const byStatus = Object.fromEntries(counts.map(([status, count]) => [String(status), count]))
      return [name, { count: latency.count, statuses: byStatus, latency: latencyOf(latency) }]
    }),
  )

const rounded = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000

const latencyOf = (latency: Latency): NameStatus['latency'] => ({
  mean: rounded(latency.count === 0 ? 0 : latency.sum / latency.count),
  p50: rounded(latency.percentile(0.5)),
  p90: rounded(latency.percentile(0.9)),
  p99: rounded(latency.percentile(0.99)),
  max: rounded(latency.max),
})
