// Bytes that stand in a value, as links that download them. What is too much to be part of the page is asked for
// again where it came from: the same URL, with a first field that says which part of the result is meant.

import { hash } from 'node:crypto'
import { unwaited } from '../../../lib/promises.js'
import { type Blob, blob as blobOf } from '../../../lib/values/blob.js'
import { notFound } from '../../core/faults/http.js'
import { partField } from '../../core/requests/request-line.js'

/** Bytes of one content that travel inside a page; more would make a page too long to read. */
const embeddedBytes = 65_536

/** The same of what cannot be asked for again, and of all that together. Chromium follows no URL beyond 2 MiB. */
const lastingBytes = 2 ** 20
const lastingTotal = 4 * 2 ** 20

/** Bytes of a page that are hashed; what comes after them is known by its place. */
const hashedBytes = 32 * 2 ** 20

export interface Source {
  /** The query of the page, where it can be asked for again; else undefined. */
  readonly query: string | undefined
  /** The part that is to be sent in the place of the page. */
  readonly part: string | undefined
}

/** The contents of one page, in the order in which they were first met there. */
export class Downloads {
  readonly #source: Source
  #found: Blob | undefined
  #count = 0
  #hashed = 0
  #lasting = 0
  readonly #streams = new Set<Blob>()
  readonly #hrefs = new Map<object, string | undefined>()

  constructor(source: Source) {
    this.#source = source
  }

  /** Where a content is to be had; undefined where only another program can get it. The same whenever it is asked. */
  href(content: Blob): string | undefined {
    const { memory } = content
    if (memory !== undefined && memory.length <= embeddedBytes) return embedded(memory)
    const known = memory ?? content
    if (!this.#hrefs.has(known)) this.#hrefs.set(known, this.#large(content, memory))
    return this.#hrefs.get(known)
  }

  #large(content: Blob, memory: Uint8Array | undefined): string | undefined {
    if (memory === undefined) this.#streams.add(content)
    const { query, part } = this.#source
    if (query === undefined) return this.#embedded(memory)
    const place = placeOf(content, this.#count++)
    if (part === place || (memory !== undefined && isContent(part, memory))) this.#found ??= content
    if (part !== undefined) return undefined
    return `?${partField}${this.#name(memory) ?? place}${query === '' ? '' : `&${query}`}`
  }

  #embedded(memory: Uint8Array | undefined): string | undefined {
    if (memory === undefined || memory.length > lastingBytes) return undefined
    this.#lasting += memory.length
    return this.#lasting > lastingTotal ? undefined : embedded(memory)
  }

  /** By what it holds, so that what stands elsewhere by then is still the same. */
  #name(memory: Uint8Array | undefined): string | undefined {
    if (memory === undefined) return undefined
    this.#hashed += memory.length
    return this.#hashed > hashedBytes ? undefined : nameOf(memory)
  }

  /**
   * The part that was asked for, to be sent; undefined where the page was. Streams that nobody will read are ended.
   * Throws a Fault (404) where there is no such part any more.
   */
  taken(): Blob | undefined {
    const { part } = this.#source
    const found = part === undefined ? undefined : this.#found
    for (const stream of this.#streams) if (stream !== found) unwaited(stream.cancel())
    if (part === undefined) return undefined
    if (found === undefined) throw notFound('this part of the page is not there any more')
    return found.filename === undefined ? blobOf(found, undefined, { filename: fallbackName }) : found
  }
}

export const fallbackName = 'bytes.bin'

/** Without a type that a browser would show, or run, in any case. */
const embedded = (bytes: Uint8Array): string => `data:application/octet-stream;base64,${base64(bytes)}`

export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

const nameOf = (bytes: Uint8Array): string => `${bytes.length}-${hash('sha1', bytes, 'base64url')}`

const isContent = (part: string | undefined, bytes: Uint8Array): boolean =>
  part?.startsWith(`${bytes.length}-`) === true && part === nameOf(bytes)

/** Of what cannot be hashed: its place, and what is said of it. */
const placeOf = ({ type, filename, size }: Blob, index: number): string =>
  `at${index}-${hash('sha1', JSON.stringify([type, filename, size]), 'base64url')}`
