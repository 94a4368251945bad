// When are two values the same item of a set, or the same key? Objects by their content, not by reference.

import { EncodeLimitError } from '../errors.js'
import type { Node } from './fault.js'
import { nanosecondsOf } from './instant.js'
import { kindOf } from './kind.js'

/** One for all equal objects of a message. It is compared by reference. */
class Identity {
  readonly number: number

  constructor(number: number) {
    this.number = number
  }
}

/**
 * The identities of the items and keys of one message. Each is described once, and named by a number in what
 * holds it: sets in sets, described anew at each level, would let 4 MB from outside take minutes.
 */
export class Equality {
  // Made when they are needed: most messages hold no set and no map.
  #byDescription: Map<string, Identity> | undefined
  #known: WeakMap<object, Identity> | undefined
  #references: WeakMap<object, number> | undefined
  #parts: Map<string, number> | undefined
  #count = 0
  readonly #most: number
  #described = 0

  /**
   * `most` bounds what is described, in about the bytes that it takes on the wire: lists that hold a list many times,
   * level by level, have no end. Over it: EncodeLimitError. What was decoded holds everything once.
   */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most
  }

  #add(bytes: number): void {
    this.#described += bytes
    if (this.#described > this.#most) throw new EncodeLimitError(this.#most)
  }

  /**
   * A value that is equal (as a JavaScript Map compares keys) for two values exactly when the format holds
   * them for the same: primitives themselves, but an Identity for an object. 1, true and '1' differ.
   */
  of(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) return this.#identity(value, [])
    return typeof value === 'bigint' && isSafe(value) ? Number(value) : (value ?? null)
  }

  /** `outer`: the objects around it, since one that holds itself has no end. */
  #identity(value: object, outer: readonly object[]): Identity {
    this.#known ??= new WeakMap()
    this.#byDescription ??= new Map()
    let identity = this.#known.get(value)
    if (identity !== undefined) return identity
    const description = this.#short(this.#describe(value, outer))
    identity = this.#byDescription.get(description)
    if (identity === undefined) {
      identity = new Identity(++this.#count)
      this.#byDescription.set(description, identity)
    }
    this.#known.set(value, identity)
    return identity
  }

  /**
   * A long description as the numbers of its parts: V8 hashes strings of more than 16,383 characters by their length
   * alone, and a map with many of one length compares each with all others.
   */
  #short(description: string): string {
    if (description.length <= partLength) return description
    this.#parts ??= new Map()
    let numbers = 'parts'
    for (let start = 0; start < description.length; start += partLength) {
      const part = description.slice(start, start + partLength)
      let number = this.#parts.get(part)
      if (number === undefined) this.#parts.set(part, (number = this.#parts.size))
      numbers += ` ${number}`
    }
    return this.#short(numbers)
  }

  #describe(value: unknown, outer: readonly object[]): string {
    this.#add(typeof value === 'string' ? value.length : 1)
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value)
      case 'bigint':
        return isSafe(value) ? String(value) : `${value}n`
      case 'number':
        return Object.is(value, -0) ? '-0' : String(value)
      case 'function':
        return this.#reference(value)
      case 'object':
        if (value === null) return 'null'
        return outer.includes(value) ? 'cycle' : this.#describeObject(value, outer)
      default:
        return String(value ?? null)
    }
  }

  #describeObject(value: object, outer: readonly object[]): string {
    const inside = [...outer, value]
    const within = (part: unknown) => this.#describe(part, inside)
    // Items of sets and keys of maps are compared on their own too: always by number, so that it's always the same.
    const compared = (part: unknown) =>
      typeof part === 'object' && part !== null ? `#${this.#identity(part, inside).number}` : within(part)
    const kind = kindOf(value)
    switch (kind) {
      case 'list':
        return `[${Array.from(value as unknown[], within).join()}]`
      case 'bytes':
        this.#add((value as Uint8Array).length)
        return `bytes ${(value as Uint8Array).length}:${latin.decode(value as Uint8Array)}`
      case 'date':
        return `date ${(value as Date).getTime()}+${nanosecondsOf(value as Date)}`
      case 'duration':
        return `duration ${value}`
      case 'set':
        return `set(${Array.from(value as Set<unknown>, compared)
          .sort()
          .join()})`
      case 'map': {
        const entries = Array.from(
          value as Map<unknown, unknown>,
          entry => `${compared(entry[0])}:${within(entry[1])}`,
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
        return this.#reference(value)
      default:
        return kind satisfies never
    }
  }

  /** Each is itself: blobs, functions, and what only the application can compare. */
  #reference(value: object): string {
    this.#references ??= new WeakMap()
    let number = this.#references.get(value)
    if (number === undefined) this.#references.set(value, (number = ++this.#count))
    return `reference ${number}`
  }

  /** The first item that stands twice, if one does: sets and maps of JavaScript hold equal objects side by side. */
  firstDuplicate(items: Iterable<unknown>): { readonly item: unknown } | undefined {
    const all = [...items]
    if (all.length < 2 || !all.some(isAmbiguous)) return undefined
    const seen = new Set<unknown>()
    for (const item of all) {
      const identity = this.of(item)
      if (seen.has(identity)) return { item }
      seen.add(identity)
    }
    return undefined
  }
}

/** Characters of a description, or of a part of one. */
const partLength = 8192

/** On the wire a bigint that is safe is the same as the number. */
const isSafe = (value: bigint) => value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER

const latin = /* @__PURE__ */ new TextDecoder('latin1')

/** Could a collection of JavaScript hold it beside another value that is the same on the wire? */
const isAmbiguous = (value: unknown) =>
  (typeof value === 'object' && value !== null) || typeof value === 'bigint' || value === undefined

/** Does the format hold two values for the same? */
export function areSame(a: unknown, b: unknown): boolean {
  const equality = new Equality()
  return Object.is(equality.of(a), equality.of(b))
}
