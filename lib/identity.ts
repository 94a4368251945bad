// When are two values the same item of a set, or the same key? Objects by their content, not by reference.

import { Blob } from './blob.js'
import { Duration } from './duration.js'
import { Fault } from './fault.js'
import { nanosecondsOf } from './instant.js'
import { Extension } from './nodes.js'

/**
 * A value that is equal (as a JavaScript Map compares keys) for two values exactly when the format holds
 * them for the same: primitives themselves, an object's a string. 1, true and '1' differ.
 */
export function identityOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? `object ${describe(value)}` : primitive(value)
}

/** Strings get a mark of their own, so that none is taken for an object's identity. */
const primitive = (value: unknown) =>
  typeof value === 'string' && value.startsWith('object ') ? `u${value}` : value

const blobs = new WeakMap<object, number>()
let blobCount = 0

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) return `[${value.map(describe).join()}]`
  if (value instanceof Uint8Array) return `bytes ${Array.from(value).join()}`
  if (value instanceof Date) return `date ${value.getTime()}+${nanosecondsOf(value)}`
  if (value instanceof Duration) return `duration ${value}`
  if (value instanceof Set) return `set(${Array.from(value, describe).sort().join()})`
  if (value instanceof Map) {
    return `map(${Array.from(value, ([key, item]) => `${describe(key)}:${describe(item)}`).join()})`
  }
  if (value instanceof Extension || value instanceof Fault) {
    return `extension ${describe(value.name)}${describe(value.attributes)}${describe(value.content)}`
  }
  const prototype = Object.getPrototypeOf(value)
  if (value instanceof Blob || (prototype !== Object.prototype && prototype !== null)) {
    // Blobs, and what only the application can compare: each is itself.
    let number = blobs.get(value)
    if (number === undefined) blobs.set(value, (number = ++blobCount))
    return `reference ${number}`
  }
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${describe(item)}`)
  return `{${entries.sort().join()}}`
}

/** The first item that stands twice, if one does: sets and maps of JavaScript hold equal objects side by side. */
export function firstDuplicate(items: Iterable<unknown>): { readonly item: unknown } | undefined {
  let objects: unknown[] | undefined
  for (const item of items) if (typeof item === 'object' && item !== null) (objects ??= []).push(item)
  if (objects === undefined || objects.length < 2) return undefined
  const seen = new Set<unknown>()
  for (const item of objects) {
    const identity = identityOf(item)
    if (seen.has(identity)) return { item }
    seen.add(identity)
  }
  return undefined
}
