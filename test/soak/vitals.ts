// What a process of the soak holds while it rests: memory after a collection, descriptors, timers, files.

import { readdirSync, readlinkSync } from 'node:fs'
import { collect } from '../../bench/process/usage.js'

export interface Vitals {
  /** Bytes of the heap and of buffers beside it. */
  readonly heap: number
  /** Bytes of memory that are resident. */
  readonly resident: number
  /** CPU time of the process so far, in microseconds. */
  readonly cpu: number
  readonly sockets: number
  /** Timers that keep the process alive. */
  readonly timers: number
  /** Temporary files: in the directory, or without a name and still open. */
  readonly files: number
  /** Descriptors that are neither. */
  readonly others: number
}

/** Milliseconds in which what was left behind is over: the longest that a function of the server takes. */
const settling = 300

/** Needs `--expose-gc`, and Linux for the counts of descriptors. */
export async function vitals(temporaryDirectory?: string): Promise<Vitals> {
  await new Promise(resolve => setTimeout(resolve, settling))
  await collect()
  const { heapUsed, external, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const targets = descriptors()
  const count = (isOne: (target: string) => boolean) => targets.filter(isOne).length
  const isSocket = (target: string) => target.startsWith('socket:')
  const isTemporary = (target: string) => target.includes('/hyperglyph-') && target.endsWith('(deleted)')
  const named = temporaryDirectory === undefined ? 0 : readdirSync(temporaryDirectory).length
  return {
    heap: heapUsed + external,
    resident: rss,
    cpu: user + system,
    sockets: count(isSocket),
    timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length,
    files: named + count(isTemporary),
    others: count(target => !isSocket(target) && !isTemporary(target)),
  }
}

function descriptors(): string[] {
  const folder = '/proc/self/fd'
  return readdirSync(folder).flatMap(name => {
    try {
      return [readlinkSync(`${folder}/${name}`)]
    } catch {
      // The one that the list was read by.
      return []
    }
  })
}
