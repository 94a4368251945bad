// Where a router has directories of files, and which paths lead into them.

import type { FunctionMapper, Mapper, Namespace } from '../../core/registration/mappers.js'
import { segmentsOf } from '../../core/urls/paths.js'
import { treeOf } from './files.js'
import type { FileTree } from './lookup.js'

/** A path that leads into a directory of files. Nothing has been looked for there. */
export interface Below {
  readonly mapper: FunctionMapper
  readonly tree: FileTree
  readonly names: readonly string[]
  /** Does the path end with a slash, as those of directories do? */
  readonly slash: boolean
}

export class FilePlaces {
  readonly #trees = new Map<Mapper, FileTree>()

  /** Takes note of a function that was registered, if `files` has made it. */
  add(fn: object, mapper: FunctionMapper): void {
    const tree = treeOf(fn)
    if (tree !== undefined) this.#trees.set(mapper, tree)
  }

  /** The path of a directory's listing. */
  pathOf(tree: FileTree): string {
    for (const [mapper, own] of this.#trees) if (own === tree) return mapper.path
    return '/'
  }

  /** Undefined for a path that leads elsewhere. */
  at(path: string, root: Namespace): Below | undefined {
    if (this.#trees.size === 0) return undefined
    const names = segmentsOf(path)
    const slash = names.at(-1) === ''
    if (slash) names.pop()
    let mapper: Mapper | undefined = root
    while (mapper?.kind === 'namespace') mapper = mapper.entries.get(names.shift() ?? '')
    const tree = mapper?.kind === 'function' ? this.#trees.get(mapper) : undefined
    return tree && { mapper: mapper as FunctionMapper, tree, names, slash }
  }
}
