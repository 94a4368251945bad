// Representations that only write, each value by itself: what a plugin needs that adds a way to read answers.

import type { EncodeOptions, Pieces } from '../../../lib/message/codec.js'
import { iteratorOf } from '../../../lib/values/stream.js'
import type { Representation } from './representation.js'

/** A value as text or bytes; `options.inline` tells what stands for an object, function or reference on a page. */
export type Write = (value: unknown, options: EncodeOptions) => string | Uint8Array

/**
 * A representation under a media type, written by one function: for whole answers, for Faults, and for each item of a
 * stream, after each of which a line ends. Blobs that are the whole answer are sent as they are, whatever the type.
 * Bodies of requests cannot be read by it.
 */
export function writer(type: string, write: Write): Representation {
  const encoder = new TextEncoder()
  const encode = (value: unknown, options: EncodeOptions = {}): Uint8Array => {
    const written = write(value, options)
    return typeof written === 'string' ? encoder.encode(written) : written
  }
  const unreadable = (): never => {
    throw new TypeError(`${type} is written only`)
  }
  const encodeMessage = (value: unknown, options: EncodeOptions = {}): Uint8Array | Pieces => {
    const iterator = iteratorOf(value)
    return iterator === undefined ? encode(value, options) : items(iterator, item => encode(item, options))
  }
  return {
    type,
    headers: { 'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type },
    encode,
    encodeMessage,
    async *encodeStream(value, options) {
      const message = encodeMessage(value, options)
      if (message instanceof Uint8Array) yield message
      else yield* message
    },
    decode: unreadable,
    decodeStream: unreadable,
  }
}

/** Each item, and the end of a line. Leaving it leaves the source. */
async function* items(
  iterator: AsyncIterator<unknown> | Iterator<unknown>,
  encode: (item: unknown) => Uint8Array,
): AsyncGenerator<Uint8Array> {
  let done: boolean | undefined = false
  try {
    for (;;) {
      const next = await iterator.next()
      done = next.done
      if (done) return
      yield encode(next.value)
      yield Uint8Array.of(10)
    }
  } finally {
    if (!done) await iterator.return?.()
  }
}
