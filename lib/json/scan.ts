// Finds where a JSON value ends, by brackets outside strings, without reading it. What it passes over may
// still be no JSON: that is for the decoder to say.

import { LimitError } from '../errors.js'
import type { Source } from '../message/source.js'
import { concatenate } from '../values/blob.js'

export const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const quote = 0x22
const backslash = 0x5c
const isOpening = (byte: number) => byte === 0x7b || byte === 0x5b
const isClosing = (byte: number) => byte === 0x7d || byte === 0x5d
const endsWord = (byte: number) => isSpace(byte) || byte === 0x2c || byte === quote || isOpening(byte)

/** Follows one value through pieces of text that end anywhere. */
export class ValueEnd {
  #state: 'before' | 'word' | 'text' | 'escape' | 'inside' = 'before'
  #depth = 0

  /** Where the value ends in `[start, end)`; −1 where it goes on, or has not begun. */
  find(bytes: Uint8Array, start: number, end: number): number {
    for (let index = start; index < end; index++) {
      const byte = bytes[index]!
      switch (this.#state) {
        case 'escape':
          this.#state = 'text'
          break
        case 'text':
          if (byte === backslash) this.#state = 'escape'
          else if (byte === quote) {
            if (this.#depth === 0) return index + 1
            this.#state = 'inside'
          }
          break
        case 'word':
          if (endsWord(byte) || isClosing(byte)) return index
          break
        default:
          if (byte === quote) this.#state = 'text'
          else if (isOpening(byte)) {
            this.#depth++
            this.#state = 'inside'
          } else if (this.#state === 'before') {
            if (isClosing(byte)) return index + 1
            if (!isSpace(byte)) this.#state = 'word'
          } else if (isClosing(byte) && --this.#depth === 0) return index + 1
      }
    }
    return -1
  }
}

/** The next value of a source and the white space before it: where there is none, or it is cut off, all of that. */
export async function readValue(source: Source, limit: number): Promise<Uint8Array> {
  const value = new ValueEnd()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const chunk = await source.some(65_536)
    const end = value.find(chunk, 0, chunk.length)
    if (end >= 0 && end < chunk.length) source.unread(chunk.subarray(end))
    const taken = end >= 0 ? chunk.subarray(0, end) : chunk
    length += taken.length
    if (length > limit)
      throw new LimitError(`message of more than ${limit} bytes`, limit, { limit: 'messageBytes' })
    chunks.push(taken)
    if (end >= 0 || chunk.length === 0) return concatenate(chunks)
  }
}
