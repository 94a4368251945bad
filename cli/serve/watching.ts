// Watching files: their folders, since editors put a new file in the place of the old one.

import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Milliseconds without a further change: one save may be several. */
const quiet = 60
/** The longest pause between two loads that fail, in milliseconds. */
const longest = 5000

/** Endings of a file that an import has not found. Without JSON: modules write it as often as they read it. */
const source = /\.[cm]?[jt]sx?$/

export class Watching {
  readonly #changed: () => void
  readonly #folders = new Map<string, { readonly names: Set<string>; readonly watcher: FSWatcher }>()
  #timer: NodeJS.Timeout | undefined
  #broken = false
  #pause = quiet
  /** The time at which the last load ended, by the clock of `performance`. */
  #ended = Number.NEGATIVE_INFINITY

  constructor(changed: () => void) {
    this.#changed = changed
  }

  add(path: string): void {
    const folder = dirname(path)
    let watched = this.#folders.get(folder)
    if (watched === undefined) {
      const names = new Set<string>()
      const watcher = watch(folder, (_, name) => {
        if (name === null || names.has(name) || (this.#broken && source.test(name))) this.#soon()
      })
      // A folder that was removed is watched no longer; its files are gone with it.
      watcher.on('error', () => this.#folders.delete(folder))
      this.#folders.set(folder, (watched = { names, watcher }))
    }
    watched.names.add(basename(path))
  }

  /** A load has succeeded: from now on changes of added files alone count. */
  loaded(): void {
    this.#broken = false
    this.#pause = quiet
  }

  /**
   * Something is missing or broken: from now on any source file in these folders counts. A module may write such files
   * as it loads, so failures that follow each other closely are ever further apart.
   */
  failed(): void {
    const now = performance.now()
    const close = this.#broken && now - this.#ended < 2 * longest
    this.#pause = close ? Math.min(2 * this.#pause, longest) : quiet
    this.#broken = true
    this.#ended = now
  }

  #soon(): void {
    clearTimeout(this.#timer)
    const wait = Math.max(quiet, this.#ended + this.#pause - performance.now())
    this.#timer = setTimeout(this.#changed, wait)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const { watcher } of this.#folders.values()) watcher.close()
    this.#folders.clear()
  }
}
