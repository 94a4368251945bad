// The options of `get` and `withOptions`, and their checks: a wrong value would be passed over, or mean something else,
// such as to repeat for ever.

import { boolean, checkOptions, fn, having, type Kind, shown, whole } from '../../lib/options.js'
import { isObject } from '../../lib/plain.js'
import type { ClientLimits } from '../limits.js'
import type { MemoryCache } from '../transport/cache.js'
import type { CookieJar } from '../transport/cookies.js'
import type { Transport } from '../transport/transport.js'
import type { OnUpload } from '../transport/upload.js'

/** By name, or as pairs, as `new Headers` takes them. */
export type HeadersGiven =
  | Readonly<Record<string, string>>
  | Headers
  | Iterable<readonly [name: string, value: string]>

export interface Options {
  /**
   * Headers for requests to the origin of the URL or page that they are given with; other origins, reached
   * by redirect, link or form, get none of them.
   */
  readonly headers?: HeadersGiven
  /** Aborts the requests made with it; the server's work is told to stop. */
  readonly signal?: AbortSignal
  /**
   * Milliseconds that a call may take from the time at which it is asked for; then it ends in a NetworkError whose cause
   * is a TimeoutError. They include promises among its arguments, the call whose member it is, redirects, retries, and
   * the end of its blobs or stream. Default: no limit of ours, since a stream may last. On Node a peer that is silent
   * for 5 minutes is given up (undici's `headersTimeout` and `bodyTimeout`).
   */
  readonly timeout?: number
  /**
   * How often a request is tried again: a safe one where no answer came, where it broke off, or where the server says
   * when to come again; any other where the server also says that it had begun nothing. Default 2.
   */
  readonly retries?: number
  /** Limits of answers, redirects and pauses (spec/limits.md). */
  readonly limits?: Partial<ClientLimits>
  /**
   * Called once for each failure of a call that nobody awaited. What it throws, or rejects with, is an error on the console.
   * Default: a warning on the console.
   */
  readonly onUnobserved?: (error: unknown) => void
  /**
   * Called with the bytes of a request's body that have gone up, piece by piece, and at its end; from 0 again where the
   * request is repeated or redirected. Calls that travel together are one request. Its errors are ignored. In browsers
   * such requests go by XMLHttpRequest, and their answers arrive as a whole. In service workers, which have none, and
   * with a `fetchTransport`, the bytes count as they are read.
   */
  readonly onUpload?: OnUpload
  readonly transport?: Transport
  /**
   * Are answers kept as their servers allow (RFC 9111), and asked about with their entity tags? Default: by a
   * cache of the transport's, except where it keeps them itself, as browsers do. `false` keeps none here.
   */
  readonly cache?: boolean | MemoryCache
  /**
   * Are cookies that servers set sent back, each to its own origin? `true`: by a jar of these pages, or a jar that
   * others share. With cookies no answers are kept, unless `cache` says so. Default: no; browsers do it by themselves.
   */
  readonly cookies?: boolean | CookieJar
  /**
   * Do independent forms of one turn travel in one request, where the server takes that? Default true. Calls
   * that depend on each other do in any case.
   */
  readonly coalesce?: boolean
}

const has = (value: unknown, ...methods: readonly string[]): boolean =>
  isObject(value) && having('', ...methods).is(value)

/** After "is", as callers know them. By methods, not by classes: there may be two copies of the package. */
const checks: Readonly<Record<keyof Options, Kind>> = {
  headers: { is: isObject, expected: 'an object of headers, Headers, or pairs' },
  signal: {
    is: value => has(value, 'addEventListener') && 'aborted' in (value as object),
    expected: 'an AbortSignal',
  },
  timeout: { is: whole(0).is, expected: 'in whole milliseconds' },
  retries: whole(0),
  limits: { is: isObject, expected: 'an object' },
  onUnobserved: fn,
  onUpload: fn,
  transport: fn,
  cache: {
    is: value => boolean.is(value) || has(value, 'answer', 'forget'),
    expected: 'true, false, or a MemoryCache',
  },
  cookies: { is: value => boolean.is(value) || has(value, 'over'), expected: 'true, false, or a CookieJar' },
  coalesce: boolean,
}

const names = Object.fromEntries(Object.keys(checks).map(name => [name, true as const]))

/** Throws TypeError for options that there are not, and for those that cannot be. `of`: `get` or `withOptions`. */
export function checkClientOptions(of: string, options: Options): void {
  checkOptions(of, options, names)
  for (const [name, value] of Object.entries(options)) {
    const { is, expected } = checks[name as keyof Options]
    if (value === undefined || is(value)) continue
    throw new TypeError(`the option ${name} is ${expected}, not ${shown(value)}`)
  }
}

/** Headers by their names in small letters. Throws TypeError for names and values that no request can have. */
export function headersOf(given: HeadersGiven | undefined): Readonly<Record<string, string>> {
  if (given === undefined) return {}
  const pairs: Iterable<unknown> = Symbol.iterator in given ? given : Object.entries(given)
  const headers = new Headers()
  for (const pair of pairs) {
    const [name, value, ...more] = Array.isArray(pair) ? (pair as unknown[]) : []
    if (typeof name !== 'string' || typeof value !== 'string' || more.length > 0) {
      throw new TypeError(`the option headers has for ${shown(name)} no text, but ${shown(value)}`)
    }
    // Throws for names and values that are none.
    headers.append(name, value)
  }
  return Object.fromEntries(headers)
}
