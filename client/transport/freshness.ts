// The freshness of answers: those that a client may keep, and the time until they have to be confirmed (RFC 9111, 3 and
// 4.2, for a cache of one user). Without heuristics: an answer that does not state its freshness is confirmed each time.

import { parseHttpDate } from '../../lib/http-date.js'

type Header = (name: string) => string | undefined

export interface Freshness {
  /** The time at which it was made, by this computer's clock, in milliseconds. */
  readonly born: number
  /** Milliseconds that it is fresh; with 0 the server is asked each time. */
  readonly lifetime: number
  /** Its headers about that, and those by which it is known. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

const relevant = ['cache-control', 'expires', 'vary', 'etag', 'last-modified']

export const isFresh = ({ born, lifetime }: Pick<Freshness, 'born' | 'lifetime'>): boolean => {
  const age = Date.now() - born
  // A clock that was set back makes nothing young again.
  return age >= 0 && age < lifetime
}

/** The freshness of an answer that may be kept to some use, else undefined. `requested`: `Date.now()` at its request. */
export function freshnessOf(header: Header, requested: number): Freshness | undefined {
  const directives = directivesOf(header('cache-control') ?? '')
  if (directives.has('no-store') || header('vary')?.includes('*')) return undefined
  const headers = Object.fromEntries(relevant.map(name => [name, header(name)]))
  const lifetime = directives.has('no-cache') ? 0 : lifetimeOf(directives.get('max-age'), header)
  if (lifetime === 0 && headers.etag === undefined && headers['last-modified'] === undefined) return undefined
  return { born: bornOf(header, requested), lifetime, headers }
}

/** By the age that it states, or by its date, whichever makes it older, and by the time of the request (RFC 9111 4.2.3). */
function bornOf(header: Header, requested: number): number {
  const now = Date.now()
  const apparent = now - (parseHttpDate(header('date')) ?? now)
  return now - Math.max(0, apparent, ageOf(header) + now - requested)
}

/** Milliseconds that an answer has spent in caches on its way here. */
const ageOf = (header: Header): number => (seconds(header('age')) ?? 0) * 1000

/** The time at which an answer that has just come was made, in milliseconds. Not by its date: clocks differ. */
export const drawnAt = (header: Header): number => Date.now() - ageOf(header)

function lifetimeOf(maxAge: string | undefined, header: Header): number {
  // A value that isn't understood makes the answer stale (RFC 9111 4.2.1).
  if (maxAge !== undefined) return (seconds(maxAge) ?? 0) * 1000
  const expires = header('expires')
  if (expires === undefined) return 0
  const end = parseHttpDate(expires)
  return end === undefined ? 0 : Math.max(0, end - (parseHttpDate(header('date')) ?? Date.now()))
}

/** `max-age=60, private="x-name, y"`: by name, in small letters. Of two values the first counts. */
function directivesOf(value: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>()
  for (const [, name = '', argument = ''] of value.matchAll(/([\w-]+)(?:=("[^"]*"|[^,\s]*))?/g)) {
    const key = name.toLowerCase()
    if (!directives.has(key)) directives.set(key, argument.replaceAll('"', ''))
  }
  return directives
}

const mostSeconds = 2 ** 31

function seconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+$/.test(value) ? Math.min(Number(value), mostSeconds) : undefined
}
