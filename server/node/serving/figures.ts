// The figures of a server: requests and steps by name and outcome, and how long they took. Kept from the start, so
// recording is a look-up and an increment; names are those that were registered, so there is an end to them.

import { Latency } from './latency.js'

/** The name of requests that reached nothing that is registered. */
export const elsewhere = '(other)'

/** Of one name: how often with which HTTP status, and how long. */
export interface Figure {
  readonly statuses: ReadonlyMap<number, number>
  readonly latency: Latency
}

class Recorded implements Figure {
  readonly statuses = new Map<number, number>()
  readonly latency = new Latency()
}

/** By name, each request or step once. */
export class Figures {
  readonly #names = new Map<string, Recorded>()

  record(name: string, status: number, milliseconds: number): void {
    let recorded = this.#names.get(name)
    if (recorded === undefined) this.#names.set(name, (recorded = new Recorded()))
    recorded.statuses.set(status, (recorded.statuses.get(status) ?? 0) + 1)
    recorded.latency.record(milliseconds)
  }

  get names(): ReadonlyMap<string, Figure> {
    return this.#names
  }

  get count(): number {
    let sum = 0
    for (const { latency } of this.#names.values()) sum += latency.count
    return sum
  }
}
