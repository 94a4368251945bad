// Conditions of requests (RFC 9110 13): what a client says of the representation that it has, or means to change.
// Their order is that of 13.2.2. A date that is none counts as not said; a list of tags names what is in quotes.

import { parseHttpDate } from '../../../lib/http-date.js'

/** The marks of one version of a representation. */
export interface Validators {
  /** Strong, in its quotes. */
  readonly tag: string
  /** In whole seconds, as milliseconds since 1970. */
  readonly modified: number
}

type Headers = Request['headers']

/** Milliseconds after which nothing more can happen in the second that a date names, clocks of disks included. */
const settled = 2000

/** Does a list of entity tags name this one, or `*` all? Weakly, a weak tag counts as its strong one. */
export function namesTag(list: string, tag: string, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true
  for (const [named] of list.matchAll(/(?:W\/)?"[^"]*"/g)) {
    if (named === tag || (comparison === 'weak' && named === `W/${tag}`)) return true
  }
  return false
}

/**
 * The answer to a GET or HEAD of something that is there: `failed`, which is 412; `unchanged`, 304; or
 * undefined where nothing speaks against the whole of it.
 */
export function conditionOf(
  headers: Headers,
  { tag, modified }: Validators,
): 'failed' | 'unchanged' | undefined {
  const match = headers.get('if-match')
  const unmodified = match === null ? parseHttpDate(headers.get('if-unmodified-since')) : undefined
  if (match !== null && !namesTag(match, tag, 'strong')) return 'failed'
  if (unmodified !== undefined && modified > unmodified) return 'failed'
  const none = headers.get('if-none-match')
  if (none !== null) return namesTag(none, tag, 'weak') ? 'unchanged' : undefined
  const since = parseHttpDate(headers.get('if-modified-since'))
  return since !== undefined && modified <= since ? 'unchanged' : undefined
}

/**
 * Is the part that a client has, by `If-Range`, of what is there now? A tag must be strong. So must a date: the one
 * that was sent, and not of a second in which the file may still change again (RFC 9110 8.8.2.2).
 */
export function rangeApplies(condition: string | null, { tag, modified }: Validators): boolean {
  if (condition === null || condition === tag) return true
  return parseHttpDate(condition) === modified && Date.now() - modified >= settled
}
