// From the names in a URL to an open file or a listing, and to nothing else: no name leads up or sideways, no
// symbolic link out of the directory, and what is no file or directory, such as a pipe, is not there.

import { constants } from 'node:fs'
import { type FileHandle, open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

export interface FileSettings {
  /** Asked in small letters. */
  readonly hidden: (name: string) => boolean
  readonly index: readonly string[]
  readonly trusted: boolean
}

/** A file that was opened: whoever gets it closes it. */
export interface OpenFile {
  readonly kind: 'file'
  readonly handle: FileHandle
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number
  /** Differs for what differs: time and size, as with nginx. */
  readonly tag: string
}

export type Found = OpenFile | { readonly kind: 'directory' } | undefined

/** What no name of a file can hold, or would mean something else to the system than to us. */
const impossible = process.platform === 'win32' ? /[/\\\0:*?"<>|]|[. ]$|~\d/ : /[/\0]/

/** It neither waits for the other end of a pipe, nor follows a link that was put there since. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** What the system says of paths that lead nowhere, or where we may not go. */
const absent = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES', 'EPERM', 'EINVAL', 'ENXIO'])

export class FileTree {
  readonly settings: FileSettings
  readonly #root: string

  /** `root` is a real path. */
  constructor(root: string, settings: FileSettings) {
    this.#root = root
    this.settings = settings
  }

  /** Can a name be listed and reached? */
  isVisible(name: string): boolean {
    return (
      name !== '' &&
      name !== '.' &&
      name !== '..' &&
      !impossible.test(name) &&
      !this.settings.hidden(name.toLowerCase())
    )
  }

  /** The real path; undefined where there is none, it is not within the directory, or something in it is hidden. */
  async pathOf(names: readonly string[]): Promise<string | undefined> {
    if (!names.every(name => this.isVisible(name))) return undefined
    const path = await realpath(join(this.#root, ...names)).catch(unlessAbsent)
    if (path === undefined) return undefined
    if (path === this.#root) return path
    const within = this.#root.endsWith(sep) ? this.#root : this.#root + sep
    if (!path.startsWith(within)) return undefined
    // Links may have led to what no name in the URL says.
    const reached = path.slice(within.length).split(sep)
    return reached.every(name => this.isVisible(name)) ? path : undefined
  }

  /** Rejects with Node's error where the system fails, as where no more files can be opened. */
  async find(names: readonly string[]): Promise<Found> {
    const path = await this.pathOf(names)
    const handle = path === undefined ? undefined : await open(path, flags).catch(unlessAbsent)
    if (handle === undefined) return undefined
    let kept = false
    try {
      const status = await handle.stat({ bigint: true })
      if (status.isDirectory()) return { kind: 'directory' }
      if (!status.isFile()) return undefined
      kept = true
      const tag = `"${status.mtimeNs.toString(36)}-${status.size.toString(36)}"`
      const modified = Number(status.mtimeMs)
      return { kind: 'file', handle, name: names.at(-1) ?? '', size: Number(status.size), modified, tag }
    } finally {
      if (!kept) await handle.close()
    }
  }

  /** The file that stands for a directory. */
  async index(names: readonly string[]): Promise<OpenFile | undefined> {
    for (const name of this.settings.index) {
      const found = await this.find([...names, name])
      if (found?.kind === 'file') return found
    }
    return undefined
  }
}

function unlessAbsent(error: NodeJS.ErrnoException): undefined {
  if (absent.has(error.code ?? '')) return undefined
  throw error
}
