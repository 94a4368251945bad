// Caching: what caches may keep, entity tags, and answers to clients that have the same already
// (spec/protocol.md, "Caching"; RFC 9110 8.8 and 13, RFC 9111).

import { hash } from 'node:crypto'
import type { Marks } from '../registration/marks.js'
import { namesTag } from './conditions.js'

type Headers = Record<string, string>

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

/**
 * The header of unmarked pages and results: kept by the caller alone, and asked about each time. The URL may be a
 * capability, and what it shows depend on who asks.
 */
export const personal = 'private, no-cache'

/** Of an answer that no cache may keep: one that was reached by, or leads to, a URL that expires must not outlive it. */
export const unkept = 'no-store'

/**
 * How long caches may keep the answer of a method, as `Cache-Control`; undefined where that goes without saying.
 * One that was POSTed to though it's safe isn't kept at all.
 *
 * `public` is said where the application marked it so, to callers with credentials too: that is what
 * lets shared caches give it to others (RFC 9111 3.5). It isn't followed by `Vary: Authorization` or `Cookie`,
 * which would keep a copy for each caller; and said in some answers only, it would bind none of the others.
 */
export function caching(marks: Marks, method: string, expiring = false): string | undefined {
  if (expiring) return unkept
  if (!isRead(method)) return marks.safe ? unkept : undefined
  if (!marks.public && marks.maxAge === undefined) return personal
  const freshness = marks.maxAge === undefined ? 'no-cache' : `max-age=${marks.maxAge}`
  return `${marks.public ? 'public' : 'private'}, ${freshness}`
}

/** Directives that only take something away: those of either count. */
const restricting = [
  'private',
  'no-cache',
  'must-revalidate',
  'proxy-revalidate',
  'must-understand',
  'no-transform',
]
const ages = ['max-age', 's-maxage']

/**
 * What both allow, of the answer's own and of what middleware has set before: caches keep it for nobody and for no time
 * that one of them forbids. What middleware allows beyond the answer's own, it allows in vain.
 */
export function stricter(own: string, before: string): string {
  const [mine, others] = [directivesOf(own), directivesOf(before)]
  if (mine.has(unkept) || others.has(unkept)) return unkept
  const both = new Map(mine)
  for (const name of restricting) if (others.has(name)) both.set(name, '')
  if (both.has('private')) both.delete('public')
  // What shared caches are told of by itself, if at all, is for `max-age` to say else.
  const fallback = mine.get('max-age')
  for (const name of ages) {
    const age = others.get(name)
    const known = mine.get(name) ?? fallback
    if (
      age !== undefined &&
      (known !== undefined || mine.has('public')) &&
      !(Number(age) >= Number(known ?? Infinity))
    )
      both.set(name, age || '0')
  }
  if (both.has('no-cache')) for (const name of [...ages, 'immutable']) both.delete(name)
  return Array.from(both, ([name, value]) => (value === '' ? name : `${name}=${value}`)).join(', ')
}

/** Names in small letters. Of two values the first counts. */
function directivesOf(value: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>()
  for (const [, name = '', argument = ''] of value.matchAll(/([\w-]+)(?:=("[^"]*"|[^,\s]*))?/g)) {
    const key = name.toLowerCase()
    if (!directives.has(key)) directives.set(key, argument.replaceAll('"', ''))
  }
  return directives
}

/** Above this, hashing would hold up other requests for longer than it saves. */
const mostHashedBytes = 4 * 2 ** 20

/**
 * Adds the entity tag of an answer that may be kept. `variant` tells apart what may have the same bytes, such
 * as the two JSON types: a strong tag names one representation.
 *
 * SHA-1 is the fastest hash here that every build of Node has (half the time of SHA-256 without special
 * instructions, a microsecond for a small page). Whoever could make two answers with one tag would mislead
 * caches about answers of their own making alone. Not a checksum: those collide by accident.
 */
export function tag(headers: Headers, bytes: Uint8Array, variant: string): void {
  const kept = headers['cache-control']
  if (kept === undefined || kept === unkept || bytes.length > mostHashedBytes) return
  headers.etag = `"${hash('sha1', bytes, 'base64url')}-${variant}"`
}

/** The variant of bytes that are sent as they are, whose type may hold what no tag can. */
export const variantOf = (type: string): string => hash('sha1', type, 'base64url').slice(0, 8)

/** What a 304 repeats of the answer it stands for (RFC 9110 15.4.5), and what every answer has. */
const repeated = [
  'cache-control',
  'content-location',
  'etag',
  'expires',
  'vary',
  'referrer-policy',
  'x-content-type-options',
]

/** The answer; or, where the request names its entity tag in If-None-Match, that it is what the client has. */
export function revalidated(request: Request, response: Response): Response {
  if (!isRead(request.method) || response.status !== 200) return response
  const condition = request.headers.get('if-none-match')
  if (condition === null) return response
  const etag = response.headers.get('etag')
  // Weakly (RFC 9110 13.1.2): a proxy that compresses an answer makes its tag weak.
  if (etag === null || !namesTag(condition, etag, 'weak')) return response
  const headers: Headers = {}
  for (const name of repeated) {
    const value = response.headers.get(name)
    if (value !== null) headers[name] = value
  }
  return new Response(null, { status: 304, headers })
}
