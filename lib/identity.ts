// When are two values the same item of a set, or the same key? Objects by their content, not by reference.

import type { Node } from './fault.js'
import { nanosecondsOf } from './instant.js'
import { kindOf } from './kind.js'

/**
 * A value that is equal (as a JavaScript Map compares keys) for two values exactly when the format holds
 * them for the same: primitives themselves, an object's a string. 1, true and '1' differ.
 */
export function identityOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? `object ${describe(value)}` : primitive(value)
}

/** A string that could be taken for an object's identity is quoted, which no object's is. */
function primitive(value: unknown): unknown {
  if (typeof value === 'string')
    return value.startsWith('object ') ? `object ${JSON.stringify(value)}` : value
  return typeof value === 'bigint' && isSafe(value) ? Number(value) : (value ?? null)
}

/** On the wire a bigint that is safe is the same as the number. */
const isSafe = (value: bigint) => value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER

const references = new WeakMap<object, number>()
let referenceCount = 0

/** Each is itself: blobs, functions, and what only the application can compare. */
function reference(value: object): string {
  let number = references.get(value)
  if (number === undefined) references.set(value, (number = ++referenceCount))
  return `reference ${number}`
}

const latin = /* @__PURE__ */ new TextDecoder('latin1')

/** `outer`: the objects around it, since one that holds itself has no end. */
function describe(value: unknown, outer: readonly object[] = []): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return isSafe(value) ? String(value) : `${value}n`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'function':
      return reference(value)
    case 'object':
      return value === null ? 'null' : outer.includes(value) ? reference(value) : describeObject(value, outer)
    default:
      return String(value ?? null)
  }
}

function describeObject(value: object, outer: readonly object[]): string {
  const inside = [...outer, value]
  const within = (item: unknown) => describe(item, inside)
  const kind = kindOf(value)
  switch (kind) {
    case 'list':
      return `[${Array.from(value as unknown[], within).join()}]`
    case 'bytes':
      return `bytes ${(value as Uint8Array).length}:${latin.decode(value as Uint8Array)}`
    case 'date':
      return `date ${(value as Date).getTime()}+${nanosecondsOf(value as Date)}`
    case 'duration':
      return `duration ${value}`
    case 'set':
      return `set(${Array.from(value as Set<unknown>, within)
        .sort()
        .join()})`
    case 'map': {
      const entries = Array.from(
        value as Map<unknown, unknown>,
        ([key, item]) => `${within(key)}:${within(item)}`,
      )
      return `map(${entries.join()})`
    }
    case 'node': {
      const { name, attributes, content } = value as Node
      return `extension ${within(name)}${within(attributes)}${within(content)}`
    }
    case 'dict': {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined)
      return `{${entries
        .map(([key, item]) => `${JSON.stringify(key)}:${within(item)}`)
        .sort()
        .join()}}`
    }
    case 'blob':
    case 'drawing':
    case 'other':
      return reference(value)
    default:
      return kind satisfies never
  }
}

/** Could the collection of JavaScript hold it beside another value that is the same on the wire? */
const isAmbiguous = (value: unknown) =>
  (typeof value === 'object' && value !== null) || typeof value === 'bigint' || value === undefined

/** The first item that stands twice, if one does: sets and maps of JavaScript hold equal objects side by side. */
export function firstDuplicate(items: Iterable<unknown>): { readonly item: unknown } | undefined {
  const all = [...items]
  if (all.length < 2 || !all.some(isAmbiguous)) return undefined
  const seen = new Set<unknown>()
  for (const item of all) {
    const identity = identityOf(item)
    if (seen.has(identity)) return { item }
    seen.add(identity)
  }
  return undefined
}
