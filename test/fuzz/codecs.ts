// The codecs: any bytes decode, whole or in parts, to one and the same value, or are refused at the same byte by
// a DecodeError; and whatever decoded can be sent on, by every codec, and is written in one way only.

import { cbor } from '../../lib/cbor/index.js'
import { DecodeError, LimitError } from '../../lib/errors.js'
import { json } from '../../lib/json/index.js'
import type { Codec, DecodeOptions } from '../../lib/message/codec.js'
import { text } from '../../lib/text/index.js'
import type { BlobSink } from '../../lib/values/blob-sink.js'
import { Fault } from '../../lib/values/fault.js'
import { Extension, Form, Page } from '../../lib/values/nodes.js'
import { ItemStream, Items } from '../../lib/values/stream.js'
import { cutAt } from '../values.js'
import { messages, vectors } from './messages.js'
import { Finding, hashOf, same, shown, type Target } from './target.js'
import { words } from './words.js'

const all: readonly (readonly [name: string, codec: Codec])[] = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
]

const variants: readonly DecodeOptions[] = [
  {},
  { baseUrl: 'http://fuzz.example/a/b?c#d' },
  { templates: false },
  { limits: { depth: 4, collection: 4, integerDigits: 20, blobs: 2, blobBytes: 64, messageBytes: 200 } },
]

/** What became of bytes: a value and its one spelling, or an error and where it is. */
interface Outcome {
  readonly error?: DecodeError | Fault
  readonly value?: unknown
  readonly canonical?: Uint8Array
  /** Does a node have a byte string among its attributes or names? */
  readonly bytes?: boolean
}

function placeOf(error: DecodeError | Fault | undefined): number | string | undefined {
  if (!(error instanceof DecodeError)) return error?.message
  return error.problem === 'message truncated' ? 'truncated' : error.offset
}

function refused(error: unknown, bytes: Uint8Array, how: string): Outcome {
  if (!(error instanceof DecodeError)) throw new Finding('unclassified error', how, { cause: error })
  // The limit of a message is passed where its length says so, though the bytes may never come.
  if (!(error.offset >= 0 && error.offset <= bytes.length) && !(error instanceof LimitError)) {
    throw new Finding(
      'offset outside the message',
      `${error.offset} of ${bytes.length}, ${how}: ${error.message}`,
    )
  }
  return { error }
}

/** The items of a stream that is whole in memory; of one that broke, its Fault. */
async function itemsOf(stream: ItemStream): Promise<Items | Fault> {
  const items: unknown[] = []
  try {
    for await (const item of stream) items.push(item)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  return new Items(items)
}

function encode(codec: Codec, value: unknown, how: string): Uint8Array {
  try {
    return codec.encode(value)
  } catch (cause) {
    throw new Finding('cannot be sent on', how, { cause })
  }
}

function decode(codec: Codec, bytes: Uint8Array, how: string): unknown {
  try {
    return codec.decode(bytes)
  } catch (cause) {
    throw new Finding('own bytes refused', `${how}: ${shown(bytes)}`, { cause })
  }
}

/** Looks at everything that nodes offer, as whoever receives them does; true where an attribute or name is a byte string. */
function look(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  if (value instanceof Form)
    for (const input of value.inputs) void [input.argument, input.optional, input.value]
  if (value instanceof Extension) {
    void value.url
    const { content } = value
    const names = value instanceof Page && content instanceof Map ? [...content.keys()] : []
    const bytes = [...Object.values(value.attributes), ...names].some(item => item instanceof Uint8Array)
    return [look(value.attributes), look(value.content), bytes].includes(true)
  }
  // A Fault keeps what came, as other nodes do.
  if (value instanceof Fault) {
    const bytes = Object.values(value.attributes).some(item => item instanceof Uint8Array)
    return [look(value.attributes), look(value.content), bytes].includes(true)
  }
  if (value instanceof Map) return [...value].flat().map(look).includes(true)
  if (value instanceof Set || Array.isArray(value)) return Array.from(value, look).includes(true)
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).map(look).includes(true)
}

class Check {
  readonly name: string
  readonly codec: Codec
  readonly bytes: Uint8Array
  readonly options: DecodeOptions
  readonly hash: number

  constructor(name: string, codec: Codec, bytes: Uint8Array) {
    this.name = name
    this.codec = codec
    this.bytes = bytes
    this.hash = hashOf(bytes)
    this.options = variants[this.hash % 8] ?? {}
  }

  run(): void | Promise<void> {
    const whole = this.#whole()
    if (whole.value instanceof ItemStream) return this.#stream(whole.value)
    this.#sendOn(whole)
    // What arrives in parts takes as long as all the rest: some of it is enough.
    if (this.hash % (whole.error === undefined ? 2 : 8) === 0) return this.#inParts(whole)
  }

  #whole(): Outcome {
    let value: unknown
    try {
      value = this.codec.decode(this.bytes, this.options)
    } catch (error) {
      return refused(error, this.bytes, 'whole')
    }
    if (value instanceof ItemStream) return { value }
    return this.#accepted(value)
  }

  #accepted(value: unknown): Outcome {
    let bytes: boolean
    try {
      bytes = look(value)
    } catch (cause) {
      throw new Finding('a node that cannot be read', '', { cause })
    }
    return { value, bytes, canonical: encode(this.codec, value, `as ${this.name}`) }
  }

  /** By the same codec, or by another to where it came from. */
  #sendOn({ value, canonical, bytes: hasBytes }: Outcome): void {
    if (canonical === undefined) return
    const [name, other] = all[(this.hash >>> 8) % all.length] as (typeof all)[number]
    // The peers of 2012 send byte strings for text, so the text codec reads nodes that way.
    if (other === text && hasBytes) return
    const bytes = other === this.codec ? canonical : encode(other, value, `as ${name}`)
    const again = encode(
      this.codec,
      decode(other, bytes, `by ${name}`),
      `what came as ${name}, as ${this.name}`,
    )
    if (same(again, canonical)) return
    throw new Finding('another value', `by ${name}: ${shown(again)}, where it was ${shown(canonical)}`)
  }

  async #stream(stream: ItemStream): Promise<void> {
    const value = await itemsOf(stream)
    const whole: Outcome =
      value instanceof Fault ? { error: value } : { value, canonical: this.#canonicalItems(value, 'whole') }
    await this.#inParts(whole)
  }

  /** As a list, since a stream with blobs is not encoded in memory. */
  #canonicalItems(items: Items, how: string): Uint8Array {
    return encode(this.codec, items.values, `items, ${how}`)
  }

  async #inParts(whole: Outcome): Promise<void> {
    const parts = await this.#outcomeInParts()
    if (whole.error !== undefined || parts.error !== undefined) {
      if (whole.error instanceof Fault && parts.error instanceof Fault) return
      // Which limit is met first depends on how a message arrives.
      if (whole.error instanceof LimitError || parts.error instanceof LimitError) return
      const [a, b] = [whole.error, parts.error].map(placeOf)
      // Of two things that are wrong, one the end that is missing, either may be met first.
      if (a === b || (a !== undefined && b !== undefined && [a, b].includes('truncated'))) return
      throw new Finding(
        'refused differently',
        `whole ${whole.error?.message}, in parts ${parts.error?.message}`,
      )
    }
    if (same(whole.canonical as Uint8Array, parts.canonical as Uint8Array)) return
    throw new Finding('another value in parts', shown(parts.canonical as Uint8Array))
  }

  async #outcomeInParts(): Promise<Outcome> {
    const places = Array.from({ length: this.hash % 4 }, (_, index) => (this.hash >>> (index * 7)) & 0xfff)
    try {
      const options = { ...this.options, sink: memory }
      const value = await this.codec.decodeStream(cutAt(this.bytes, places), options)
      if (!(value instanceof ItemStream)) return this.#accepted(value)
      const items = await itemsOf(value)
      if (items instanceof Fault) return { error: items }
      return { value: items, canonical: this.#canonicalItems(items, 'in parts') }
    } catch (error) {
      if (error instanceof Finding) throw error
      return refused(error, this.bytes, 'in parts')
    }
  }
}

/** Blobs are kept, so that they can be encoded again. */
function memory(): BlobSink {
  const pieces: Uint8Array[] = []
  return { write: bytes => void pieces.push(bytes), end: () => new Uint8Array(Buffer.concat(pieces)) }
}

const target = (name: string, codec: Codec) => (): Target => ({
  name,
  seeds: vectors(name),
  words: words[name] ?? [],
  fresh: seed => messages(codec, seed),
  check: input => new Check(name, codec, input).run(),
})

export const codecTargets = {
  text: target('text', text),
  cbor: target('cbor', cbor),
  json: target('json', json),
}
