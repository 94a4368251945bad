// Who calls, as a middleware of the router: found out before a request is answered, and told of by its answer.

import type { Middleware } from '../../core/handler/middleware.js'
import type { Exchange } from '../../core/requests/exchange.js'
import type { IdentifiedRequest } from './identified-request.js'
import type { IdentityProviders } from './identity-providers.js'

export function identity(providers: IdentityProviders): Middleware {
  const requests = new WeakMap<Exchange, IdentifiedRequest>()
  const identified = (exchange: Exchange): IdentifiedRequest => {
    const known = requests.get(exchange)
    if (known !== undefined) return known
    const request = providers.begin(exchange.request, exchange.bindings, exchange.mount)
    requests.set(exchange, request)
    return request
  }
  return {
    async before(exchange) {
      const request = identified(exchange)
      exchange.cookies = request.cookies
      exchange.session = () => request.session
      exchange.login = () => providers.login
      exchange.user = (await request.user()) ?? exchange.user
      return undefined
    },
    fault: fault => providers.asking(fault),
    // Also of what was refused before: what it depends on, and how to log in.
    after: (response, exchange) => identified(exchange).finish(response),
  }
}
