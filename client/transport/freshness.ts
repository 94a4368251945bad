// Which answers a client may keep, and for how long they stand for themselves: RFC 9111 sections 3 and 4.2,
// for a cache of one user. No heuristics: an answer that does not say how long it is fresh is asked about.

import { parseHttpDate } from '../../lib/http-date.js'

type Header = (name: string) => string | undefined

export interface Freshness {
  /** When it came into being, by this computer's clock, in milliseconds. */
  readonly born: number
  /** Milliseconds that it is fresh; 0 is asked about each time. */
  readonly lifetime: number
  /** What it says of that by header, and by what it is known. */
  readonly said: Readonly<Record<string, string | undefined>>
}

const telling = ['cache-control', 'expires', 'vary', 'etag', 'last-modified']

export const isFresh = ({ born, lifetime }: Pick<Freshness, 'born' | 'lifetime'>): boolean => {
  const age = Date.now() - born
  // A clock that was set back makes nothing young again.
  return age >= 0 && age < lifetime
}

/** What an answer says of being kept; undefined where it may not be, or to no use. `asked`: Date.now() then. */
export function freshnessOf(header: Header, asked: number): Freshness | undefined {
  const directives = directivesOf(header('cache-control') ?? '')
  if (directives.has('no-store') || header('vary')?.includes('*')) return undefined
  const said = Object.fromEntries(telling.map(name => [name, header(name)]))
  const lifetime = directives.has('no-cache') ? 0 : lifetimeOf(directives.get('max-age'), header)
  if (lifetime === 0 && said.etag === undefined && said['last-modified'] === undefined) return undefined
  return { born: bornOf(header, asked), lifetime, said }
}

/** RFC 9111 4.2.3: as old as it says, or as its date does, and as the way here took. */
function bornOf(header: Header, asked: number): number {
  const now = Date.now()
  const apparent = now - (parseHttpDate(header('date')) ?? now)
  return now - Math.max(0, apparent, ageOf(header) + now - asked)
}

/** Milliseconds that an answer has spent in caches on its way here. */
const ageOf = (header: Header): number => (seconds(header('age')) ?? 0) * 1000

/** When an answer that has just come was made: `Date.now()` then. Not by its date: clocks differ. */
export const drawnAt = (header: Header): number => Date.now() - ageOf(header)

function lifetimeOf(maxAge: string | undefined, header: Header): number {
  // What isn't understood is stale (RFC 9111 4.2.1).
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
