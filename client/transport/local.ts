// The transport of tests: requests go to a router in this process, with no socket between.

import { checkArgument, having } from '../../lib/options.js'
import { overRequests } from './fetch.js'
import type { Transport } from './transport.js'

const fetcher = having('a router or Hono app', 'fetch')

/**
 * A transport that calls `router.fetch`: `get('http://local/', { transport: local(router) })`. Throws TypeError for an
 * object without `fetch`.
 */
export function local(router: { fetch(request: Request): Response | Promise<Response> }): Transport {
  checkArgument('local', router, fetcher)
  return overRequests(request => router.fetch(request))
}
