// Compressed bodies (RFC 9110, 8.4): the client asks for none, but some proxies compress all the same. For Node's
// transport: `fetch` decodes by itself.

import { Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import { interruptible } from '../../lib/interruptible.js'
import { Unreadable } from './transport.js'

/** By the first byte of the body: `deflate` is zlib's format, but some servers send it bare. */
const decoders: Readonly<Record<string, (first: number) => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: first => ((first & 15) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
}

/** Codings of one body, each over the one before; no peer of good faith has more. */
const mostCodings = 5

/**
 * Bytes that a decoder may be given beyond what it has given: no coding makes much more of a body than it was. What holds
 * next to nothing would be decoded for nothing, and what is encoded five times over is that by the terabyte.
 */
const mostInside = 1_048_576

/** The codings of a `Content-Encoding`, in the order in which they were applied. */
export const codingsOf = (header: string): readonly string[] =>
  header
    .toLowerCase()
    .split(',')
    .map(coding => coding.trim())
    .filter(coding => coding !== '' && coding !== 'identity')

/**
 * The body before its codings. Nothing is decoded ahead of its reader, whose limits so are limits of the decoding.
 * Reading throws where a coding is unknown, or the body has another.
 */
export function decoded(
  body: AsyncIterable<Uint8Array>,
  codings: readonly string[],
): AsyncIterable<Uint8Array> {
  const reading = (): AsyncIterator<Uint8Array> => {
    let source: AsyncIterator<Uint8Array> | undefined
    const next = async () => {
      source ??= await opened(body, codings)
      return source.next()
    }
    return interruptible(next, () => (source ?? body[Symbol.asyncIterator]()).return?.())
  }
  return { [Symbol.asyncIterator]: reading }
}

async function opened(
  body: AsyncIterable<Uint8Array>,
  codings: readonly string[],
): Promise<AsyncIterator<Uint8Array>> {
  const all = codings.join(', ')
  const unknown = codings.find(coding => decoders[coding] === undefined)
  if (unknown !== undefined || codings.length > mostCodings) {
    await body[Symbol.asyncIterator]().return?.()
    throw new Unreadable(`a body with Content-Encoding: ${all}, which was not asked for`)
  }
  let current = body[Symbol.asyncIterator]()
  for (const coding of codings.toReversed()) {
    const first = await current.next()
    // An empty body was not encoded.
    if (first.done) return current
    const make = decoders[coding] as (first: number) => Transform
    current = through(make(first.value[0] ?? 0), first.value, current)
  }
  return current
}

function through(
  decoder: Transform,
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncIterator<Uint8Array> {
  let ahead = 0
  const all = async function* () {
    for (let item = { value: first, done: false } as IteratorResult<Uint8Array>; !item.done; ) {
      ahead += item.value.length
      if (ahead > mostInside) throw new Unreadable('a body that is encoded to be longer than it is')
      yield item.value
      item = await rest.next()
    }
  }
  const source = Readable.from(all(), { objectMode: false })
  source.on('error', error => decoder.destroy(error))
  const iterator = source.pipe(decoder)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  const leave = async () => {
    decoder.destroy()
    source.destroy()
    await rest.return?.()
  }
  const next = async () => {
    const item = (await iterator.next()) as IteratorResult<Uint8Array>
    ahead -= item.value?.length ?? 0
    return item
  }
  return interruptible(next, leave)
}
