// What this process has used so far, as the operating system and V8 count it.

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import type { Usage } from './messages.js'

/** Linux counts the peak anew after this; elsewhere it stays that of the whole process. */
export function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    return
  }
}

function peak(): number {
  try {
    const kibibytes = /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kibibytes !== undefined) return Number(kibibytes) * 1024
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024
}

function sockets(): number {
  try {
    return readdirSync('/proc/self/fd').filter(name => isSocket(`/proc/self/fd/${name}`)).length
  } catch {
    return Number.NaN
  }
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:')
  } catch {
    return false
  }
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpu: user + system, resident: rss, heap: heapUsed, peak: peak(), sockets: sockets() }
}

/** Collects garbage, so that what is left is what is held. Needs `--expose-gc`. */
export async function collect(): Promise<void> {
  const { gc } = globalThis as { gc?: () => void }
  for (let round = 0; round < 4; round++) {
    gc?.()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
