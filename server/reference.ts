// References: what `link` and `form` make of an object, or of a method of one. They become nodes when drawn.

import type { Envelope } from './marks.js'

export interface FormOptions {
  /** The HTTP method, one that the member answers. */
  readonly method?: string
  readonly envelope?: Envelope
  /** Headers that a client sends along: `If-Match`, `If-None-Match`, `If-(Un)modified-Since`, `Accept`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A reference to an object or to one of its methods; `T` is the type of what it leads to. */
export class Reference<T = unknown> {
  declare readonly '~remote'?: T
  readonly target: object
  readonly member: string | undefined
  readonly form: FormOptions | undefined

  constructor(target: object, member?: string, form?: FormOptions) {
    this.target = target
    this.member = member
    this.form = form
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
 * an object, which arrives as a function: `link(user, 'bio')`.
 */
export function link<T extends object>(target: T): Reference<() => T>
export function link<T extends object, K extends MethodName<T>>(target: T, member: K): Reference<T[K]>
export function link(target: object, member?: string): Reference {
  return new Reference(target, member)
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

  constructor(value: T) {
    this.value = value
  }
}

export const created = <T extends object>(value: T): Created<T> => new Created(value)
