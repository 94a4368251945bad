// References: what `link` and `form` make of an object, or of a method of one. They become nodes when drawn.

import { checkArgument, checkOptions, type Kind, object, oneOf, text } from '../../../lib/options.js'
import { isObject } from '../../../lib/plain.js'
import { dropped, someParts } from '../../../lib/promises.js'
import type { Duration } from '../../../lib/values/duration.js'
import { instantOf } from '../sealing/expiry.js'
import type { Envelope } from './marks.js'

export interface LinkOptions {
  /**
   * Until when the URL can be used: a date, or a duration from now. What it leads to is given out with URLs that
   * end with it. Needs the router's `secret`.
   */
  readonly expires?: Date | Duration
}

export interface FormOptions extends LinkOptions {
  /** The HTTP method, one that the member answers. */
  readonly method?: string
  readonly envelope?: Envelope
  /** Headers that a client sends along: `If-Match`, `If-None-Match`, `If-(Un)modified-Since`, `Accept`. */
  readonly headers?: Readonly<Record<string, string>>
}

const kinds = {
  expires: true,
  method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'),
  envelope: oneOf('form', 'query', 'blob', 'none'),
  headers: object,
} satisfies Record<keyof FormOptions, Kind | true>

const anObject: Kind = {
  is: value => isObject(value) || typeof value === 'function',
  expected: 'an object',
}

/** A reference to an object or to one of its methods; `T` is the type of what it leads to. */
export class Reference<T = unknown> {
  declare readonly '~remote'?: T
  readonly target: object
  readonly member: string | undefined
  readonly form: FormOptions | undefined
  /** Milliseconds since 1970. */
  readonly expires: number | undefined

  /**
   * Throws TypeError or RangeError where `expires` is no date, TypeError for what is no object, for a member that is no
   * text, and for an option that is none.
   */
  constructor(target: object, member?: string, form?: FormOptions) {
    // Nothing of it is drawn but its URL, if ever: what its promises reject with is nobody's to hear of.
    dropped(target, someParts)
    checkArgument('link', target, anObject)
    if (member !== undefined) checkArgument('link', member, { ...text, expected: 'the name of a method' })
    if (form !== undefined) checkOptions('link', form, kinds)
    this.target = target
    this.member = member
    this.form = form
    this.expires = form?.expires === undefined ? undefined : instantOf(form.expires)
  }
}

/** Names of the methods of a type. */
export type MethodName<T> = {
  // biome-ignore lint/suspicious/noExplicitAny: any function is a method here, whatever its parameters.
  [K in keyof T]: T[K] extends (...parameters: any[]) => any ? K : never
}[keyof T] &
  string

/**
 * A link to an object, instead of its page: `link(user)`; a client calls it to get the page. Or a method of
 * an object, which arrives as a function: `link(user, 'bio')`. Throws TypeError or RangeError where `expires` is
 * no date.
 */
export function link<T extends object>(target: T, options?: LinkOptions): Reference<() => T>
export function link<T extends object, K extends MethodName<T>>(
  target: T,
  member: K,
  options?: LinkOptions,
): Reference<T[K]>
export function link(target: object, member?: string | LinkOptions, options?: LinkOptions): Reference {
  return typeof member === 'object'
    ? new Reference(target, undefined, member)
    : new Reference(target, member, options)
}

/** The form of a method, with other attributes than its class's page gives it. */
export function form<T extends object, K extends MethodName<T>>(
  target: T,
  member: K,
  options: FormOptions = {},
): Reference<T[K]> {
  return new Reference(target, member, options)
}

/** A result that is answered with 201 Created: its Location, and the object itself as the body. */
export class Created<T = unknown> {
  declare readonly '~remote'?: T
  readonly value: T

  /** Throws TypeError for what is no object: it would have no URL. */
  constructor(value: T) {
    checkArgument('created', value, anObject)
    this.value = value
  }
}

export const created = <T extends object>(value: T): Created<T> => new Created(value)
