// Expiry within one answer: nothing that a URL led to outlives it. What stands on a page inherits from the page,
// and what a request or a step gave from the URLs that it was reached by, those in its arguments included.

import { reachableParts } from '../registration/parts.js'
import { earlier } from '../sealing/expiry.js'

/** Until when what is on one answer may be reached. Its maps are made when they are needed: most answers have none. */
export class Expiries {
  /** Is there anything that expires? Then no cache may keep the answer. */
  any = false
  /** By the path that what is nested there is relative to: the request's, or that of a page on the answer. */
  #paths: Map<string, number> | undefined
  /** By object, promise, reference or function: what one of many calls gave, where each was reached otherwise. */
  #values: Map<object, number> | undefined

  /** Everything that is drawn from a path on expires with it. */
  at(path: string, expires: number | undefined): void {
    if (expires === undefined) return
    this.any = true
    this.#paths ??= new Map()
    this.#paths.set(path, earlier(this.#paths.get(path), expires) as number)
  }

  /** The values of promises, which may be settled before anybody says when they expire. */
  #became: Map<object, unknown> | undefined

  /** When a URL expires that stands for `value` on a page at `from`. */
  of(value: object, from: string): number | undefined {
    return this.any ? earlier(this.#values?.get(value), this.#paths?.get(from)) : undefined
  }

  /** The contents of a value expire with it, as far as it can be looked through. */
  inherit(value: unknown, expires: number | undefined): void {
    if (expires === undefined || value === null || value === undefined) return
    if (typeof value !== 'object' && typeof value !== 'function') return
    this.#values ??= new Map()
    const known = this.#values.get(value)
    if (known !== undefined && known <= expires) return
    this.any = true
    this.#values.set(value, expires)
    this.inherit(this.#became?.get(value), expires)
    if (typeof value === 'object') for (const item of reachableParts(value)) this.inherit(item, expires)
  }

  /** The value of a promise expires as the promise does. */
  settled(promise: object, result: unknown): void {
    this.#became ??= new Map()
    this.#became.set(promise, result)
    if (this.any) this.inherit(result, this.#values?.get(promise))
  }
}
