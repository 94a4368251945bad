// The seam around requests: what looks at each of them before it is answered, and at each answer.

import type { Fault } from '../../../lib/values/fault.js'
import type { Operation } from '../registration/members.js'
import type { Exchange } from '../requests/exchange.js'

/**
 * Stands around the answering of requests. All hooks are optional, and one that is not there costs nothing.
 *
 * Implemented by plugins (`use`), and by the router itself for calls from other sites and for who calls. Order: `before`
 * of each, first to last; then the request is understood, and who makes it is asked for permission; `resolved` of each,
 * first to last; then its body is read and the call is made; of a failure, `fault` of each, first to last; at last
 * `after` of each, last to first, for every answer, also those of other hooks.
 */
export interface Middleware {
  /**
   * A request has come. It may say who makes it (`exchange.user`), or answer. What it throws is answered as a Fault, and
   * no hook but `fault` and `after` follows.
   */
  before?(exchange: Exchange): Response | undefined | Promise<Response | undefined>
  /**
   * The call is known, and the caller may make it, unless that depends on arguments. The body of the request has not been
   * read. It may answer.
   */
  resolved?(exchange: Exchange, operation: Operation): Response | undefined | Promise<Response | undefined>
  /** A request, or a step of a pipeline, fails: the Fault that its caller gets. Not waited for. */
  fault?(fault: Fault, exchange: Exchange): Fault
  /** The answer, with its headers; its body has not been sent. What it throws is answered as a Fault. */
  after?(response: Response, exchange: Exchange): Response | Promise<Response>
}
