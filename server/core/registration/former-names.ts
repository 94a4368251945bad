// Former names: paths that once led to what is now elsewhere, and that go on leading there. No page shows them.

import { segmentOf } from '../urls/paths.js'
import type { Mapper } from './mappers.js'

/** The mapper that some segments of a path lead to, and their number. */
export interface Step {
  readonly mapper: Mapper
  readonly length: number
}

export class FormerNames {
  readonly #mappers = new Map<string, Mapper>()
  /** Segments of the longest path among them, so that long URLs cost nothing. */
  #longest = 0

  /** `path` is as a mapper's own: from the root, with a slash at the end. */
  add(path: string, mapper: Mapper): void {
    this.#mappers.set(path, mapper)
    this.#longest = Math.max(this.#longest, path.split('/').length - 2)
  }

  /** From a path on, by the first of some segments. */
  find(path: string, segments: readonly string[]): Step | undefined {
    let current = path
    for (const [index, name] of segments.slice(0, this.#longest).entries()) {
      current += `${segmentOf(name)}/`
      const mapper = this.#mappers.get(current)
      if (mapper !== undefined) return { mapper, length: index + 1 }
    }
    return undefined
  }
}

/** The path of a former name: another name in the same namespace, or with a first slash, one from the root. */
export const formerPath = (former: string, namespace: string): string =>
  former.startsWith('/')
    ? `${former.replace(/\/$/, '').split('/').map(segmentOf).join('/')}/`
    : `${namespace}${segmentOf(former)}/`
