// From the references of nodes, which are relative to the page that they stand on, to those of a document.

import { referenceTo } from '../../core/urls/paths.js'

const schemes = new Set(['http:', 'https:'])

export class References {
  readonly #path: string
  readonly #mount: string

  /** `path` is the document's own within the mount; empty at the mount's own path without its slash. */
  constructor(path: string, mount: string) {
    this.#path = path
    this.#mount = mount
  }

  /** To a path within the mount. */
  to(path: string): string {
    if (this.#path !== '') return referenceTo(this.#path, path)
    return `${this.#mount.slice(this.#mount.lastIndexOf('/') + 1)}${path}`
  }

  /**
   * What a node's reference is here; `at` is the path, or the URL of another server, that it is relative to.
   * Undefined for what isn't HTTP's.
   */
  from(reference: string, at: string): string | undefined {
    // As a browser reads it, which passes over line ends and spaces: `java\nscript:` is a script.
    const base = 'http://mount.invalid/'
    if (!URL.canParse(reference, base) || !schemes.has(new URL(reference, base).protocol)) return undefined
    if (isElsewhere(at)) return URL.canParse(reference, at) ? new URL(reference, at).href : undefined
    if (isAbsolute(reference)) return reference
    if (/^[?#]|^$/.test(reference)) return this.to(at) + reference
    const down = reference.replace(/^\.\//, '')
    if (folderOf(at) !== folderOf(this.#path)) return this.to(folderOf(at)) + down
    return down.startsWith('..') ? down : `./${down}`
  }
}

/** Up to the last slash; of the mount's own path without its slash, nothing. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** Does it name a scheme, or start at the root of a server? */
const isAbsolute = (reference: string): boolean => /^\s*(?:[a-z][a-z\d+.-]*:|[\\/])/i.test(reference)

/** Does a reference lead to another server, for all that can be seen? Those of this one are drawn relative. */
export const isElsewhere = (reference: string): boolean =>
  /^\s*(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(reference)

/** The host that a reference names, for people. */
export const hostIn = (reference: string): string => new URL(reference, 'http://mount.invalid/').host
