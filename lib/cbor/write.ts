// Scalars to CBOR, and the heads of all else, in one spelling: heads are the shortest, integers are integers, and all
// floats are float64.

import { refuse } from '../message/unencodable.js'
import type { Writer } from '../message/writer.js'
import type { Duration } from '../values/duration.js'
import { formatInstant, nanosecondsOf } from '../values/instant.js'
import { durationKey, tag } from './tags.js'

/** The major types, in the high bits of an initial byte. */
const major = {
  unsigned: 0,
  negative: 0x20,
  bytes: 0x40,
  text: 0x60,
  array: 0x80,
  map: 0xa0,
  tag: 0xc0,
} as const

function writeHead(writer: Writer, kind: number, count: number): void {
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

/** The heads of all that holds others, of tags, and of bytes that stand elsewhere. */
export const writeArray = (writer: Writer, size: number): void => writeHead(writer, major.array, size)
export const writeMap = (writer: Writer, size: number): void => writeHead(writer, major.map, size)
export const writeTag = (writer: Writer, number: number): void => writeHead(writer, major.tag, number)
export const writeUnsigned = (writer: Writer, value: number): void => writeHead(writer, major.unsigned, value)
export const writeBytesHead = (writer: Writer, size: number): void => writeHead(writer, major.bytes, size)

export function writeNumber(writer: Writer, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    if (value >= 0) writeHead(writer, major.unsigned, value)
    else writeHead(writer, major.negative, -1 - value)
  } else writeFloat(writer, value)
}

export function writeFloat(writer: Writer, value: number): void {
  writer.reserve(9)
  writer.bytes[writer.position] = 0xfb
  // One NaN of the many that there are.
  writer.view.setFloat64(writer.position + 1, Number.isNaN(value) ? Number.NaN : value)
  writer.position += 9
}

export function writeBigint(writer: Writer, value: bigint): void {
  if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER)
    return writeNumber(writer, Number(value))
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
  writeHead(writer, major.tag, value < 0n ? tag.negative : tag.positive)
  writeBytes(writer, bytes)
}

export function writeText(writer: Writer, value: string): void {
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
  writeHead(writer, major.text, written)
  writer.position += written
}

export function writeBytes(writer: Writer, value: Uint8Array): void {
  writeHead(writer, major.bytes, value.length)
  writer.raw(value)
}

export function writeDate(writer: Writer, value: Date): void {
  const time = value.getTime()
  if (Number.isNaN(time)) refuse(value, 'an invalid date')
  const seconds = time / 1000
  if (nanosecondsOf(value) !== 0 || Math.round(seconds * 1000) !== time) {
    writeHead(writer, major.tag, tag.dateText)
    writeText(writer, formatInstant(value))
  } else {
    writeHead(writer, major.tag, tag.epoch)
    if (Number.isInteger(seconds)) writeNumber(writer, seconds + 0)
    else writeFloat(writer, seconds)
  }
}

export function writeDuration(writer: Writer, value: Duration): void {
  const entries: [string | number, number][] = []
  if (value.seconds !== 0 || (value.months === 0 && value.nanoseconds === 0)) {
    entries.push([durationKey.seconds, value.seconds])
  }
  if (value.nanoseconds !== 0) entries.push([durationKey.nanoseconds, value.nanoseconds])
  if (value.months !== 0) entries.push([durationKey.months, value.months])
  writeHead(writer, major.tag, tag.duration)
  writeHead(writer, major.map, entries.length)
  for (const [key, item] of entries) {
    if (typeof key === 'string') writeText(writer, key)
    else writeNumber(writer, key)
    writeNumber(writer, item)
  }
}
