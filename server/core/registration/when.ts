// Conditions of state: `when` says of a method, getter or function in which states of its object, and for whom, there is
// such a thing at all.

import type { Context } from '../context/context.js'

/** What a condition is told. Arguments it does not see: it is asked before there are any. */
// biome-ignore lint/suspicious/noExplicitAny: objects and users of whatever types the application has.
export interface Circumstances<O = any, U = any> {
  /** The object; undefined of a function. */
  readonly object: O
  /** Who asks; undefined where nobody is known. */
  readonly user: U
  readonly context: Context
}

/** Only `true`, at once or promised, says that it holds. What it throws fails the page, or the call. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type When<O = any, U = any> = (circumstances: Circumstances<O, U>) => boolean | Promise<boolean>
