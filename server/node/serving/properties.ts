// The properties of a server, as one object: read at any time, and set while it serves. A value that is set is checked at
// once, and counts from the next request on.

import { validateHeaderName, validateHeaderValue } from 'node:http'
import { type ServeLimits, serveLimits, withLimits } from '../../../lib/limits.js'
import { object, shown } from '../../../lib/options.js'
import { type ProxyHeader, proxyHeaders } from '../domain/forwarded.js'
import { Networks } from '../domain/networks.js'
import type { Domain } from '../domain/service-domain.js'
import { type LogLevel, logLevels } from './request-log.js'

/** Times are in milliseconds. Reading gives what holds; nothing in it can be changed but by setting it. */
export interface Properties extends Domain {
  /** Headers on every answer, unless the answer has its own. Default none. */
  headers: Readonly<Record<string, string>>
  /** Setting some leaves the others as they are. `headerBytes` can be set only where the server is made. */
  get limits(): ServeLimits
  set limits(limits: Partial<ServeLimits>)
  /**
   * How long `close` first goes on answering everything, ending each connection after its answer, so that whoever
   * sends requests here can notice and send them elsewhere. Default 0; spec/operations.md says what to set.
   */
  drain: number
  /** How long `close` then waits for running requests. Default 10,000. */
  deadline: number
  /**
   * How long an idle connection is kept. Default 75,000: longer than nginx and the balancers of clouds keep theirs
   * (60 s). Were it shorter, they would send requests on connections that are just being closed.
   */
  keepAlive: number
  /** Between the end of a `beat` and the next. Default 10,000. */
  beat: number
  /** Which requests are logged, where there is a `log`: `silent`, `error` (500 on), `warn` (400 on), `info` (all). */
  logLevel: LogLevel
}

/** The properties that can be given when a server is made. */
export type PropertyOptions = {
  readonly [P in keyof Properties]?: P extends 'limits' ? Partial<ServeLimits> : Properties[P]
}

/** Makes a value to be kept of one that is set. Throws TypeError for one that cannot be. */
type Check<P extends keyof Properties> = (value: unknown, held: Properties[P]) => Properties[P]

const time = (name: string, least: number) => (value: unknown) => {
  if (typeof value === 'number' && value >= least && value <= longestTime) return value
  throw new TypeError(`${name} must be ${least} to ${longestTime} milliseconds, not ${String(value)}`)
}
/** The longest time that Node's timers know: 24 days. */
const longestTime = 2 ** 31 - 1

const checks: { readonly [P in keyof Properties]: Check<P> } = {
  headers(value) {
    checkObject('headers', value)
    for (const [name, content] of Object.entries(value)) {
      validateHeaderName(name)
      if (typeof content !== 'string')
        throw new TypeError(`headers: ${name} must be a text, not ${shown(content)}`)
      validateHeaderValue(name, content)
      if (own.has(name.toLowerCase())) throw new TypeError(`the header ${name} is the server's own`)
    }
    return Object.freeze({ ...value }) as Properties['headers']
  },
  limits(value, held) {
    checkObject('limits', value)
    const limits = withLimits(held, value)
    if (limits.headerBytes !== held.headerBytes) {
      throw new TypeError('headerBytes can be set only where the server is made: serve(…, { limits })')
    }
    return Object.freeze(limits)
  },
  drain: time('drain', 0),
  deadline: time('deadline', 0),
  keepAlive: time('keepAlive', 0),
  beat: time('beat', 1),
  domain(value) {
    if (value === 'any') return value
    if (!(Array.isArray(value) && value.length > 0))
      throw new TypeError("domain is a list of networks, or 'any'")
    return networks(value)
  },
  proxies(value) {
    if (!Array.isArray(value)) throw new TypeError('proxies is a list of networks')
    return networks(value)
  },
  proxyHeader(value) {
    if (proxyHeaders.includes(value as ProxyHeader)) return value as ProxyHeader
    throw new TypeError(`proxyHeader is ${proxyHeaders.join(' or ')}, not ${String(value)}`)
  },
  logLevel(value) {
    const level = logLevels.find(level => level === value)
    if (level === undefined)
      throw new TypeError(`logLevel must be one of ${logLevels.join(', ')}, not ${String(value)}`)
    return level
  },
}

function checkObject(name: string, value: unknown): asserts value is object {
  if (!object.is(value)) throw new TypeError(`${name} must be an object, not ${shown(value)}`)
}

function networks(given: readonly string[]): readonly string[] {
  new Networks(given)
  return Object.freeze([...given])
}

/** Headers that say how an answer is sent: another value would break it. */
const own = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'trailer'])

const defaults: Properties = {
  headers: {},
  limits: serveLimits,
  drain: 0,
  deadline: 10_000,
  keepAlive: 75_000,
  beat: 10_000,
  domain: 'any',
  proxies: [],
  proxyHeader: 'x-forwarded-for',
  logLevel: 'info',
}

/**
 * An object that has these properties, and takes no others: what is mistyped is a TypeError. `changed` is called after
 * one was set.
 */
export function propertiesOf(given: PropertyOptions, changed: (properties: Properties) => void): Properties {
  const kept: Record<string, unknown> = {
    ...defaults,
    limits: Object.freeze(withLimits(serveLimits, given.limits)),
  }
  const properties = {} as Properties
  // Each check is given what is held under its own name, which the compiler cannot follow through a loop.
  for (const [name, check] of Object.entries(checks) as [
    keyof Properties,
    (value: unknown, held: unknown) => unknown,
  ][]) {
    const value = name === 'limits' ? kept.limits : given[name]
    if (value !== undefined) kept[name] = check(value, kept[name])
    Object.defineProperty(properties, name, {
      enumerable: true,
      get: () => kept[name],
      set: (value: unknown) => {
        kept[name] = check(value, kept[name])
        changed(properties)
      },
    })
  }
  return Object.preventExtensions(properties)
}
