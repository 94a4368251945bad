// A user's own types on the wire: `extend(name, Class, { encode, decode })`.

import { checkArgument, fn, having, text } from '../options.js'
import { Extension } from './nodes.js'

export interface Conversion<T> {
  /** The value that stands for an instance: any value that can be encoded. */
  encode(instance: T): unknown
  /** The instance that a value stands for. What it throws becomes the DecodeError's cause. */
  decode(content: unknown): T
}

// biome-ignore lint/suspicious/noExplicitAny: a class is known by its constructor, whatever its arguments.
export type Class<T> = abstract new (...parameters: any[]) => T

interface Registration {
  readonly name: string
  readonly conversion: Conversion<unknown>
}

/** The names of the format itself (the 2012 text reserves most of them). */
const reserved = new Set(
  `link form input resource error collection stream result request response integer unicode string bytearray float datetime
  timedelta nil true false list set dict ordered_dict extension blob bool`.split(/\s+/),
)

const byClass = new Map<unknown, Registration>()
const byName = new Map<string, Registration>()

/**
 * Lets instances of a class travel as the extension `name`, in every codec of this process; the peer must
 * call it too, or it gets an `Extension`. The same class and name may be registered again, and replaces the
 * conversion. Throws TypeError for a reserved name, for a name or a class that is taken, and for what is none.
 */
export function extend<T>(name: string, type: Class<T>, conversion: Conversion<T>): void {
  checkArgument('extend', name, text)
  checkArgument('extend', type, { ...fn, expected: 'a class' })
  checkArgument('extend', conversion, having('a conversion', 'encode', 'decode'))
  if (reserved.has(name)) throw new TypeError(`the extension name "${name}" is reserved`)
  if (name === '') throw new TypeError('an extension needs a name')
  if (byName.has(name) && byClass.get(type)?.name !== name) {
    throw new TypeError(`the extension name "${name}" is taken by another class`)
  }
  if (byClass.has(type) && byClass.get(type)?.name !== name) {
    throw new TypeError(`${type.name} is an extension already, "${byClass.get(type)?.name}"`)
  }
  const registration = { name, conversion: conversion as Conversion<unknown> }
  byClass.set(type, registration)
  byName.set(name, registration)
}

/** Is the object an instance of a class that was given to `extend`, if only to be told from its base class? */
export const isExtended = (instance: object): boolean => byClass.size > 0 && byClass.has(instance.constructor)

/** The extension that stands for an instance of a registered class; undefined for other objects. */
export function toExtension(instance: object): Extension | undefined {
  if (byClass.size === 0) return undefined
  const registration = byClass.get(instance.constructor)
  if (registration === undefined) return undefined
  return new Extension(registration.name, {}, registration.conversion.encode(instance))
}

/** How extensions of this name become instances; undefined for names that are not registered. */
export const decoderOf = (name: string): ((content: unknown) => unknown) | undefined => {
  const registration = byName.get(name)
  return registration && (content => registration.conversion.decode(content))
}
