// How much HTML the result of one answer may be (`answerBytes`, spec/limits.md): counted as it is made, so that what
// would be too much never is.

import { EncodeLimitError } from '../../../lib/errors.js'
import type { Markup } from './markup.js'

/** Of any value's tags: `<p></p>`. */
const leastBytes = 7

export class Allowance {
  readonly #most: number
  #left: number

  constructor(mostBytes = Number.POSITIVE_INFINITY) {
    this.#most = this.#left = mostBytes
  }

  /** One value as it is shown. What holds others is made of what they were counted as. */
  count(value: unknown, shown: Markup): Markup {
    this.#left -= typeof value === 'object' && value !== null ? leastBytes : shown.length
    if (this.#left < 0) throw new EncodeLimitError(this.#most)
    return shown
  }

  /** All of a result. */
  whole(shown: Markup): Markup {
    if (Buffer.byteLength(String(shown)) > this.#most) throw new EncodeLimitError(this.#most)
    return shown
  }
}
