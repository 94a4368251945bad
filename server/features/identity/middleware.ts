// Who calls, as a middleware of the router: found out before a request is answered, and told of by its answer.

import type { Middleware } from '../../core/handler/middleware.js'
import type { Exchange } from '../../core/requests/exchange.js'
import type { Identities, Visit } from './visit.js'

export function identity(identities: Identities): Middleware {
  const visits = new WeakMap<Exchange, Visit>()
  const visitOf = (exchange: Exchange): Visit => {
    const known = visits.get(exchange)
    if (known !== undefined) return known
    const visit = identities.begin(exchange.request, exchange.bindings, exchange.mount)
    visits.set(exchange, visit)
    return visit
  }
  return {
    async before(exchange) {
      const visit = visitOf(exchange)
      exchange.cookies = visit.cookies
      exchange.session = () => visit.session
      exchange.login = () => identities.login
      exchange.user = (await visit.user()) ?? exchange.user
      return undefined
    },
    fault: fault => identities.asking(fault),
    // Also of what was refused before: what it depends on, and how to log in.
    after: (response, exchange) => visitOf(exchange).finish(response),
  }
}
