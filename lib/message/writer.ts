// A buffer that grows, written from front to back, up to a limit.

import { EncodeLimitError } from '../errors.js'
import { writeUtf8 } from './utf8.js'

export class Writer {
  bytes: Uint8Array = new Uint8Array(4096)
  view: DataView = new DataView(this.bytes.buffer)
  position = 0
  /** Looked at when the buffer grows, and at the end: so it may be passed by what fits into the buffer. */
  mostBytes: number = Number.POSITIVE_INFINITY

  /** Makes room for `count` more bytes. Throws EncodeLimitError where too many were written before. */
  reserve(count: number): void {
    const needed = this.position + count
    if (needed <= this.bytes.length) return
    this.#check()
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes.subarray(0, this.position))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.position++] = value
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.position)
    this.position += bytes.length
  }

  /** Writes text that is known to be ASCII. */
  ascii(text: string): void {
    this.reserve(text.length)
    for (let index = 0; index < text.length; index++) this.bytes[this.position++] = text.charCodeAt(index)
  }

  /** Writes text as UTF-8; returns its bytes, or −1 (and writes nothing) for a lone surrogate. */
  utf8(text: string): number {
    this.reserve(text.length * 3)
    const written = writeUtf8(text, this.bytes, this.position)
    if (written > 0) this.position += written
    return written
  }

  #check(): void {
    if (this.position > this.mostBytes) throw new EncodeLimitError(this.mostBytes)
  }

  /** A copy of what was written from `start` on. Throws EncodeLimitError where it is too much. */
  copy(start = 0): Uint8Array {
    this.#check()
    return this.bytes.slice(start, this.position)
  }
}

const spare: Writer[] = []
const keptBytes = 1 << 20

/** Runs with a writer that is used again afterwards: an encoding may start another one inside. */
export function withWriter<T>(use: (writer: Writer) => T, mostBytes = Number.POSITIVE_INFINITY): T {
  const writer = spare.pop() ?? new Writer()
  writer.position = 0
  writer.mostBytes = mostBytes
  try {
    return use(writer)
  } finally {
    if (writer.bytes.length <= keptBytes && spare.length < 4) spare.push(writer)
  }
}
