// What this process holds open below a directory.

import { readdirSync, readlinkSync } from 'node:fs'

/** How many files; Linux only. */
export const heldIn = (directory: string): number =>
  readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory)
    } catch {
      return false
    }
  }).length
