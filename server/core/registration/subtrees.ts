// Functions that answer for everything below their path, such as directories of files, and which paths lead into them.

import { segmentsOf } from '../urls/paths.js'
import type { FunctionMapper, Mapper, Namespace } from './mappers.js'

/** A path that leads into a subtree. Nothing has been looked for there. */
export interface PathBelow {
  readonly mapper: FunctionMapper
  readonly names: readonly string[]
  /** Does the path end with a slash, as those of directories do? */
  readonly slash: boolean
}

export class Subtrees {
  #any = false

  /** Takes note of a function that was registered. */
  add({ operation }: FunctionMapper): void {
    this.#any ||= operation.marks.subtree === true
  }

  /** Undefined for a path that leads elsewhere. */
  at(path: string, root: Namespace): PathBelow | undefined {
    if (!this.#any) return undefined
    const names = segmentsOf(path)
    const slash = names.at(-1) === ''
    if (slash) names.pop()
    let mapper: Mapper | undefined = root
    while (mapper?.kind === 'namespace') mapper = mapper.entries.get(names.shift() ?? '')
    if (mapper?.kind !== 'function' || mapper.operation.marks.subtree !== true) return undefined
    return { mapper, names, slash }
  }
}
