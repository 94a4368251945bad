// Values to CBOR, of definite lengths; scalars are in write.ts.
// Dicts keep their order, since only state in URLs needs a sorted one (canonical.ts).

import { completeLimits } from '../limits.js'
import type { EncodeOptions } from '../message/codec.js'
import { nameOf, refuse } from '../message/unencodable.js'
import type { Writer } from '../message/writer.js'
import { type Blob, blob as blobOf } from '../values/blob.js'
import type { Duration } from '../values/duration.js'
import { Equality } from '../values/equality.js'
import { toExtension } from '../values/extend.js'
import type { Fault, Node } from '../values/fault.js'
import { isNested, kindOf } from '../values/kind.js'
import { type Drawing, hole, type Template } from '../values/template.js'
import { sorted } from './canonical.js'
import { holeByte, tag } from './tags.js'
import { isShared } from './template.js'
import {
  writeArray,
  writeBigint,
  writeBytes,
  writeBytesHead,
  writeDate,
  writeDuration,
  writeMap,
  writeNumber,
  writeTag,
  writeText,
  writeUnsigned,
} from './write.js'

interface Skeleton {
  readonly bytes: Uint8Array
  /** Holes in the attributes, which come before those in the content. */
  readonly attributeHoles: number
}

/** The bytes of each template. */
const skeletons = new WeakMap<Template, Skeleton>()

/** One message: holds the blobs and the templates that its root has met. */
export class CborEncoder {
  readonly blobs: Blob[] = []
  /** The id of the first blob that is met: more than 0 in the items of a stream. */
  firstBlob = 0
  readonly #writer: Writer
  readonly #equality: Equality
  readonly #inline: EncodeOptions['inline']
  readonly #inlinePlain: boolean
  readonly #depthLimit: number
  readonly #sorted: boolean
  #sent: Template[] | undefined

  /** `sorted`: keys of dicts by the order of their encoded bytes (RFC 8949 4.2.1). */
  constructor(writer: Writer, options: EncodeOptions, sorted = false) {
    this.#writer = writer
    this.#equality = new Equality(options.mostBytes)
    this.#inline = options.inline
    this.#inlinePlain = options.inlinePlain ?? false
    this.#depthLimit = completeLimits(options.limits).depth
    this.#sorted = sorted
  }

  value(value: unknown, from: string | undefined, depth: number): void {
    const writer = this.#writer
    switch (typeof value) {
      case 'string':
        return writeText(writer, value)
      case 'number':
        return writeNumber(writer, value)
      case 'boolean':
        return writer.byte(value ? 0xf5 : 0xf4)
      case 'undefined':
        return writer.byte(0xf6)
      case 'bigint':
        return writeBigint(writer, value)
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
        return writeBytes(this.#writer, value as Uint8Array)
      case 'set':
        return this.#set(value as Set<unknown>, from, depth)
      case 'map':
        return this.#map(value as Map<unknown, unknown>, from, depth)
      case 'date':
        return writeDate(this.#writer, value as Date)
      case 'duration':
        return writeDuration(this.#writer, value as Duration)
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

  #list(items: readonly unknown[], from: string | undefined, depth: number): void {
    writeArray(this.#writer, items.length)
    for (let index = 0; index < items.length; index++) this.value(items[index], from, depth + 1)
  }

  /** A dict without the keys whose value is undefined. */
  dict(value: object, from: string | undefined, depth: number): void {
    const record = value as Record<string, unknown>
    const keys = Object.keys(record)
    const writer = this.#writer
    const start = writer.position
    writeMap(writer, keys.length)
    const body = writer.position
    let written = 0
    for (const key of keys) {
      const item = record[key]
      if (item === undefined) continue
      written++
      writeText(writer, key)
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
    writeMap(writer, entries)
    writer.bytes.copyWithin(writer.position, body, position)
    writer.position += position - body
  }

  #plainDict(value: object, from: string | undefined, depth: number): void {
    if (this.#sorted) this.#sortedDict(value, depth)
    else this.dict(value, from, depth)
  }

  #sortedDict(value: object, depth: number): void {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    writeMap(this.#writer, entries.length)
    for (const [key, item] of entries.length < 2 ? entries : sorted(entries)) {
      writeText(this.#writer, key)
      this.value(item, undefined, depth + 1)
    }
  }

  #set(value: Set<unknown>, from: string | undefined, depth: number): void {
    const duplicate = this.#equality.firstDuplicate(value)
    if (duplicate) refuse(duplicate.item, 'an equal item is in the set already')
    writeTag(this.#writer, tag.set)
    writeArray(this.#writer, value.size)
    for (const item of value) this.value(item, from, depth + 1)
  }

  #map(value: Map<unknown, unknown>, from: string | undefined, depth: number): void {
    const duplicate = this.#equality.firstDuplicate(value.keys())
    if (duplicate) refuse(duplicate.item, 'an equal key is in the map already')
    writeTag(this.#writer, tag.map)
    writeMap(this.#writer, value.size)
    for (const [key, item] of value) {
      this.value(key, from, depth + 1)
      this.value(item, from, depth + 1)
    }
  }

  #node(value: Node, from: string | undefined, depth: number): void {
    writeTag(this.#writer, tag.extension)
    writeArray(this.#writer, 3)
    writeText(this.#writer, value.name)
    this.#room(value, depth + 1)
    this.dict(value.attributes, from, depth + 1)
    const path = 'path' in value ? value.path : undefined
    this.value(value.content, path ?? from, depth + 1)
  }

  #drawing({ template, values, path }: Drawing, from: string | undefined, depth: number): void {
    writeTag(this.#writer, tag.template)
    writeArray(this.#writer, values.length + 1)
    let skeleton = skeletons.get(template)
    if (skeleton === undefined) skeletons.set(template, (skeleton = this.#skeleton(template)))
    const known = this.#sent?.indexOf(template) ?? -1
    if (known >= 0) writeUnsigned(this.#writer, known)
    else {
      this.#sent ??= []
      this.#sent.push(template)
      writeBytes(this.#writer, skeleton.bytes)
    }
    for (let index = 0; index < values.length; index++) {
      this.value(values[index], index < skeleton.attributeHoles ? from : (path ?? from), depth + 2)
    }
  }

  /** The template as an extension with holes. */
  #skeleton(template: Template): Skeleton {
    const writer = this.#writer
    const start = writer.position
    writeTag(writer, tag.extension)
    writeArray(writer, 3)
    writeText(writer, 'resource')
    for (const entries of [template.attributes, template.content]) {
      writeMap(writer, entries.length)
      for (const [key, value] of entries) {
        writeText(writer, key)
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
    writeTag(this.#writer, tag.blob)
    writeArray(this.#writer, 2)
    writeUnsigned(this.#writer, this.firstBlob + this.blobs.push(value) - 1)
    this.#room(value, depth + 1)
    this.dict(value.announced, undefined, depth + 1)
  }

  /** An item of a stream. */
  item(value: unknown, from: string | undefined): void {
    writeTag(this.#writer, tag.item)
    writeArray(this.#writer, 1)
    this.value(value, from, 1)
  }

  /** The end of a stream. */
  itemsEnd(count: number, fault?: Fault, from?: string): void {
    writeTag(this.#writer, tag.item)
    if (fault === undefined) return writeUnsigned(this.#writer, count)
    writeArray(this.#writer, 2)
    writeUnsigned(this.#writer, count)
    this.value(fault, from, 1)
  }

  /** The head of a piece, before so many bytes of the blob `id`, or its end. */
  piece(id: number, size: number | undefined): void {
    writeArray(this.#writer, size === undefined ? 1 : 2)
    writeUnsigned(this.#writer, id)
    if (size !== undefined) writeBytesHead(this.#writer, size)
  }
}
