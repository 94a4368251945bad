// The transport of tests: requests go to a router in this process, with no socket between.

import { overRequests } from './fetch.js'
import type { Transport } from './transport.js'

/** A transport that calls `router.fetch`: `get('http://local/', { transport: local(router) })`. */
export function local(router: { fetch(request: Request): Response | Promise<Response> }): Transport {
  return overRequests(request => router.fetch(request))
}
