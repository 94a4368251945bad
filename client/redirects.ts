// Which redirects are followed: http(s) only, never from https to http, nor from a public address into a private
// network.

import { NetworkError } from './errors.js'

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/** Does the redirect turn the request into a GET? 301 and 302 do so for POST, as everybody's do (Fetch, 4.4). */
export const becomesGet = (status: number, method: string): boolean =>
  status === 303 || ((status === 301 || status === 302) && method === 'POST')

/** The URL to go on with. Throws NetworkError for one that isn't followed. */
export function nextUrl(method: string, url: string, status: number, location: string | undefined): string {
  const refuse = (problem: string): never => {
    throw new NetworkError(method, url, problem, 'answered', undefined, status)
  }
  if (location === undefined) return refuse('a redirect without a Location')
  const from = new URL(url)
  let to: URL
  try {
    to = new URL(location, from)
  } catch {
    return refuse('a redirect to what is no URL')
  }
  if (to.protocol !== 'http:' && to.protocol !== 'https:') return refuse(`a redirect to ${to.protocol}`)
  if (from.protocol === 'https:' && to.protocol === 'http:') return refuse('a redirect from https to http')
  if (isPrivate(to.hostname) && !isPrivate(from.hostname))
    return refuse('a redirect from a public to a private address')
  return to.href
}

/**
 * Loopback, private and link-local addresses: RFC 1918, 4193, 4291, 6598, 6890, also those of IPv4 inside IPv6.
 * `hostname` is as URL spells it. Names other than localhost are public.
 */
export function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (host.includes(':')) return isPrivateIpv6(groupsOf(host))
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) && isPrivateIpv4(host.split('.').map(Number))
}

/** The eight numbers of an IPv6 address. */
function groupsOf(host: string): readonly number[] {
  const [before = [], after = []] = host
    .split('::')
    .map(side => (side === '' ? [] : side.split(':').map(group => Number.parseInt(group, 16))))
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** Before the last 32 bits, where these are an IPv4 address: mapped (4291), compatible (4291), NAT64 (6052). */
const holdsIpv4 = new Set(['0,0,0,0,0,65535', '0,0,0,0,0,0', '100,65435,0,0,0,0'])

function isPrivateIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups
  const [high = 0, low = 0] = groups.slice(6)
  // The unspecified address, loopback; unique local, link-local and site-local ones.
  if (groups.slice(0, 7).every(group => group === 0) && low <= 1) return true
  if ((first & 0xfe00) === 0xfc00 || (first & 0xff80) === 0xfe80) return true
  if (holdsIpv4.has(groups.slice(0, 6).join())) return isPrivateIpv4(bytesOf(high, low))
  // 6to4 (RFC 3056).
  return first === 0x2002 && isPrivateIpv4(bytesOf(second, third))
}

const bytesOf = (high: number, low: number): readonly number[] => [high >> 8, high & 255, low >> 8, low & 255]

function isPrivateIpv4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127) return true
  if (a === 169 && b === 254) return true
  if (a === 172 && b >= 16 && b < 32) return true
  if (a === 192 && b === 168) return true
  return a === 100 && b >= 64 && b < 128
}
