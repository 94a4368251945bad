// Values to the text format (spec/protocol.md, "Text"), each in its one canonical spelling.

import { completeLimits } from '../limits.js'
import type { EncodeOptions } from '../message/codec.js'
import { nameOf, refuse } from '../message/unencodable.js'
import type { Writer } from '../message/writer.js'
import { type Blob, blob as blobOf } from '../values/blob.js'
import { Equality } from '../values/equality.js'
import { toExtension } from '../values/extend.js'
import type { Node } from '../values/fault.js'
import { formatInstant } from '../values/instant.js'
import { isNested, kindOf } from '../values/kind.js'
import { type Drawing, hole, type Template } from '../values/template.js'
import { writeHexFloat } from './hexfloat.js'

const colon = 0x3a
const end = 0x3b

/** A template as it was encoded: the bytes before each hole, and after the last. */
interface Skeleton {
  readonly parts: readonly Uint8Array[]
  /** How many of the holes are in the attributes. */
  readonly inAttributes: number
}

const skeletons = new WeakMap<Template, Skeleton>()

/** One message: holds the blobs that its root has met. */
export class Encoder {
  readonly blobs: Blob[] = []
  /** The id of the first blob that is met: more than 0 in the items of a stream. */
  firstBlob = 0
  readonly #writer: Writer
  readonly #equality: Equality
  readonly #inline: EncodeOptions['inline']
  readonly #inlinePlain: boolean
  readonly #depthLimit: number

  constructor(writer: Writer, options: EncodeOptions) {
    this.#writer = writer
    this.#equality = new Equality(options.mostBytes)
    this.#inline = options.inline
    this.#inlinePlain = options.inlinePlain ?? false
    this.#depthLimit = completeLimits(options.limits).depth
  }

  value(value: unknown, from: string | undefined, depth: number): void {
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return this.#number(value)
      case 'boolean':
        return this.#constant(value ? 0x54 : 0x46) // T F
      case 'undefined':
        return this.#constant(0x4e) // N
      case 'bigint':
        return this.#scalar(0x69, value.toString()) // i
      case 'object':
        return value === null ? this.#constant(0x4e) : this.#object(value, from, depth)
      case 'function':
        return this.#other(value, from, depth)
      case 'symbol':
        return refuse(value, `${nameOf(value)} has no form on the wire`)
    }
  }

  #object(value: object, from: string | undefined, depth: number): void {
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
        return this.#bytes(value as Uint8Array)
      case 'set':
        return this.#set(value as Set<unknown>, from, depth)
      case 'map':
        return this.#map(value as Map<unknown, unknown>, from, depth)
      case 'date':
        return this.#date(value as Date)
      case 'duration':
        return this.#scalar(0x70, String(value)) // p
      case 'node':
        return this.#node(value as Node, from, depth)
      case 'drawing':
        return this.#drawing(value as Drawing, from, depth)
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

  #other(value: object, from: string | undefined, depth: number): void {
    const extension = toExtension(value)
    if (extension !== undefined) return this.#node(extension, from, depth)
    const inlined = this.#inline?.(value, from)
    if (inlined === undefined || inlined === value) refuse(value, `${nameOf(value)} has no form on the wire`)
    this.value(inlined, from, depth)
  }

  #constant(type: number): void {
    const writer = this.#writer
    writer.reserve(2)
    writer.bytes[writer.position++] = type
    writer.bytes[writer.position++] = end
  }

  #scalar(type: number, ascii: string): void {
    const writer = this.#writer
    writer.byte(type)
    writer.ascii(ascii)
    writer.byte(end)
  }

  #number(value: number): void {
    const writer = this.#writer
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return this.#scalar(0x69, String(value)) // i
    writer.byte(0x66) // f
    if (Number.isNaN(value)) writer.ascii('nan')
    else if (Number.isFinite(value)) writeHexFloat(writer, value)
    else writer.ascii(value > 0 ? 'inf' : '-inf')
    writer.byte(end)
  }

  #text(value: string): void {
    const writer = this.#writer
    const { length } = value
    if (length === 0) return this.#constant(0x75) // u
    // The digits of the length are guessed from ASCII; where the text takes more bytes, it is moved.
    const start = writer.position
    const guess = digitsOf(length)
    writer.reserve(length * 3 + 20)
    writer.position = start + guess + 2
    const written = writer.utf8(value)
    if (written < 0) refuse(value, 'text with a lone surrogate, which has no UTF-8')
    const digits = written === length ? guess : digitsOf(written)
    const { bytes } = writer
    const from = start + guess + 2
    if (digits !== guess) bytes.copyWithin(start + digits + 2, from, from + written)
    bytes[start] = 0x75 // u
    writeDigits(bytes, start + 1, digits, written)
    bytes[start + digits + 1] = colon
    writer.position = start + digits + 2 + written
    writer.byte(end)
  }

  #bytes(value: Uint8Array): void {
    if (value.length === 0) return this.#constant(0x62) // b
    this.#writer.ascii(`b${value.length}:`)
    this.#writer.raw(value)
    this.#writer.byte(end)
  }

  #list(items: readonly unknown[], from: string | undefined, depth: number): void {
    this.#writer.byte(0x4c) // L
    for (let index = 0; index < items.length; index++) this.value(items[index], from, depth + 1)
    this.#writer.byte(end)
  }

  /** A dict without the keys whose value is undefined. */
  #dict(value: object, from: string | undefined, depth: number): void {
    const record = value as Record<string, unknown>
    this.#writer.byte(0x44) // D
    for (const key of Object.keys(record)) {
      const item = record[key]
      if (item === undefined) continue
      this.#text(key)
      this.value(item, from, depth + 1)
    }
    this.#writer.byte(end)
  }

  #set(value: Set<unknown>, from: string | undefined, depth: number): void {
    const duplicate = this.#equality.firstDuplicate(value)
    if (duplicate) refuse(duplicate.item, 'an equal item is in the set already')
    this.#writer.byte(0x53) // S
    for (const item of value) this.value(item, from, depth + 1)
    this.#writer.byte(end)
  }

  #map(value: Map<unknown, unknown>, from: string | undefined, depth: number): void {
    const duplicate = this.#equality.firstDuplicate(value.keys())
    if (duplicate) refuse(duplicate.item, 'an equal key is in the map already')
    this.#writer.byte(0x4f) // O
    for (const [key, item] of value) {
      this.value(key, from, depth + 1)
      this.value(item, from, depth + 1)
    }
    this.#writer.byte(end)
  }

  #date(value: Date): void {
    if (Number.isNaN(value.getTime())) refuse(value, 'an invalid date')
    this.#scalar(0x64, formatInstant(value)) // d
  }

  #node(value: Node, from: string | undefined, depth: number): void {
    this.#writer.byte(0x58) // X
    this.#text(value.name)
    this.#room(value, depth + 1)
    this.#dict(value.attributes, from, depth + 1)
    const path = 'path' in value ? value.path : undefined
    this.value(value.content, path ?? from, depth + 1)
    this.#writer.byte(end)
  }

  /** The page in full: old peers know no templates, but what is the same for all pages is still written once. */
  #drawing({ template, values, path }: Drawing, from: string | undefined, depth: number): void {
    let skeleton = skeletons.get(template)
    if (skeleton === undefined) skeletons.set(template, (skeleton = this.#skeleton(template)))
    const { parts, inAttributes } = skeleton
    for (let index = 0; index < template.holes; index++) {
      this.#writer.raw(parts[index] as Uint8Array)
      this.value(values[index], index < inAttributes ? from : (path ?? from), depth + 2)
    }
    this.#writer.raw(parts[template.holes] as Uint8Array)
  }

  #skeleton(template: Template): Skeleton {
    const writer = this.#writer
    const start = writer.position
    const parts: Uint8Array[] = []
    const cut = () => {
      parts.push(writer.copy(start))
      writer.position = start
    }
    writer.byte(0x58) // X
    this.#text('resource')
    for (const entries of [template.attributes, template.content]) {
      writer.byte(0x44) // D
      for (const [key, value] of entries) {
        this.#text(key)
        if (value === hole) cut()
        else this.value(value, undefined, 2)
      }
      writer.byte(end)
    }
    writer.byte(end)
    cut()
    return { parts, inAttributes: template.attributes.filter(([, value]) => value === hole).length }
  }

  #blob(value: Blob, depth: number): void {
    this.#writer.ascii(`B${this.firstBlob + this.blobs.push(value) - 1}:`)
    this.#room(value, depth + 1)
    this.#dict(value.announced, undefined, depth + 1)
    this.#writer.byte(end)
  }
}

const digitsOf = (count: number) =>
  count < 10 ? 1 : count < 100 ? 2 : count < 1000 ? 3 : count < 10_000 ? 4 : String(count).length

function writeDigits(bytes: Uint8Array, start: number, digits: number, count: number): void {
  let left = count
  for (let position = start + digits - 1; position >= start; position--) {
    bytes[position] = 0x30 + (left % 10)
    left = Math.floor(left / 10)
  }
}
