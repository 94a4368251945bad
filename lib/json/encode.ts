// Values to JSON: a tree of plain objects, which JSON.stringify prints. What JSON has no notation for is an
// object with one key that starts with `$` (spec/protocol.md, "JSON").

import { type Blob, blob as blobOf } from '../blob.js'
import type { EncodeOptions } from '../codec.js'
import { toExtension } from '../extend.js'
import type { Node } from '../fault.js'
import { Identities } from '../identity.js'
import { formatInstant } from '../instant.js'
import { isNested, kindOf } from '../kind.js'
import { defaultLimits } from '../limits.js'
import { nameOf, refuse } from '../refusal.js'
import { type Drawing, setOwn } from '../template.js'
import { isWellFormed } from '../utf8.js'
import { base64 } from './base64.js'

const dollar = 0x24

/** One message: holds the blobs that its root has met. Nothing of the values given is in the tree itself. */
export class JsonEncoder {
  readonly blobs: Blob[] = []
  /** The id of the first blob that is met: more than 0 in the items of a stream. */
  firstBlob = 0
  readonly #identities = new Identities()
  readonly #inline: EncodeOptions['inline']
  readonly #inlinePlain: boolean
  readonly #depthLimit: number

  constructor(options: EncodeOptions) {
    this.#inline = options.inline
    this.#inlinePlain = options.inlinePlain ?? false
    this.#depthLimit = options.limits?.depth ?? defaultLimits.depth
  }

  value(value: unknown, from: string | undefined, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return text(value)
      case 'number':
        return number(value)
      case 'boolean':
        return value
      case 'undefined':
        return null
      case 'bigint':
        return integer(value)
      case 'object':
        return value === null ? null : this.#object(value, from, depth)
      case 'function':
        return this.#other(value, from, depth)
      case 'symbol':
        return refuse(value, `${nameOf(value)} has no form on the wire`)
    }
  }

  #object(value: object, from: string | undefined, depth: number): unknown {
    const kind = kindOf(value)
    if (isNested(kind)) this.#room(value, depth)
    switch (kind) {
      case 'dict': {
        const stand = this.#inlinePlain ? this.#inline?.(value, from) : undefined
        return stand === undefined ? this.#dict(value, from, depth) : this.value(stand, from, depth)
      }
      case 'list':
        return this.#list(value as readonly unknown[], from, depth)
      case 'bytes':
        return { $bytes: base64(value as Uint8Array) }
      case 'set':
        return this.#set(value as Set<unknown>, from, depth)
      case 'map':
        return this.#map(value as Map<unknown, unknown>, from, depth)
      case 'date':
        if (Number.isNaN((value as Date).getTime())) refuse(value, 'an invalid date')
        return { $datetime: formatInstant(value as Date) }
      case 'duration':
        return { $timedelta: String(value) }
      case 'node':
        return this.#node(value as Node, from, depth)
      case 'drawing':
        return this.#node((value as Drawing).page(), from, depth)
      case 'blob':
        return this.#blob(blobOf(value as Blob), depth)
      case 'other':
        return this.#other(value, from, depth)
      default:
        return kind satisfies never
    }
  }

  #room(value: object, depth: number): void {
    if (depth >= this.#depthLimit) refuse(value, `nested deeper than ${this.#depthLimit}, or in a cycle`)
  }

  #other(value: object, from: string | undefined, depth: number): unknown {
    const extension = toExtension(value)
    if (extension !== undefined) return this.#node(extension, from, depth)
    const inlined = this.#inline?.(value, from)
    if (inlined === undefined || inlined === value) refuse(value, `${nameOf(value)} has no form on the wire`)
    return this.value(inlined, from, depth)
  }

  /** A dict without the keys whose value is undefined; wrapped where a key could be taken for a tag. */
  #dict(value: object, from: string | undefined, depth: number): object {
    const record = value as Record<string, unknown>
    const dict = {}
    let wrapped = false
    for (const key of Object.keys(record)) {
      const item = record[key]
      if (item === undefined) continue
      if (key.charCodeAt(0) === dollar) wrapped = true
      setOwn(dict, text(key), this.value(item, from, depth + 1))
    }
    return wrapped ? { $dict: dict } : dict
  }

  #list(items: readonly unknown[], from: string | undefined, depth: number): unknown[] {
    const list: unknown[] = []
    for (let index = 0; index < items.length; index++) list.push(this.value(items[index], from, depth + 1))
    return list
  }

  #set(value: Set<unknown>, from: string | undefined, depth: number): object {
    const duplicate = this.#identities.firstDuplicate(value)
    if (duplicate) refuse(duplicate.item, 'an equal item is in the set already')
    return { $set: this.#list([...value], from, depth) }
  }

  #map(value: Map<unknown, unknown>, from: string | undefined, depth: number): object {
    const duplicate = this.#identities.firstDuplicate(value.keys())
    if (duplicate) refuse(duplicate.item, 'an equal key is in the map already')
    const pairs: [unknown, unknown][] = []
    for (const [key, item] of value) {
      pairs.push([this.value(key, from, depth + 1), this.value(item, from, depth + 1)])
    }
    return { $map: pairs }
  }

  #node(value: Node, from: string | undefined, depth: number): object {
    const $extension = text(value.name)
    this.#room(value, depth + 1)
    const attributes = this.#dict(value.attributes, from, depth + 1)
    const path = 'path' in value ? value.path : undefined
    const content = this.value(value.content, path ?? from, depth + 1)
    return content === null ? { $extension, attributes } : { $extension, attributes, content }
  }

  #blob(value: Blob, depth: number): object {
    const $blob = this.firstBlob + this.blobs.push(value) - 1
    this.#room(value, depth + 1)
    return { $blob, attributes: this.#dict(value.attributes, undefined, depth + 1) }
  }
}

function text(value: string): string {
  return isWellFormed(value) ? value : refuse(value, 'text with a lone surrogate, which has no UTF-8')
}

function number(value: number): unknown {
  if (Number.isFinite(value)) return Object.is(value, -0) ? { $float: '-0' } : value
  return { $float: Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf' }
}

const integer = (value: bigint): unknown =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : { $integer: String(value) }
