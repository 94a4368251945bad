// Marks: what functions, methods and classes are said to be, kept beside them, not on them.

import type { Rule } from '../access/rules.js'
import type { Schemas } from '../schemas/standard-schema.js'
import type { When } from './when.js'

export type Verb = 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Envelope = 'form' | 'query' | 'blob' | 'none'

export interface Marks {
  readonly safe?: boolean
  readonly inline?: boolean
  readonly redirect?: boolean
  readonly hidden?: boolean
  readonly verb?: Verb
  readonly envelope?: Envelope
  /** Seconds that caches may keep a result. */
  readonly maxAge?: number
  /** May caches keep the result for everyone? */
  readonly public?: boolean
  /** Its description, for people. */
  readonly doc?: string
  readonly names?: readonly string[]
  readonly schemas?: Schemas
  readonly allow?: Rule
  /** Does it answer for everything below its path? */
  readonly subtree?: boolean
  /** In which states it is there. */
  readonly when?: When
  /** The function behind it, where that takes its arguments by name, in one object. */
  readonly input?: object
}

const marks = new WeakMap<object, Marks>()
const none: Marks = {}

export const marksOf = (target: object): Marks => marks.get(target) ?? none

/** Is its constructor kept from callers? What a base class hides stays hidden in derived ones. */
export function isHiddenClass(type: object): boolean {
  for (let at: object | null = type; typeof at === 'function'; at = Object.getPrototypeOf(at))
    if (marksOf(at).hidden) return true
  return false
}

/** Fields hidden by decorator, by the prototype of the instance: a field may be called `constructor`. */
const hiddenFields = new WeakMap<object, Set<PropertyKey>>()

/** Hides a field of the instances of a prototype. */
export function hideField(prototype: object, name: PropertyKey): void {
  const fields = hiddenFields.get(prototype) ?? new Set<PropertyKey>()
  hiddenFields.set(prototype, fields.add(name))
}

export const isHiddenField = (instance: object, name: string): boolean =>
  hiddenFields.get(Object.getPrototypeOf(instance))?.has(name) ?? false

/** The same object, marked as well. */
export function addMarks<F extends object>(target: F, added: Marks): F {
  marks.set(target, { ...marks.get(target), ...added })
  return target
}
