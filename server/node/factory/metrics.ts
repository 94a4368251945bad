// Metrics for Prometheus and whoever reads what it reads: OpenMetrics 1.0, or the text format 0.0.4 before that.
// https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md

import type { Figures } from '../serving/figures.js'
import type { Served } from './status.js'

/** A registry of `prom-client`. Its metrics are added to those of the server. */
export interface Register {
  readonly contentType: string
  metrics(): Promise<string>
}

export const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const plainMetrics = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * The type in which metrics are given: OpenMetrics where it is accepted, unless the application's register speaks the
 * other one.
 */
export const metricsType = (accept: string, register: Register | undefined): string =>
  accept.includes('application/openmetrics-text') &&
  (register === undefined || register.contentType.startsWith('application/openmetrics-text'))
    ? openMetrics
    : plainMetrics

/** `type` is one of the two above. Names are counted as they are registered, so there is an end to them. */
export async function metrics(served: Served, type: string, register?: Register): Promise<string> {
  const exposition = new Exposition(type === openMetrics)
  const { serving, phase, refused } = served
  const { traffic } = serving
  count(
    exposition,
    'hyperglyph_requests',
    'requests that were answered, by what they were for',
    serving.requests,
  )
  count(exposition, 'hyperglyph_steps', 'calls that travelled with others in one request', serving.steps)
  exposition.counter(
    'hyperglyph_refused',
    'connections and requests that were refused for want of room',
    refused(),
  )
  exposition.counter('hyperglyph_received_bytes', 'bytes that have come in', traffic.received)
  exposition.counter('hyperglyph_sent_bytes', 'bytes that have gone out', traffic.sent)
  exposition.counter('hyperglyph_connections_accepted', 'connections that were accepted', traffic.accepted)
  exposition.gauge('hyperglyph_connections', 'connections that are open', traffic.connections)
  exposition.gauge('hyperglyph_requests_running', 'requests under way', serving.running)
  exposition.gauge('hyperglyph_ready', '1 until the server begins to close', phase() === 'serving' ? 1 : 0)
  // The application's register usually has these, by the same names: `collectDefaultMetrics` of prom-client.
  if (register === undefined) {
    const { rss, heapUsed } = process.memoryUsage()
    exposition.gauge('process_resident_memory_bytes', 'memory of the process', rss)
    exposition.gauge('nodejs_heap_size_used_bytes', 'memory of the heap that is in use', heapUsed)
    exposition.gauge(
      'process_start_time_seconds',
      'when the server was started, since 1970',
      serving.started.getTime() / 1000,
    )
  }
  const more = register === undefined ? '' : (await register.metrics()).replace(/# EOF\n?$/, '')
  const end = more === '' || more.endsWith('\n') ? '' : '\n'
  return exposition.text + more + end + (type === openMetrics ? '# EOF\n' : '')
}

function count(exposition: Exposition, name: string, help: string, figures: Figures): void {
  const names = [...figures.names]
  const counted = names.flatMap(([called, { statuses }]) =>
    [...statuses].map(([status, count]) => [{ name: called, status: String(status) }, count] as const),
  )
  exposition.family(name, 'counter', help, counted)
  const duration = `${name.replace(/s$/, '')}_duration_seconds`
  exposition.head(duration, 'histogram', `how long they took: ${help}`)
  for (const [called, { latency }] of names) {
    for (const [bound, count] of latency.cumulated())
      exposition.sample(`${duration}_bucket`, { name: called, le: String(bound) }, count)
    exposition.sample(`${duration}_bucket`, { name: called, le: '+Inf' }, latency.count)
    exposition.sample(`${duration}_sum`, { name: called }, latency.sum / 1000)
    exposition.sample(`${duration}_count`, { name: called }, latency.count)
  }
}

type Labels = Readonly<Record<string, string>>

class Exposition {
  readonly #open: boolean
  text = ''

  constructor(open: boolean) {
    this.#open = open
  }

  head(name: string, type: string, help: string): void {
    // Before OpenMetrics the family of a counter was called as its samples are.
    const family = type === 'counter' && !this.#open ? `${name}_total` : name
    this.text += `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`
  }

  sample(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    this.text += `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  }

  family(
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    samples: readonly (readonly [Labels, number])[],
  ): void {
    this.head(name, type, help)
    for (const [labels, value] of samples)
      this.sample(type === 'counter' ? `${name}_total` : name, labels, value)
  }

  counter = (name: string, help: string, value: number): void =>
    this.family(name, 'counter', help, [[{}, value]])
  gauge = (name: string, help: string, value: number): void => this.family(name, 'gauge', help, [[{}, value]])
}

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
