// Options of whatever takes some: a name that is none would be passed over, and a misspelt `allow` leave a server
// open; a value of another kind would do something, some time later. The names stand beside each interface, where a type
// check keeps them complete, each with what it takes.

import { isObject } from './plain.js'
import { closest } from './suggest.js'

/** The values that an option takes. */
export interface Kind {
  readonly is: (value: unknown) => boolean
  /** After "must be". */
  readonly expected: string
}

/** The kind of each option; `true` where the value is checked as soon as it is used. */
export type Kinds = Readonly<Record<string, Kind | true>>

/**
 * Throws TypeError for an option that is none of `known`, with the one that was probably meant, and for a value that
 * is none of its kind. What is undefined is not given. `of` is what takes them, as its caller knows it: `Router`,
 * `serve`.
 */
export function checkOptions(of: string, options: object, known: Kinds): void {
  if (!isObject(options) || Array.isArray(options))
    throw new TypeError(`${of}: the options must be an object, not ${shown(options)}`)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) throw unknown(of, name, Object.keys(known))
    const kind = known[name] as Kind | true
    if (kind === true || value === undefined || kind.is(value)) continue
    throw new TypeError(`${of}: the option ${name} must be ${kind.expected}, not ${shown(value)}`)
  }
}

/** Throws TypeError for an argument that is not of its kind. `of` is what takes it: `local`, `Duration.parse`. */
export function checkArgument(of: string, value: unknown, { is, expected }: Kind): void {
  if (!is(value)) throw new TypeError(`${of}: expected ${expected}, not ${shown(value)}`)
}

function unknown(of: string, name: string, names: readonly string[]): TypeError {
  const near = closest(name, names)
  const mend = near === undefined ? `its options are ${names.join(', ')}` : `did you mean "${near}"?`
  return new TypeError(`${of} has no option "${name}"; ${mend}`)
}

/** A value in a message: short, and nothing of an object, which may hold what is secret. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  return isObject(value) ? 'an object' : String(value)
}

export const text: Kind = { is: value => typeof value === 'string', expected: 'a text' }
export const name: Kind = {
  is: value => typeof value === 'string' && value !== '',
  expected: 'a text, not empty',
}
export const boolean: Kind = { is: value => typeof value === 'boolean', expected: 'true or false' }
export const fn: Kind = { is: value => typeof value === 'function', expected: 'a function' }
export const object: Kind = {
  is: value => isObject(value) && !Array.isArray(value),
  expected: 'an object',
}

/** Of any realm. */
export const bytes: Kind = {
  is: value => value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]',
  expected: 'bytes, a Uint8Array',
}

/** A whole number of these. */
export const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Kind => ({
  is: value => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  expected:
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number, ${least} or more`
      : `a whole number, ${least} to ${most}`,
})

export const oneOf = (...values: readonly unknown[]): Kind => ({
  is: value => values.includes(value),
  expected: values.map(shown).join(' or '),
})

export const listOf = (item: Kind): Kind => ({
  is: value => Array.isArray(value) && value.every(item.is),
  expected: `a list, each item ${item.expected}`,
})

export const either = (...kinds: readonly Kind[]): Kind => ({
  is: value => kinds.some(kind => kind.is(value)),
  expected: kinds.map(kind => kind.expected).join(', or '),
})

/** By what it can do, not by its class: a program may have two copies of a package. */
export const having = (what: string, ...methods: readonly string[]): Kind => ({
  is: value =>
    (isObject(value) || typeof value === 'function') &&
    methods.every(method => typeof (value as Record<string, unknown>)[method] === 'function'),
  expected: `${what}, with ${methods.join(', ')}`,
})

/** An absolute URL of the web. */
export const webUrl: Kind = {
  is: value => typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  expected: 'an http(s) URL',
}
