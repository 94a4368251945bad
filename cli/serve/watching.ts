// Watching files: their folders, since editors put a new file in the place of the old one.

import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Milliseconds without a further change: one save may be several. */
const quiet = 60

export class Watching {
  readonly #changed: () => void
  readonly #folders = new Map<string, { readonly names: Set<string>; readonly watcher: FSWatcher }>()
  #timer: NodeJS.Timeout | undefined
  /** Does any change in these folders count? So it is while something is missing or broken. */
  any = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  add(path: string): void {
    const folder = dirname(path)
    let watched = this.#folders.get(folder)
    if (watched === undefined) {
      const names = new Set<string>()
      const watcher = watch(folder, (_, name) => {
        if (name === null || names.has(name) || this.any) this.#soon()
      })
      // A folder that was removed is watched no longer; its files are gone with it.
      watcher.on('error', () => this.#folders.delete(folder))
      this.#folders.set(folder, (watched = { names, watcher }))
    }
    watched.names.add(basename(path))
  }

  #soon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#changed, quiet)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const { watcher } of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }
}
