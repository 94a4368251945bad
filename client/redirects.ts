// Which redirects are followed: at most ten, http(s) only, never from https to http, nor from a public
// address into a private network.

import { NetworkError } from './errors.js'

export const redirectLimit = 10

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/** Does the redirect turn the request into a GET? 301 and 302 do so for POST, as everybody's do (Fetch, 4.4). */
export const becomesGet = (status: number, method: string): boolean =>
  status === 303 || ((status === 301 || status === 302) && method === 'POST')

/** The URL to go on with. Throws NetworkError for one that isn't followed. */
export function nextUrl(method: string, url: string, location: string | undefined): string {
  const refuse = (problem: string): never => {
    throw new NetworkError(method, url, problem, 'unknown')
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

/** Loopback, private and link-local addresses: RFC 1918, 4193, 4291, 6598, 6890. Names other than localhost are public. */
export function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(host)
  if (mapped !== null) {
    const value = Number.parseInt(mapped[1] as string, 16) * 65_536 + Number.parseInt(mapped[2] as string, 16)
    return isPrivateIpv4([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])
  }
  if (host.includes(':')) return host === '::1' || host === '::' || /^f[cd]|^fe[89ab]/.test(host)
  const parts = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split('.').map(Number) : undefined
  return parts !== undefined && isPrivateIpv4(parts)
}

function isPrivateIpv4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127) return true
  if (a === 169 && b === 254) return true
  if (a === 172 && b >= 16 && b < 32) return true
  if (a === 192 && b === 168) return true
  return a === 100 && b >= 64 && b < 128
}
