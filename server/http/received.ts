// The body of a request before anybody reads it: how long it may be, and that it is not compressed.

import { Fault } from '../../lib/fault.js'
import type { RouterLimits } from '../../lib/limits.js'
import { overLimit } from '../faults.js'
import { type Body, bodyOf, type NodeBindings } from './body.js'

interface Receiving {
  readonly request: Request
  readonly bindings: NodeBindings | undefined
  readonly limits: RouterLimits
}

/** The body of a request. Throws a Fault for one that is too long, as far as it says so, or compressed. */
export function receivedBody({ request, bindings, limits }: Receiving, length: number | undefined): Body {
  const { bodyBytes } = limits
  if (length !== undefined && length > bodyBytes) throw tooMuch(bodyBytes)
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    // Not decoded here: a few bytes that stand for many would pass every limit on the way in.
    throw new Fault(`a body with Content-Encoding: ${encoding}; expected none`, {
      status: 415,
      code: 'media_type',
    })
  }
  const chunks = bodyOf(request, bindings)
  return length === undefined ? counted(chunks, bodyBytes) : chunks
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
