// What middleware in front has set before the router was asked: headers and cookies, which Hono leaves out of answers
// that are responses of their own, and of which Node keeps one by each name. They are on every answer, errors too.

import type { NodeBindings } from '../context/bindings.js'
import { stricter } from './caching.js'

/** The part of Hono's context that is used here. */
interface ContextBefore {
  readonly req: { readonly routeIndex: number }
  readonly env: NodeBindings | undefined
  get res(): Response
  set res(response: Response | undefined)
}

/** Of the body, which is the answer's own, and what is added up. */
const own = new Set(['content-type', 'content-length', 'content-encoding', 'transfer-encoding', 'set-cookie'])

/** May something have been set? Costs nothing to ask: under `serve` there is nothing before a router of its own. */
export const hasMiddleware = ({ req, env }: ContextBefore): boolean =>
  req.routeIndex > 0 || (env?.outgoing !== undefined && env.observer === undefined)

/** The answer with what was set before. Its own headers win; cookies add up, as what it varies by, and what forbids caches to keep it. */
export function withHeadersBefore(context: ContextBefore, answer: Response): Response {
  const { req, env } = context
  const { headers } = answer
  if (env?.outgoing !== undefined && env.observer === undefined) {
    // Node keeps the others, unless the answer has the same.
    for (const value of valuesOf(env.outgoing.getHeader('vary'))) add(headers, 'vary', value)
    for (const value of valuesOf(env.outgoing.getHeader('cache-control'))) restrict(headers, value)
    addCookies(headers, valuesOf(env.outgoing.getHeader('set-cookie')))
  }
  if (req.routeIndex === 0) return answer
  const { headers: before } = context.res
  for (const [name, value] of before) add(headers, name, value)
  addCookies(headers, before.getSetCookie())
  // Else Hono would put those before over those of the answer.
  context.res = undefined
  context.res = answer
  return answer
}

const valuesOf = (header: unknown): readonly string[] =>
  header === undefined ? [] : Array.isArray(header) ? header.map(String) : [String(header)]

function add(headers: Response['headers'], name: string, value: string): void {
  if (name === 'vary') headers.set(name, union(headers.get(name), value))
  else if (name === 'cache-control') restrict(headers, value)
  else if (!own.has(name) && !headers.has(name)) headers.set(name, value)
}

function restrict(headers: Response['headers'], before: string): void {
  const own = headers.get('cache-control')
  headers.set('cache-control', own === null ? before : stricter(own, before))
}

/** Before those of the answer: of several with one name browsers take the last. */
function addCookies(headers: Response['headers'], cookies: readonly string[]): void {
  if (cookies.length === 0) return
  const later = headers.getSetCookie()
  headers.delete('set-cookie')
  for (const cookie of [...cookies, ...later]) headers.append('set-cookie', cookie)
}

function union(one: string | null, other: string): string {
  const names = [one ?? '', other]
    .join(',')
    .split(',')
    .map(name => name.trim())
  const seen = new Map(names.filter(name => name !== '').map(name => [name.toLowerCase(), name]))
  return [...seen.values()].join(', ')
}
