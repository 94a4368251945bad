// A message is a root object and, where that holds blobs, their pieces after it. The three codecs differ in
// how these are written; how a message is put together and taken apart is here.

import { interruptible } from '../interruptible.js'
import { inParts, longBytes } from '../long.js'
import { bytes as aBytes, checkArgument, either, type Kind, object, oneOf, shown, whole } from '../options.js'
import { type Blob, concatenate } from '../values/blob.js'
import { Items, isStreamRoot, iteratorOf } from '../values/stream.js'
import { Arrivals } from './arrivals.js'
import type { Codec, EncodeOptions, Pieces } from './codec.js'
import type { Format } from './format.js'
import { encodeItems } from './item-encoder.js'
import type { Piece } from './piece.js'
import { encodeBlobs, encodeIterator, piecesOf } from './sequence.js'
import { pieceBytes, plain, Source } from './source.js'
import { encoding, refuse } from './unencodable.js'

const limit: Kind = either(whole(0), oneOf(Number.POSITIVE_INFINITY))

const anOptions: Kind = { ...object, expected: 'an object of options' }

/** Throws TypeError for what would be no bound, or none that was meant. */
function checkEncode(options: EncodeOptions): void {
  checkArgument('encode', options, anOptions)
  const { mostBytes } = options
  if (mostBytes !== undefined && !limit.is(mostBytes))
    throw new TypeError(`encode: the option mostBytes must be ${limit.expected}, not ${shown(mostBytes)}`)
}

export function codecOf(format: Format): Codec {
  const encodeRoot = (value: unknown, options: EncodeOptions) =>
    encoding(value, () => format.encodeRoot(value, options))
  return {
    type: format.type,

    encode(value, options = {}) {
      checkEncode(options)
      if (value instanceof Items) return wholeItems(format, value, options)
      if (iteratorOf(value)) return encoding(value, () => refuse(value, 'a stream, which is not in memory'))
      const { bytes, blobs } = encodeRoot(value, options)
      if (blobs.length === 0) return bytes
      const parts = [format.beforePieces(bytes)]
      for (const [id, blob] of blobs.entries()) {
        const { memory } = blob
        if (memory === undefined) return encoding(value, () => refuse(blob, 'a blob that is not in memory'))
        for (const bytes of piecesOf(memory)) parts.push(...format.encodePiece(id, bytes))
        parts.push(...format.encodePiece(id))
      }
      return concatenate(parts)
    },

    decode(bytes, options = {}) {
      checkArgument('decode', bytes, aBytes)
      checkArgument('decode', options, anOptions)
      const arrivals = new Arrivals(options, true)
      const { value, pieces } = format.decode(plain(bytes), options, arrivals)
      const result = isStreamRoot(value) ? arrivals.stream() : value
      arrivals.takeAll(pieces)
      return result
    },

    encodeMessage(value, options = {}) {
      checkEncode(options)
      const iterator = iteratorOf(value)
      if (iterator !== undefined) return encodeIterator(format, iterator, options)
      if (value instanceof Items) {
        const { bytes, blobs } = encodeItems(format, value, options)
        return blobs.length === 0 ? bytes : followed(format, bytes, blobs)
      }
      const { bytes, blobs } = encodeRoot(value, options)
      return blobs.length === 0 ? bytes : followed(format, format.beforePieces(bytes), blobs)
    },

    encodeStream(value, options = {}) {
      const message = this.encodeMessage(value, options)
      return message instanceof Uint8Array ? only(message) : message
    },

    async decodeStream(chunks, options = {}) {
      checkArgument('decodeStream', options, anOptions)
      const source = new Source(chunks)
      const arrivals = new Arrivals(options, false)
      try {
        const { root, pieces } = await format.open(source, options, arrivals)
        const decoded =
          root.length > longBytes
            ? await inParts(format.decodeLongRoot(root, options, arrivals))
            : format.decodeRoot(root, options, arrivals)
        const value = isStreamRoot(decoded) ? arrivals.stream() : decoded
        return await arrivals.follow(value, closing(source, pieces), () => source.close())
      } catch (error) {
        await source.close()
        throw error
      }
    },
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function followed(format: Format, start: Uint8Array, blobs: readonly Blob[]): Pieces {
  const pieces = encodeBlobs(format, blobs)
  let begun = false
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (begun) return pieces.next()
    begun = true
    return { value: start, done: false }
  }
  const message = interruptible(next, () => pieces.return?.())
  const again = blobs.every(blob => !blob.isOnce) ? () => followed(format, start, blobs) : undefined
  return Object.assign(message, { again, size: () => sizeOf(format, start, blobs) })
}

function sizeOf(format: Format, start: Uint8Array, blobs: readonly Blob[]): number | undefined {
  const lengthOf = (parts: readonly Uint8Array[]) => parts.reduce((sum, part) => sum + part.length, 0)
  let sum = start.length
  for (const [id, { size }] of blobs.entries()) {
    if (size === undefined) return undefined
    const rest = size % pieceBytes
    const full = (size - rest) / pieceBytes
    if (full > 0) sum += full * lengthOf(format.encodePiece(id, new Uint8Array(pieceBytes)))
    if (rest > 0) sum += lengthOf(format.encodePiece(id, new Uint8Array(rest)))
    sum += lengthOf(format.encodePiece(id))
  }
  return sum
}

function wholeItems(format: Format, items: Items, options: EncodeOptions): Uint8Array {
  const { bytes, blobs } = encodeItems(format, items, options)
  if (blobs.length > 0)
    return encoding(items, () => refuse(items, 'a stream with blobs, which is not in memory'))
  return bytes
}

async function* closing(
  source: Source,
  pieces: AsyncIterable<Iterable<Piece>>,
): AsyncGenerator<Iterable<Piece>> {
  try {
    yield* pieces
  } finally {
    await source.close()
  }
}
