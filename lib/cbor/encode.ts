// Values to CBOR: definite lengths, shortest heads, integers as integers and all floats as float64.
// Dicts keep their order, since only state in URLs needs a sorted one (canonical.ts).

import { completeLimits } from '../limits.js'
import type { EncodeOptions } from '../message/codec.js'
import { nameOf, refuse } from '../message/unencodable.js'
import type { Writer } from '../message/writer.js'
import { type Blob, blob as blobOf } from '../values/blob.js'
import type { Duration } from '../values/duration.js'
import { Identities } from '../values/equality.js'
import { toExtension } from '../values/extend.js'
import type { Fault, Node } from '../values/fault.js'
import { formatInstant, nanosecondsOf } from '../values/instant.js'
import { isNested, kindOf } from '../values/kind.js'
import { type Drawing, hole, type Template } from '../values/template.js'
import { durationKey, holeByte, tag } from './tags.js'
import { isShared } from './template.js'

const major = {
  unsigned: 0,
  negative: 0x20,
  bytes: 0x40,
  text: 0x60,
  array: 0x80,
  map: 0xa0,
  tag: 0xc0,
} as const

interface Skeleton {
  readonly bytes: Uint8Array
  /** Holes in the attributes, which come before those in the content. */
  readonly attributeHoles: number
}

/** What each template was encoded to. */
const skeletons = new WeakMap<Template, Skeleton>()

/** One message: holds the blobs and the templates that its root has met. */
export class CborEncoder {
  readonly blobs: Blob[] = []
  /** The id of the first blob that is met: more than 0 in the items of a stream. */
  firstBlob = 0
  readonly #writer: Writer
  readonly #identities: Identities
  readonly #inline: EncodeOptions['inline']
  readonly #inlinePlain: boolean
  readonly #depthLimit: number
  readonly #sorted: boolean
  #sent: Template[] | undefined

  /** `sorted`: keys of dicts by the order of their encoded bytes (RFC 8949 4.2.1). */
  constructor(writer: Writer, options: EncodeOptions, sorted = false) {
    this.#writer = writer
    this.#identities = new Identities(options.mostBytes)
    this.#inline = options.inline
    this.#inlinePlain = options.inlinePlain ?? false
    this.#depthLimit = completeLimits(options.limits).depth
    this.#sorted = sorted
  }

  value(value: unknown, from: string | undefined, depth: number): void {
    const writer = this.#writer
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return this.#number(value)
      case 'boolean':
        return writer.byte(value ? 0xf5 : 0xf4)
      case 'undefined':
        return writer.byte(0xf6)
      case 'bigint':
        return this.#bigint(value)
      case 'object':
        return value === null ? writer.byte(0xf6) : this.#object(value, from, depth)
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
        return stand === undefined ? this.#plainDict(value, from, depth) : this.value(stand, from, depth)
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
        return this.#duration(value as Duration)
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

  #head(kind: number, count: number): void {
    const writer = this.#writer
    writer.reserve(9)
    const { bytes, view } = writer
    if (count < 24) bytes[writer.position++] = kind | count
    else if (count < 0x100) {
      bytes[writer.position++] = kind | 24
      bytes[writer.position++] = count
    } else if (count < 0x1_0000) {
      bytes[writer.position++] = kind | 25
      view.setUint16(writer.position, count)
      writer.position += 2
    } else if (count < 0x1_0000_0000) {
      bytes[writer.position++] = kind | 26
      view.setUint32(writer.position, count)
      writer.position += 4
    } else {
      bytes[writer.position++] = kind | 27
      view.setUint32(writer.position, Math.floor(count / 0x1_0000_0000))
      view.setUint32(writer.position + 4, count >>> 0)
      writer.position += 8
    }
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#head(major.unsigned, value)
      else this.#head(major.negative, -1 - value)
    } else this.#float(value)
  }

  #float(value: number): void {
    const writer = this.#writer
    writer.reserve(9)
    writer.bytes[writer.position] = 0xfb
    // One NaN of the many that there are.
    writer.view.setFloat64(writer.position + 1, Number.isNaN(value) ? Number.NaN : value)
    writer.position += 9
  }

  #bigint(value: bigint): void {
    const writer = this.#writer
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER)
      return this.#number(Number(value))
    const magnitude = value < 0n ? -1n - value : value
    if (magnitude < 1n << 64n) {
      writer.reserve(9)
      writer.bytes[writer.position] = (value < 0n ? major.negative : major.unsigned) | 27
      writer.view.setBigUint64(writer.position + 1, magnitude)
      writer.position += 9
      return
    }
    const hex = magnitude.toString(16)
    const bytes = Uint8Array.from((hex.length % 2 ? `0${hex}` : hex).match(/../g) ?? [], pair =>
      Number.parseInt(pair, 16),
    )
    this.#head(major.tag, value < 0n ? tag.negative : tag.positive)
    this.#bytes(bytes)
  }

  #text(value: string): void {
    const writer = this.#writer
    const { length } = value
    // The head's size is guessed from ASCII; where the text takes more bytes, it is moved.
    const start = writer.position
    const guess = length < 24 ? 1 : length < 0x100 ? 2 : length < 0x1_0000 ? 3 : 5
    writer.reserve(guess + 9 + length * 3)
    writer.position = start + guess
    const written = writer.utf8(value)
    if (written < 0) refuse(value, 'text with a lone surrogate, which has no UTF-8')
    const size = written < 24 ? 1 : written < 0x100 ? 2 : written < 0x1_0000 ? 3 : 5
    if (size !== guess) writer.bytes.copyWithin(start + size, start + guess, start + guess + written)
    writer.position = start
    this.#head(major.text, written)
    writer.position += written
  }

  #bytes(value: Uint8Array): void {
    this.#head(major.bytes, value.length)
    this.#writer.raw(value)
  }

  #list(items: readonly unknown[], from: string | undefined, depth: number): void {
    this.#head(major.array, items.length)
    for (let index = 0; index < items.length; index++) this.value(items[index], from, depth + 1)
  }

  /** A dict without the keys whose value is undefined. */
  dict(value: object, from: string | undefined, depth: number): void {
    const record = value as Record<string, unknown>
    const keys = Object.keys(record)
    const writer = this.#writer
    const start = writer.position
    this.#head(major.map, keys.length)
    const body = writer.position
    let written = 0
    for (const key of keys) {
      const item = record[key]
      if (item === undefined) continue
      written++
      this.#text(key)
      this.value(item, from, depth + 1)
    }
    if (written < keys.length) this.#shorten(start, body, written)
  }

  /** Writes the head of a map again, for fewer entries, and moves them up to it. */
  #shorten(start: number, body: number, entries: number): void {
    const writer = this.#writer
    const { position } = writer
    writer.reserve(9)
    writer.position = start
    this.#head(major.map, entries)
    writer.bytes.copyWithin(writer.position, body, position)
    writer.position += position - body
  }

  #plainDict(value: object, from: string | undefined, depth: number): void {
    if (this.#sorted) this.#sortedDict(value, depth)
    else this.dict(value, from, depth)
  }

  #sortedDict(value: object, depth: number): void {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    this.#head(major.map, entries.length)
    for (const [key, item] of entries.length < 2 ? entries : sorted(entries)) {
      this.#text(key)
      this.value(item, undefined, depth + 1)
    }
  }

  #set(value: Set<unknown>, from: string | undefined, depth: number): void {
    const duplicate = this.#identities.firstDuplicate(value)
    if (duplicate) refuse(duplicate.item, 'an equal item is in the set already')
    this.#head(major.tag, tag.set)
    this.#head(major.array, value.size)
    for (const item of value) this.value(item, from, depth + 1)
  }

  #map(value: Map<unknown, unknown>, from: string | undefined, depth: number): void {
    const duplicate = this.#identities.firstDuplicate(value.keys())
    if (duplicate) refuse(duplicate.item, 'an equal key is in the map already')
    this.#head(major.tag, tag.map)
    this.#head(major.map, value.size)
    for (const [key, item] of value) {
      this.value(key, from, depth + 1)
      this.value(item, from, depth + 1)
    }
  }

  #date(value: Date): void {
    const time = value.getTime()
    if (Number.isNaN(time)) refuse(value, 'an invalid date')
    const seconds = time / 1000
    if (nanosecondsOf(value) !== 0 || Math.round(seconds * 1000) !== time) {
      this.#head(major.tag, tag.dateText)
      this.#text(formatInstant(value))
    } else {
      this.#head(major.tag, tag.epoch)
      if (Number.isInteger(seconds)) this.#number(seconds + 0)
      else this.#float(seconds)
    }
  }

  #duration(value: Duration): void {
    const entries: [string | number, number][] = []
    if (value.seconds !== 0 || (value.months === 0 && value.nanoseconds === 0)) {
      entries.push([durationKey.seconds, value.seconds])
    }
    if (value.nanoseconds !== 0) entries.push([durationKey.nanoseconds, value.nanoseconds])
    if (value.months !== 0) entries.push([durationKey.months, value.months])
    this.#head(major.tag, tag.duration)
    this.#head(major.map, entries.length)
    for (const [key, item] of entries) {
      this.value(key, undefined, 0)
      this.#number(item)
    }
  }

  #node(value: Node, from: string | undefined, depth: number): void {
    this.#head(major.tag, tag.extension)
    this.#head(major.array, 3)
    this.#text(value.name)
    this.#room(value, depth + 1)
    this.dict(value.attributes, from, depth + 1)
    const path = 'path' in value ? value.path : undefined
    this.value(value.content, path ?? from, depth + 1)
  }

  #drawing({ template, values, path }: Drawing, from: string | undefined, depth: number): void {
    this.#head(major.tag, tag.template)
    this.#head(major.array, values.length + 1)
    let skeleton = skeletons.get(template)
    if (skeleton === undefined) skeletons.set(template, (skeleton = this.#skeleton(template)))
    const known = this.#sent?.indexOf(template) ?? -1
    if (known >= 0) this.#head(major.unsigned, known)
    else {
      this.#sent ??= []
      this.#sent.push(template)
      this.#bytes(skeleton.bytes)
    }
    for (let index = 0; index < values.length; index++) {
      this.value(values[index], index < skeleton.attributeHoles ? from : (path ?? from), depth + 2)
    }
  }

  /** The template as an extension with holes. */
  #skeleton(template: Template): Skeleton {
    const writer = this.#writer
    const start = writer.position
    this.#head(major.tag, tag.extension)
    this.#head(major.array, 3)
    this.#text('resource')
    for (const entries of [template.attributes, template.content]) {
      this.#head(major.map, entries.length)
      for (const [key, value] of entries) {
        this.#text(key)
        if (value === hole) writer.byte(holeByte)
        else if (isShared(value)) this.value(value, undefined, 2)
        else refuse(value, 'a template may hold links, forms and scalars only')
      }
    }
    const bytes = writer.copy(start)
    writer.position = start
    return { bytes, attributeHoles: template.attributes.filter(([, value]) => value === hole).length }
  }

  #blob(value: Blob, depth: number): void {
    this.#head(major.tag, tag.blob)
    this.#head(major.array, 2)
    this.#head(major.unsigned, this.firstBlob + this.blobs.push(value) - 1)
    this.#room(value, depth + 1)
    this.dict(value.announced, undefined, depth + 1)
  }

  /** An item of a stream. */
  item(value: unknown, from: string | undefined): void {
    this.#head(major.tag, tag.item)
    this.#head(major.array, 1)
    this.value(value, from, 1)
  }

  /** The end of a stream. */
  itemsEnd(count: number, fault?: Fault, from?: string): void {
    this.#head(major.tag, tag.item)
    if (fault === undefined) return this.#head(major.unsigned, count)
    this.#head(major.array, 2)
    this.#head(major.unsigned, count)
    this.value(fault, from, 1)
  }

  /** What stands before so many bytes of the blob `id`, or its end. */
  piece(id: number, size: number | undefined): void {
    this.#head(major.array, size === undefined ? 1 : 2)
    this.#head(major.unsigned, id)
    if (size !== undefined) this.#head(major.bytes, size)
  }
}

const encoder = /* @__PURE__ */ new TextEncoder()

function sorted<T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] {
  const keyed = entries.map(entry => ({ entry, bytes: encoder.encode(entry[0]) }))
  keyed.sort((a, b) => a.bytes.length - b.bytes.length || compare(a.bytes, b.bytes))
  return keyed.map(({ entry }) => entry)
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] as number) - (b[index] as number)
    if (difference !== 0) return difference
  }
  return 0
}
