// Values to JSON: a tree of plain objects, which JSON.stringify prints. What JSON has no notation for is an
// object with one key that starts with `$` (spec/protocol.md, "JSON").

import { EncodeLimitError } from '../errors.js'
import { completeLimits } from '../limits.js'
import type { EncodeOptions } from '../message/codec.js'
import { nameOf, refuse } from '../message/unencodable.js'
import { isWellFormed } from '../message/utf8.js'
import { type Blob, blob as blobOf } from '../values/blob.js'
import { setOwn } from '../values/dict.js'
import { Equality } from '../values/equality.js'
import { toExtension } from '../values/extend.js'
import type { Node } from '../values/fault.js'
import { formatInstant } from '../values/instant.js'
import { isNested, kindOf } from '../values/kind.js'
import type { Drawing } from '../values/template.js'
import { base64, base64Length } from './base64.js'

const encoder = /* @__PURE__ */ new TextEncoder()
const dollar = 0x24

/** One message: holds the blobs that its root has met. Nothing of the values given is in the tree itself. */
export class JsonEncoder {
  readonly blobs: Blob[] = []
  /** The id of the first blob that is met: more than 0 in the items of a stream. */
  firstBlob = 0
  readonly #equality: Equality
  readonly #inline: EncodeOptions['inline']
  readonly #inlinePlain: boolean
  readonly #depthLimit: number
  readonly #mostBytes: number
  /**
   * The fewest bytes that the tree so far has as JSON. Strings may have up to six times theirs and numbers too, which
   * is seen when they are printed; the tree alone would let a list of lists grow without end.
   */
  #bytes = 0

  constructor(options: EncodeOptions) {
    this.#equality = new Equality(options.mostBytes)
    this.#inline = options.inline
    this.#inlinePlain = options.inlinePlain ?? false
    this.#depthLimit = completeLimits(options.limits).depth
    this.#mostBytes = options.mostBytes ?? Number.POSITIVE_INFINITY
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#mostBytes) throw new EncodeLimitError(this.#mostBytes)
  }

  /** The tree as JSON, with what stands around it. Throws EncodeLimitError for too many bytes. */
  print(tree: unknown, before = '', after = ''): Uint8Array {
    const json = before + JSON.stringify(tree) + after
    const bytes = json.length > this.#mostBytes ? undefined : encoder.encode(json)
    if (bytes === undefined || bytes.length > this.#mostBytes) throw new EncodeLimitError(this.#mostBytes)
    return bytes
  }

  #bigint(value: bigint): unknown {
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) {
      this.#count(1)
      return Number(value)
    }
    const $integer = String(value)
    this.#count($integer.length)
    return { $integer }
  }

  #text(value: string): string {
    this.#count(value.length + 2)
    return text(value)
  }

  value(value: unknown, from: string | undefined, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        this.#count(Number.isInteger(value) ? (value > -1e3 && value < 1e3 ? 1 : 4) : 3)
        return number(value)
      case 'boolean':
        this.#count(4)
        return value
      case 'undefined':
        this.#count(4)
        return null
      case 'bigint':
        return this.#bigint(value)
      case 'object':
        if (value !== null) return this.#object(value, from, depth)
        this.#count(4)
        return null
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
        this.#count(base64Length((value as Uint8Array).length))
        return { $bytes: base64(value as Uint8Array) }
      case 'set':
        return this.#set(value as Set<unknown>, from, depth)
      case 'map':
        return this.#map(value as Map<unknown, unknown>, from, depth)
      case 'date':
        if (Number.isNaN((value as Date).getTime())) refuse(value, 'an invalid date')
        this.#count(20)
        return { $datetime: formatInstant(value as Date) }
      case 'duration':
        this.#count(3)
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
    this.#count(2)
    for (const key of Object.keys(record)) {
      const item = record[key]
      if (item === undefined) continue
      if (key.charCodeAt(0) === dollar) wrapped = true
      this.#count(1)
      setOwn(dict, this.#text(key), this.value(item, from, depth + 1))
    }
    return wrapped ? { $dict: dict } : dict
  }

  #list(items: readonly unknown[], from: string | undefined, depth: number): unknown[] {
    const list: unknown[] = []
    this.#count(items.length + 1)
    for (let index = 0; index < items.length; index++) list.push(this.value(items[index], from, depth + 1))
    return list
  }

  #set(value: Set<unknown>, from: string | undefined, depth: number): object {
    const duplicate = this.#equality.firstDuplicate(value)
    if (duplicate) refuse(duplicate.item, 'an equal item is in the set already')
    return { $set: this.#list([...value], from, depth) }
  }

  #map(value: Map<unknown, unknown>, from: string | undefined, depth: number): object {
    const duplicate = this.#equality.firstDuplicate(value.keys())
    if (duplicate) refuse(duplicate.item, 'an equal key is in the map already')
    const pairs: [unknown, unknown][] = []
    this.#count(4 * value.size)
    for (const [key, item] of value) {
      pairs.push([this.value(key, from, depth + 1), this.value(item, from, depth + 1)])
    }
    return { $map: pairs }
  }

  #node(value: Node, from: string | undefined, depth: number): object {
    const $extension = this.#text(value.name)
    this.#room(value, depth + 1)
    const attributes = this.#dict(value.attributes, from, depth + 1)
    const path = 'path' in value ? value.path : undefined
    const content = this.value(value.content, path ?? from, depth + 1)
    return content === null ? { $extension, attributes } : { $extension, attributes, content }
  }

  #blob(value: Blob, depth: number): object {
    const $blob = this.firstBlob + this.blobs.push(value) - 1
    this.#room(value, depth + 1)
    return { $blob, attributes: this.#dict(value.announced, undefined, depth + 1) }
  }
}

function text(value: string): string {
  return isWellFormed(value) ? value : refuse(value, 'text with a lone surrogate, which has no UTF-8')
}

function number(value: number): unknown {
  if (Number.isFinite(value)) return Object.is(value, -0) ? { $float: '-0' } : value
  return { $float: Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf' }
}
