// Sets and maps filled with what strangers send: each item once, and in time that grows with their number
// (spec/security.md, "Memory, time and files").

import { DecodeError } from '../errors.js'
import { Equality } from './equality.js'

/**
 * V8 hashes the items of sets and the keys of maps: strings and objects with what nobody outside can know, but
 * numbers in one way for ever, bigints by their lowest 64 bits, and long strings by their length. So anybody can
 * choose as many as he likes that fall together, each of which is then compared with all before it: 40,000 numbers take
 * as long as 40 million. There is no other table in a Set that arrives; so what falls together is counted, by V8's own
 * functions, and beyond what happens by chance it is refused. Other engines have other functions.
 */
const hashedAsText = 16_383

/** Of items below this number nothing is counted: all of them together are a step or two of what they cost to read. */
const few = 32

/** Comparisons that all tables of a message may take: some, and for each item what no choice by chance comes near. */
const freeSteps = 2 ** 18
const stepsEach = 16
/** Bytes of a long string whose comparison takes as long as one of numbers. */
const bytesOfStep = 16

interface Table {
  readonly size: number
  has(value: unknown): boolean
}

/** The sets and maps of one message. */
export class Tables {
  readonly #equality = new Equality()
  #steps = freeSteps

  /** For a set or map that is being filled. */
  distinct(table: Table): Distinct {
    return new Distinct(table, this)
  }

  identity(value: unknown): unknown {
    return this.#equality.of(value)
  }

  /** Takes comparisons into account, and what is due for the item that they were for; false once it is too much. */
  allow(steps: number, due: number): boolean {
    this.#steps += due - steps
    return this.#steps >= 0
  }
}

/** The items or keys of one set or map so far. `add` is asked about each before it is put there. */
export class Distinct {
  readonly #table: Table
  readonly #tables: Tables
  // Made when they are needed: most items are text, and most collections are small.
  #first: object | undefined
  #objects: Set<unknown> | undefined
  #hashes: number[] | undefined
  #buckets: Uint32Array | undefined

  constructor(table: Table, tables: Tables) {
    this.#table = table
    this.#tables = tables
  }

  /** False for what is there already. Throws DecodeError, at `offset`, for what was chosen to collide. */
  add(value: unknown, offset: number): boolean {
    if (typeof value === 'object' && value !== null) {
      return this.#addObject(value)
    }
    if (this.#table.has(value)) return false
    if (typeof value === 'number' || typeof value === 'bigint') this.#count(hashOf(value), 1, offset)
    else if (typeof value === 'string' && value.length > hashedAsText)
      this.#count(value.length & 0x3fff_ffff, value.length / bytesOfStep, offset)
    return true
  }

  /** To describe one costs more than to read it, and most sets of objects have only one. */
  #addObject(value: object): boolean {
    if (this.#first === undefined) {
      this.#first = value
      return true
    }
    this.#objects ??= new Set([this.#tables.identity(this.#first)])
    const { size } = this.#objects
    return this.#objects.add(this.#tables.identity(value)).size > size
  }

  #count(hash: number, weight: number, offset: number): void {
    this.#hashes ??= []
    const hashes = this.#hashes
    hashes.push(hash)
    // Two items a bucket at most, on average: then V8 makes the table twice as large.
    if (hashes.length > 2 * (this.#buckets?.length ?? few / 2)) this.#grow()
    const buckets = this.#buckets
    let before = hashes.length - 1
    if (buckets !== undefined) {
      const bucket = hash & (buckets.length - 1)
      before = buckets[bucket] as number
      buckets[bucket] = before + 1
    }
    if (!this.#tables.allow(before * weight, stepsEach * weight))
      throw new DecodeError('items or keys that were chosen to fall together in a table', offset)
  }

  /** The last hash is left out: it is counted next. */
  #grow(): void {
    const hashes = this.#hashes as number[]
    const buckets = new Uint32Array(2 * (this.#buckets?.length ?? few / 2))
    for (let index = hashes.length - 2; index >= 0; index--) {
      const bucket = (hashes[index] as number) & (buckets.length - 1)
      buckets[bucket] = (buckets[bucket] as number) + 1
    }
    this.#buckets = buckets
  }
}

const words = new Uint32Array(2)
const float = new Float64Array(words.buffer)
const bits = new BigUint64Array(words.buffer)

/** V8's hash of a number (`Object::GetSimpleHash`, src/objects/objects.cc), of 30 bits. */
export function hashOf(value: number | bigint): number {
  if (typeof value === 'bigint') {
    bits[0] = value < 0n ? -value : value
    return longHash()
  }
  // Safe as the same number with another sign of zero: those are one key.
  if ((value | 0) === value) return integerHash(value)
  float[0] = value
  return longHash()
}

/** `ComputeUnseededHash`, src/utils/utils.h: T. Wang's mix of 32 bits. */
function integerHash(key: number): number {
  let hash = (~key + (key << 15)) | 0
  hash ^= hash >>> 12
  hash = (hash + (hash << 2)) | 0
  hash ^= hash >>> 4
  hash = Math.imul(hash, 2057)
  hash ^= hash >>> 16
  return hash & 0x3fff_ffff
}

/** `ComputeLongHash`, as above: of 64 bits, here in two halves. */
function longHash(): number {
  let low = words[0] as number
  let high = words[1] as number
  // ~hash + (hash << 18)
  let product = low * 0x3_ffff - 1
  high = (Math.imul(high, 0x3_ffff) + Math.floor(product / 0x1_0000_0000)) >>> 0
  low = product >>> 0
  // hash ^ (hash >>> 31)
  low = (low ^ ((high << 1) | (low >>> 31))) >>> 0
  high = (high ^ (high >>> 31)) >>> 0
  product = low * 21
  high = (Math.imul(high, 21) + Math.floor(product / 0x1_0000_0000)) >>> 0
  low = product >>> 0
  // hash ^ (hash >>> 11)
  low = (low ^ ((high << 21) | (low >>> 11))) >>> 0
  high = (high ^ (high >>> 11)) >>> 0
  // hash + (hash << 6)
  product = low * 65
  high = (Math.imul(high, 65) + Math.floor(product / 0x1_0000_0000)) >>> 0
  low = product >>> 0
  // hash ^ (hash >>> 22)
  return (low ^ ((high << 10) | (low >>> 22))) & 0x3fff_ffff
}
