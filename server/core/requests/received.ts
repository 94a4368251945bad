// The body of a request before anybody reads it: how long it may be, and that it is not compressed.

import type { RouterLimits } from '../../../lib/limits.js'
import { overLimit } from '../faults/faults.js'
import { mediaType } from '../faults/http.js'
import { bodyOf } from './body.js'
import type { Body, Origin } from './origin.js'

interface Receiving extends Origin {
  readonly limits: RouterLimits
}

/**
 * The body of a request: at once, unless somebody has read it before. Throws a Fault for one that is too long, as far
 * as it says so, or compressed.
 */
export function receivedBody(receiving: Receiving, length: number | undefined): Body | Promise<Body> {
  const { request, limits } = receiving
  const { bodyBytes } = limits
  if (length !== undefined && length > bodyBytes) throw tooMuch(bodyBytes)
  const body = bodyOf(receiving)
  if (body instanceof Promise) return body.then(found => checked(found, request, length, bodyBytes))
  return checked(body, request, length, bodyBytes)
}

function checked(body: Body, request: Request, length: number | undefined, most: number): Body {
  // A parser that has read it has decoded it.
  if (body.remade) return body
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    // Not decoded here: a few bytes that stand for many would pass every limit on the way in.
    throw mediaType(`a body with Content-Encoding: ${encoding}; expected none`)
  }
  return length === undefined ? counted(body, most) : body
}

const tooMuch = (limit: number) => overLimit(`body of more than ${limit} bytes`, 'bodyBytes', limit)

/** A body that has not said how long it is. */
async function* counted(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw tooMuch(limit)
    yield chunk
  }
}

/** How long it says that it is. */
export const lengthOf = (request: Request): number | undefined => {
  const header = request.headers.get('content-length')
  return header === null ? undefined : Number(header)
}

/** The body again, once its first piece has come; undefined where there is none. */
export async function startOf(
  chunks: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return undefined
  return (async function* () {
    yield first.value
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
}
