// `files(directory)`: a directory as a function that gives its listing, and below whose path its files are.
// How a path becomes a file is in lookup.ts, how that is sent in file-answer.ts.

import { realpathSync, statSync } from 'node:fs'
import { boolean, checkOptions, fn, type Kind, listOf, name, shown, whole } from '../../../lib/options.js'
import { RegistrationError } from '../../core/faults/registration-error.js'
import { mount } from '../../core/handler/mount.js'
import { safe } from '../../core/registration/decorators.js'
import { directoryAnswer } from './directory-answer.js'
import { type DirectoryPage, Listing } from './listing.js'
import { type FileSettings, FileTree } from './lookup.js'

export interface FilesOptions {
  /**
   * Which names are neither listed nor reached, wherever in a path they are. Default: those that start with a dot.
   * Upper and lower case are one, as they are to some file systems.
   */
  readonly hidden?: (name: string) => boolean
  /** The files that stand for their directory, the first that is there; `[]` for none. Default `['index.html']`. */
  readonly index?: readonly string[]
  /** Seconds that a cache may keep a file. Default: kept, but asked about each time. */
  readonly maxAge?: number
  /** May shared caches keep files? Default false. */
  readonly public?: boolean
  /**
   * Are the files the application's own, so that HTML among them is a page of the site, with its scripts? Say
   * `false` where others can put files there: then browsers get them in a sandbox. Default true.
   */
  readonly trusted?: boolean
}

const kinds = {
  hidden: fn,
  index: listOf(name),
  maxAge: whole(0),
  public: boolean,
  trusted: boolean,
} satisfies Record<keyof FilesOptions, Kind>

/**
 * Serves the files of a directory, to be registered under a name: `new Router({ docs: files('./docs') })`. Nothing
 * outside of it is reached, also by symbolic links. Throws RegistrationError for what is no directory, TypeError for an option that is none.
 */
export function files(directory: string | URL, options: FilesOptions = {}): () => DirectoryPage {
  checkOptions('files', options, kinds)
  // An empty text would be the directory that the process was started in.
  if (typeof directory !== 'string' ? !(directory instanceof URL) : directory === '')
    throw new TypeError(`files: the directory must be a path or a file: URL, not ${shown(directory)}`)
  let root: string
  try {
    root = realpathSync(directory)
    if (!statSync(root).isDirectory()) throw new Error('not a directory')
  } catch (cause) {
    throw new RegistrationError(`files: ${String(directory)} is no directory that can be read`, { cause })
  }
  const { hidden = isDotfile, index = ['index.html'], trusted = true } = options
  const settings: FileSettings = { hidden: name => hidden(name.toLowerCase()), index, trusted }
  const tree = new FileTree(root, settings)
  const { maxAge, public: shared } = options
  const marks = {
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(shared === undefined ? {} : { public: shared }),
  }
  // A listing is drawn as a page, and has its type for those who get that.
  const list = safe(marks)(
    () => Listing.of(tree, list, []) as unknown as DirectoryPage,
  ) as () => DirectoryPage
  return mount(list, (below, exchange, permission) =>
    directoryAnswer({ tree, by: list }, below, exchange, permission),
  )
}

const isDotfile = (name: string): boolean => name.startsWith('.')
