// The redirects that are followed: to http(s) only, never from https to http, nor from a public address into a private
// network.

import { NetworkError } from '../errors.js'
import { isPrivate } from '../transport/private-address.js'

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)

/** Does the redirect turn the request into a GET? 301 and 302 do so for POST, as everybody's do (Fetch, 4.4). */
export const becomesGet = (status: number, method: string): boolean =>
  status === 303 || ((status === 301 || status === 302) && method === 'POST')

/** Does the redirect lead to where the request itself is to be made again, its arguments, or its query, with it? */
export function isSameRequest(status: number, method: string, url: string, next: string): boolean {
  if (!becomesGet(status, method)) return true
  return method === 'GET' && new URL(next).search === new URL(url).search
}

/** Does a URL name a user? In a URL of a server's, it would send credentials of the server's choice. */
export const hasUser = (url: string): boolean => url.includes('@') && /^https?:\/\/[^/?#]*@/.test(url)

/** The URL to go on with. Throws NetworkError for one that isn't followed. */
export function nextUrl(method: string, url: string, status: number, location: string | undefined): string {
  const refuse = (problem: string): never => {
    throw new NetworkError({ method, url, problem, sent: 'answered', status })
  }
  if (location === undefined) return refuse('a redirect without a Location')
  const from = new URL(url)
  let to: URL
  try {
    to = new URL(asUtf8(location), from)
  } catch {
    return refuse('a redirect to what is no URL')
  }
  if (to.protocol !== 'http:' && to.protocol !== 'https:') return refuse(`a redirect to ${to.protocol}`)
  if (hasUser(to.href)) return refuse('a redirect to a URL with a user in it')
  if (from.protocol === 'https:' && to.protocol === 'http:') return refuse('a redirect from https to http')
  if (isPrivate(to.hostname) && !isPrivate(from.hostname))
    return refuse('a redirect from a public to a private address')
  return to.href
}

/**
 * Headers come as bytes. Where a URL in one is not percent-encoded, as RFC 9110 wants it, its bytes are UTF-8, as
 * browsers read them: else each would be taken for a character, and encoded again.
 */
export function asUtf8(value: string): string {
  if (!/^[\0-\xff]*$/.test(value) || !/[\x80-\xff]/.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(value, character => character.charCodeAt(0)),
    )
  } catch {
    return value
  }
}
