// Mutations: from an input that is right to one that is nearly so. All of them work on bytes; what they know
// of a format is its words, and that numbers, written in digits or big-endian, may be lengths.

import { concatenate } from '../../lib/values/blob.js'
import type { Random } from './target.js'

/** Inputs do not grow beyond this: what is large is slow, and seldom new. */
const mostBytes = 4096

type Mutation = (bytes: Uint8Array, random: Random, others: Others) => Uint8Array

export interface Others {
  readonly words: readonly Uint8Array[]
  /** Another input, to take a part of. */
  other(): Uint8Array
}

const cut = (bytes: Uint8Array, start: number, end: number, between: Uint8Array): Uint8Array =>
  concatenate([bytes.subarray(0, start), between, bytes.subarray(end)])

const nothing = new Uint8Array(0)

/** A range that is mostly short. */
function range(bytes: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(bytes.length + 1)
  const length = random.below(random.below(4) === 0 ? 256 : 9)
  return [start, Math.min(bytes.length, start + length)]
}

const setByte = (bytes: Uint8Array, place: number, value: number): Uint8Array => {
  const copy = bytes.slice()
  if (place < copy.length) copy[place] = value
  return copy
}

const awkwardBytes = [
  0x00, 0x01, 0x17, 0x18, 0x1f, 0x20, 0x22, 0x3a, 0x3b, 0x40, 0x5f, 0x60, 0x7f, 0x80, 0x9f,
]
const moreBytes = [
  0xa0, 0xbf, 0xc0, 0xc2, 0xd8, 0xd9, 0xed, 0xf4, 0xf5, 0xf7, 0xf8, 0xf9, 0xfb, 0xfe, 0xff, 0x0a,
]
const awkward = [...awkwardBytes, ...moreBytes]
const awkwardNumbers = [
  '0',
  '-1',
  '00',
  '1',
  '9',
  '128',
  '255',
  '256',
  '65536',
  '4294967296',
  '9007199254740993',
]

function digits(bytes: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const numbers = [...text.matchAll(/\d+/g)]
  if (numbers.length === 0) return bytes
  const { index, 0: found } = random.pick(numbers)
  const near = String(Math.max(0, Number(found) + random.below(5) - 2))
  const instead = random.below(2) === 0 ? near : random.pick(awkwardNumbers)
  return cut(bytes, index, index + found.length, new Uint8Array(Buffer.from(instead)))
}

function bigEndian(bytes: Uint8Array, random: Random): Uint8Array {
  const size = random.pick([1, 2, 4, 8])
  if (bytes.length < size) return bytes
  const at = random.below(bytes.length - size + 1)
  const copy = bytes.slice()
  let carry = random.below(9) - 4
  for (let place = at + size - 1; place >= at; place--) {
    const sum = (copy[place] as number) + carry
    copy[place] = sum & 255
    carry = sum >> 8
  }
  return copy
}

/** Something nested so often that who calls himself for each level runs out of stack. */
function bomb(bytes: Uint8Array, random: Random, { words }: Others): Uint8Array {
  const [start, end] = range(bytes, random)
  const unit = random.below(2) === 0 && words.length > 0 ? random.pick(words) : bytes.subarray(start, end)
  if (unit.length === 0) return bytes
  const times = random.below(8) === 0 ? 2000 : random.below(200)
  const repeated = new Uint8Array(Math.min(mostBytes * 4, unit.length * times))
  for (let place = 0; place < repeated.length; place++) repeated[place] = unit[place % unit.length] as number
  return cut(bytes, start, start, repeated)
}

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const place = random.below(bytes.length)
    return setByte(bytes, place, (bytes[place] ?? 0) ^ (1 << random.below(8)))
  },
  (bytes, random) => setByte(bytes, random.below(bytes.length), random.below(256)),
  (bytes, random) => setByte(bytes, random.below(bytes.length), random.pick(awkward)),
  (bytes, random) => cut(bytes, ...range(bytes, random), nothing),
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const [start, end] = range(bytes, random)
    return cut(bytes, end, end, bytes.subarray(start, end))
  },
  (bytes, random) => {
    const [start, end] = range(bytes, random)
    const [from, to] = range(bytes, random)
    return cut(bytes, from, to, bytes.subarray(start, end))
  },
  (bytes, random, { words }) => {
    const [start, end] = range(bytes, random)
    return cut(
      bytes,
      start,
      random.below(2) === 0 ? start : end,
      words.length > 0 ? random.pick(words) : nothing,
    )
  },
  (bytes, random, { other }) => {
    const from = other()
    const [start, end] = range(from, random)
    const [at, to] = range(bytes, random)
    return cut(bytes, at, to, from.subarray(start, end))
  },
  (bytes, random, { other }) => {
    const from = other()
    return concatenate([
      bytes.subarray(0, random.below(bytes.length + 1)),
      from.subarray(random.below(from.length + 1)),
    ])
  },
  digits,
  bigEndian,
]

/** One to a few mutations, one after the other. A bomb is rare: it is slow for who does it right. */
export function mutate(bytes: Uint8Array, random: Random, others: Others): Uint8Array {
  let result = bytes
  for (let count = 1 + random.below(1 + random.below(5)); count > 0; count--) {
    const mutation = random.below(150) === 0 ? bomb : random.pick(mutations)
    const next = mutation(result, random, others)
    if (next.length <= mostBytes || mutation === bomb) result = next
  }
  // A copy of its own: parts of other inputs must not be seen through its buffer.
  return result === bytes ? bytes.slice() : result
}
