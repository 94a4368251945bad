// The seam of endpoints: reserved paths that are no registered function's.

import type { Exchange } from '../requests/exchange.js'

/**
 * Answers for a path whose first segment is its name, such as `/_pipeline`: names that begin with `_`, which nothing
 * can be registered under.
 *
 * Implemented by plugins (`use`, `endpoints`); the handler calls it after the `before` of all middleware, and before
 * anything is looked for among what is registered. Nobody has been asked whether the caller may: what it calls, it calls
 * by `exchange.calls`. Undefined: nothing is here (404). What it throws is answered as a Fault. It costs other paths
 * nothing.
 */
export interface Endpoint {
  answer(exchange: Exchange): Response | undefined | Promise<Response | undefined>
}
