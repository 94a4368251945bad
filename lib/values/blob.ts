// Blobs: bytes of any size beside a message (spec/protocol.md, "Blobs"). How they arrive is in arriving-blob.ts.

import { interruptible } from '../interruptible.js'
import { type Kind, object, shown, text, whole } from '../options.js'
import { webStream } from '../web-stream.js'
import type { BlobSource } from './blob-sink.js'
import type { Attributes } from './nodes.js'

export type BlobContent =
  | string
  | Uint8Array
  | ArrayBuffer
  | ArrayBufferView
  | globalThis.Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>

interface StandardBlob {
  readonly version: 1
  readonly vendor: 'hyperglyph'
  readonly validate: (
    value: unknown,
  ) =>
    | { readonly value: Blob; readonly issues?: undefined }
    | { readonly issues: { readonly message: string }[] }
  readonly types?: { readonly input: Blob; readonly output: Blob }
}

/**
 * Bytes with a content type. Made by `blob(content, type)`; also what a blob of a message arrives as.
 * Made of bytes, text or a platform Blob it can be read often; made of a stream, or arrived, once.
 */
export class Blob {
  /** A blob as the schema of an argument: `@args({ file: Blob })`. Standard Schema, version 1. */
  static get '~standard'(): StandardBlob {
    return {
      version: 1,
      vendor: 'hyperglyph',
      validate: value => (value instanceof Blob ? { value } : { issues: [{ message: 'expected a file' }] }),
    }
  }
  readonly attributes: Attributes
  readonly #content: BlobContent | (() => BlobSource)
  readonly #size: number | (() => number | undefined) | undefined
  #read = false

  /**
   * Content given as a function is asked for when it is read, and may be read often. A size given as a function
   * becomes known later. Throws TypeError for what is no content, no attributes or no size.
   */
  constructor(
    content: BlobContent | (() => BlobSource),
    attributes: Attributes,
    size?: number | (() => number | undefined),
  ) {
    const given = typeof content === 'function' ? content : contentOf(content)
    check('attributes', attributes ?? null, object)
    if (typeof size !== 'function') check('size', size, sizes)
    this.#content = typeof given === 'string' ? new TextEncoder().encode(given) : given
    this.attributes = attributes
    this.#size = size
  }

  /** Bytes, where known: counted, or announced by whoever gives them. */
  get size(): number | undefined {
    const size = typeof this.#size === 'function' ? this.#size() : this.#size
    if (size !== undefined) return size
    const content = this.#content
    if (content instanceof globalThis.Blob) return content.size
    // A blob that has not arrived yet has no content that could be asked for.
    const counted = typeof content === 'function' ? undefined : inMemory(content)?.length
    return counted ?? announcedSize(this.attributes)
  }

  /** The attributes that a message has of it, its size among them where that is known. */
  get announced(): Attributes {
    const { size } = this
    return size === undefined || this.attributes.size === size
      ? this.attributes
      : { ...this.attributes, size }
  }

  /** The content type. */
  get type(): string {
    const type = this.attributes['content-type']
    if (type instanceof Uint8Array) return new TextDecoder().decode(type)
    return typeof type === 'string' ? type : 'application/octet-stream'
  }

  /** The file name, if one was given. */
  get filename(): string | undefined {
    const { filename } = this.attributes
    return typeof filename === 'string' ? filename : undefined
  }

  /** The bytes, if they are in memory. */
  get memory(): Uint8Array | undefined {
    const content = this.#content
    return inMemory(typeof content === 'function' ? content() : content)
  }

  /** Can it be read only once? */
  get isOnce(): boolean {
    const content = this.#content
    return typeof content !== 'function' && !(content instanceof globalThis.Blob) && this.memory === undefined
  }

  /** Has it been read, and cannot be again? */
  get spent(): boolean {
    return this.#read
  }

  /** The same to be read later, by nobody else where it can be read only once. */
  taken(): Blob {
    return this.isOnce ? new Blob(this.chunks(), this.attributes, this.#size) : this
  }

  /** The bytes in pieces, as they come. Throws TypeError where they were read before and cannot be again. */
  chunks(): AsyncIterable<Uint8Array> {
    const content = this.#content
    const source = typeof content === 'function' ? content() : content
    const memory = inMemory(source)
    if (memory !== undefined) return once(memory)
    if (content instanceof globalThis.Blob) return iterate(content.stream())
    if (typeof content === 'function') return source as AsyncIterable<Uint8Array>
    if (this.#read) throw new TypeError('this blob is a stream that was read before')
    this.#read = true
    if (content instanceof ReadableStream) return iterate(content)
    const pieces = content as AsyncIterable<Uint8Array> & { destroy?: unknown }
    return checked(pieces)
  }

  /**
   * Ends the source of a blob that nobody will read: a connection, a file. Where somebody has begun to read it,
   * that is left to them.
   */
  async cancel(): Promise<void> {
    if (this.#read || this.memory !== undefined) return
    await this.chunks()[Symbol.asyncIterator]().return?.()
  }

  /** The bytes as a web stream with back-pressure. Cancelling it stops the transfer. */
  stream(): ReadableStream<Uint8Array> {
    return webStream(this.chunks())
  }

  /** All bytes, in memory. */
  async bytes(): Promise<Uint8Array> {
    const memory = this.memory
    if (memory !== undefined) return memory.slice()
    const chunks: Uint8Array[] = []
    for await (const chunk of this.chunks()) chunks.push(chunk)
    return concatenate(chunks)
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.bytes()
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  }

  /** All bytes, read as UTF-8. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }
}

/**
 * Bytes to send beside a message, streamed. `type` is the content type, by default that of a platform
 * Blob, `text/plain; charset=utf-8` for a string, else `application/octet-stream`. Throws TypeError for what has none.
 */
export function blob(content: BlobContent | Blob, type?: string, attributes: Attributes = {}): Blob {
  check('content type', type, text)
  check('attributes', attributes, object)
  check('content type', attributes['content-type'], text)
  check('size', attributes.size, sizes)
  check('filename', attributes.filename, text)
  if (content instanceof Blob) {
    if (type === undefined && Object.keys(attributes).length === 0) return content
    const inherited = {
      ...content.attributes,
      ...(type === undefined ? {} : { 'content-type': type }),
      ...attributes,
    }
    const source = content.isOnce ? content.chunks() : () => content.chunks()
    return new Blob(content.memory ?? source, inherited, content.size)
  }
  const source = contentOf(content)
  const given = type ?? (content instanceof globalThis.Blob && content.type !== '' ? content.type : undefined)
  const plain = typeof content === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream'
  const named = content instanceof globalThis.Blob && 'name' in content ? { filename: content.name } : {}
  return new Blob(source, { 'content-type': given ?? plain, ...named, ...attributes })
}

const sizes = whole(0)

function check(what: string, value: unknown, { is, expected }: Kind): void {
  if (value !== undefined && !is(value))
    throw new TypeError(`blob: the ${what} must be ${expected}, not ${shown(value)}`)
}

/** By what they can do, since they may be of another realm. */
function contentOf(content: unknown): BlobContent {
  if (typeof content === 'string' || content instanceof globalThis.Blob) return content
  if (ArrayBuffer.isView(content)) {
    return content instanceof Uint8Array
      ? content
      : new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
  }
  const given = (content ?? {}) as Partial<ReadableStream & AsyncIterable<unknown>>
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(given))) {
    return new Uint8Array(content as ArrayBuffer)
  }
  if (typeof given.getReader === 'function' || typeof given[Symbol.asyncIterator] === 'function') {
    return content as ReadableStream<Uint8Array>
  }
  const what = typeof content === 'object' && content !== null ? 'this object' : shown(content)
  throw new TypeError(
    `blob: ${what} is no bytes: expected text, bytes, a Blob, or a stream or async iterable of bytes`,
  )
}

/** The size in the attributes of a blob; undefined for what is no size. */
export function announcedSize({ size }: Attributes): number | undefined {
  return sizes.is(size) ? (size as number) : undefined
}

export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  let size = 0
  for (const chunk of chunks) size += chunk.length
  const all = new Uint8Array(size)
  let position = 0
  for (const chunk of chunks) {
    all.set(chunk, position)
    position += chunk.length
  }
  return all
}

function inMemory(content: BlobContent | BlobSource | (() => BlobSource)): Uint8Array | undefined {
  if (content instanceof Uint8Array) return content
  return content instanceof ArrayBuffer ? new Uint8Array(content) : undefined
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

/** Not every browser's ReadableStream is an async iterable. Leaving it does not wait for a piece. */
function iterate(stream: ReadableStream<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  const reader = stream.getReader()
  return interruptible(
    async () => {
      const result = await reader.read()
      if (result.done || isBytes(result.value)) return result as IteratorResult<Uint8Array>
      await reader.cancel()
      throw notBytes(result.value)
    },
    () => reader.cancel(),
  )
}

/**
 * The pieces that an application gives, each of which must be bytes. A stream of Node's would stay open where it is left
 * before its first piece, or while it waits for one.
 */
function checked(pieces: AsyncIterable<unknown> & { destroy?: unknown }): AsyncIterableIterator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  const end = () => (typeof pieces.destroy === 'function' ? pieces.destroy() : iterator.return?.())
  return interruptible(async () => {
    const result = await iterator.next()
    if (result.done || isBytes(result.value)) return result as IteratorResult<Uint8Array>
    await end()
    throw notBytes(result.value)
  }, end)
}

/** Of any realm. */
const isBytes = (value: unknown): boolean =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'

const notBytes = (value: unknown): TypeError =>
  new TypeError(`blob: a piece of the content must be bytes, a Uint8Array, not ${shown(value)}`)
