// Addresses that the internet does not reach: redirects from public ones to them are not followed, and proxies not asked.

import { isSpecialAddress } from '../../lib/addresses.js'

/**
 * Names of this machine, and addresses that the internet does not reach: loopback, private, shared, link-local and all
 * others of the kind, also as IPv4 inside IPv6. `hostname` is as URL spells it. Names other than localhost are public.
 */
export function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  return host === 'localhost' || host.endsWith('.localhost') || isSpecialAddress(host)
}
