// Finds where a root ends in bytes that arrive in pieces, without decoding it.

import { LimitError } from '../errors.js'
import type { Source } from '../message/source.js'
import { concatenate } from '../values/blob.js'
import { isSpace } from './space.js'

const end = 0x3b
const colon = 0x3a

type State = 'item' | 'word' | 'length' | 'run' | 'close' | 'id'

const states = new Map<string, State>()
for (const type of 'ifdpNTF') states.set(type, 'word')
for (const type of 'ub') states.set(type, 'length')
for (const type of 'LSDOX') states.set(type, 'item')
states.set('B', 'id')

/**
 * Follows the nesting of one root. It accepts more than the decoder does: at a byte that cannot be right it
 * stops, and the decoder, given what is there so far, says what is wrong with it.
 */
export class RootScanner {
  #state: State = 'item'
  #depth = 0
  #count = 0
  readonly #limit: number

  /** `limit`: the most bytes a root may have; a string that says it is longer fails before it arrives. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** How many of these bytes still belong to the root; undefined: all, and more. */
  push(bytes: Uint8Array): number | undefined {
    for (let position = 0; position < bytes.length; ) {
      if (this.#state === 'run') {
        const step = Math.min(this.#count, bytes.length - position)
        position += step
        this.#count -= step
        if (this.#count === 0) this.#state = 'close'
      } else if (this.#step(bytes[position++] as number)) return position
    }
    return undefined
  }

  /** Takes one byte; true where the root ends with it, or can be no root. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case 'item':
        return isSpace(byte) ? false : this.#type(byte)
      case 'word':
        return byte === end && this.#closed()
      case 'close':
        return byte !== end || this.#closed()
      default:
        return this.#digit(byte)
    }
  }

  #type(byte: number): boolean {
    if (byte === end) {
      this.#depth--
      return this.#depth < 0 || this.#closed()
    }
    const type = String.fromCharCode(byte)
    const state = states.get(type)
    if (state === undefined) return true
    this.#state = state
    this.#count = 0
    if (state === 'item') this.#depth++
    return false
  }

  #digit(byte: number): boolean {
    if (byte >= 0x30 && byte <= 0x39) {
      this.#count = this.#count * 10 + byte - 0x30
      return false
    }
    if (this.#state === 'length') {
      if (byte === end) return this.#closed()
      if (this.#count > this.#limit) {
        throw new LimitError(`message of more than ${this.#limit} bytes`, this.#limit, {
          limit: 'messageBytes',
        })
      }
      this.#state = this.#count === 0 ? 'close' : 'run'
    } else {
      this.#state = 'item'
      this.#depth++
    }
    return byte !== colon
  }

  #closed(): boolean {
    this.#state = 'item'
    return this.#depth === 0
  }
}

/** The bytes of the root at the start of a source: to its end, to the first byte that cannot be right, or all. */
export async function readRoot(source: Source, limit: number): Promise<Uint8Array> {
  const scanner = new RootScanner(limit)
  const chunks: Uint8Array[] = []
  for (;;) {
    const chunk = await source.some(limit + 1)
    const stop = scanner.push(chunk)
    if (stop !== undefined && stop < chunk.length) source.unread(chunk.subarray(stop))
    if (source.offset > limit) {
      throw new LimitError(`message of more than ${limit} bytes`, limit, { limit: 'messageBytes' })
    }
    chunks.push(chunk.subarray(0, stop))
    if (stop !== undefined || chunk.length === 0) return concatenate(chunks)
  }
}
