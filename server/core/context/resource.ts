// Resource: an optional base class. It adds `this.context`, and nothing that shows on a page.

import type { Context } from './context.js'
import { currentContext, keepsContexts } from './current.js'

/** Objects whose state is in their URL: the constructor's parameters. A class need not extend it. */
export class Resource {
  /**
   * The context of the call that runs, whoever has made the object, and for whomever. Throws Error outside of requests to
   * a router that has a class derived from this one, and in runtimes without AsyncLocalStorage.
   */
  get context(): Context {
    const context = currentContext()
    if (context !== undefined) return context
    const why = keepsContexts()
      ? 'there is no context outside a request'
      : 'this runtime has no AsyncLocalStorage, by which the context is found'
    throw new Error(`${this.constructor.name}: ${why}`)
  }
}
