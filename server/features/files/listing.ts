// The listing of a directory: a page whose links lead to what is in it, drawn relative to wherever it is read.

import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import type { Blob } from '../../../lib/values/blob.js'
import { setOwn } from '../../../lib/values/dict.js'
import { Link, Page } from '../../../lib/values/nodes.js'
import { type Drawable, type DrawnAt, draw } from '../../core/drawing/drawable.js'
import { referenceTo, segmentOf } from '../../core/urls/paths.js'
import { contentTypeOf } from './content-types.js'
import type { FileTree } from './lookup.js'

/** A directory, as a client sees it. Its files and directories are also there by name: `docs['a.txt']()`. */
export interface DirectoryPage {
  readonly entries: readonly FileEntry[]
}

export interface FileEntry {
  readonly name: string
  /** The content type; `directory` for a directory. */
  readonly type: string
  /** Bytes; null for a directory. */
  readonly size: number | null
  readonly modified: Date
  readonly open: () => Blob | DirectoryPage
}

/** Entries on one page; where there are more, it has `more`, which leads to the next ones. */
const mostEntries = 1000

/** Files that the system is asked about at the same time. */
const batch = 32

interface Entry {
  readonly name: string
  readonly status: Stats
}

export class Listing implements Drawable {
  /** The function that the tree is registered by. */
  readonly #by: object
  readonly #names: readonly string[]
  readonly #entries: readonly Entry[]
  /** The last name here, if there are more behind it. */
  readonly #last: string | undefined

  private constructor(
    by: object,
    names: readonly string[],
    { entries, last }: { readonly entries: readonly Entry[]; readonly last: string | undefined },
  ) {
    this.#by = by
    this.#names = names
    this.#entries = entries
    this.#last = last
  }

  /** In the order of their names' characters; those behind `after`. `by`: the function that the tree is registered by. */
  static async of(tree: FileTree, by: object, names: readonly string[], after = ''): Promise<Listing> {
    const path = await tree.pathOf(names)
    const all = path === undefined ? [] : await readdir(path)
    const visible = all.filter(name => name > after && tree.isVisible(name)).sort()
    const here = visible.slice(0, mostEntries)
    const entries: Entry[] = []
    for (let at = 0; at < here.length; at += batch) {
      const statuses = await Promise.all(
        here.slice(at, at + batch).map(async name => {
          // Links that lead out, or nowhere, are not there.
          const real = await tree.pathOf([...names, name])
          return real === undefined ? undefined : stat(real).catch(() => undefined)
        }),
      )
      for (const [index, status] of statuses.entries()) {
        if (status?.isFile() || status?.isDirectory())
          entries.push({ name: here[at + index] as string, status })
      }
    }
    return new Listing(by, names, { entries, last: visible.length > here.length ? here.at(-1) : undefined })
  }

  [draw]({ from, pathOf }: DrawnAt): Page {
    const base = pathOf(this.#by) ?? '/'
    const path = base + this.#names.map(name => `${segmentOf(name)}/`).join('')
    const links: Record<string, Link> = {}
    const entries = this.#entries.map(({ name, status }) => {
      const isDirectory = status.isDirectory()
      const url = `./${segmentOf(name)}${isDirectory ? '/' : ''}`
      const open = new Link({ method: 'GET', url })
      setOwn(links, name, open)
      return {
        name,
        type: isDirectory ? 'directory' : contentTypeOf(name),
        size: isDirectory ? null : status.size,
        modified: status.mtime,
        open,
      }
    })
    const more = this.#last && {
      more: new Link({ method: 'GET', url: `./?after=${encodeURIComponent(this.#last)}` }),
    }
    const name = this.#names.at(-1) ?? segmentsOfBase(base)
    return new Page({ name, url: referenceTo(from, path) }, { ...links, entries, ...more }, { path })
  }
}

/** The name that the tree is registered under. */
const segmentsOfBase = (base: string): string => decodeURIComponent(base.split('/').at(-2) ?? '')
