// Request bodies as bytes, whole or in pieces, from whatever the adapter offers.

import { concatenate } from '../../../lib/values/blob.js'
import type { Fault } from '../../../lib/values/fault.js'
import type { NodeBindings } from '../context/bindings.js'
import { overLimit, readingFault } from '../faults/faults.js'
import type { Body, Origin } from './origin.js'
import { keptBody, nothingKept, parsedBody } from './read-before.js'

/** The bytes of a body as they come. Throws, or rejects with, a Fault (500) where they were lost before. */
export function bodyOf({ request, bindings, keeping }: Origin): Body | Promise<Body> {
  const incoming = bindings?.incoming
  // Once a middleware has looked at the body, what it made of it is in the request.
  if (incoming?.readableFlowing === null) return new NodeBody(incoming)
  return keptBody(request, keeping).then(kept => kept ?? leftBody(request, incoming))
}

/** The rest of a body that somebody may have read. */
function leftBody(request: Request, incoming: NodeBindings['incoming']): Body {
  const parsed = incoming && parsedBody(request, incoming)
  if (parsed !== undefined) return parsed
  if (request.bodyUsed) throw nothingKept()
  const wasRead = incoming?.readableDidRead === true
  if (request.body === null) {
    if (wasRead && isAnnounced(request)) throw nothingKept()
    return nothing()
  }
  return iterate(request.body, wasRead && isAnnounced(request))
}

/** Has the sender said that there is a body? */
const isAnnounced = ({ headers }: Request): boolean =>
  Number(headers.get('content-length') ?? 0) > 0 || headers.get('transfer-encoding') !== null

/** A class, since an object with a computed key costs as much to make as a small body to read. */
class NodeBody implements Body {
  readonly #incoming: NonNullable<NodeBindings['incoming']>

  constructor(incoming: NonNullable<NodeBindings['incoming']>) {
    this.#incoming = incoming
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    // Leaving early must not destroy the connection: the answer, such as 413, is still to be sent over it.
    return this.#incoming.iterator({ destroyOnReturn: false })
  }

  whole(limit: number): Promise<Uint8Array> {
    return wholeOf(this.#incoming, limit)
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A request without a body.
}

/** `isThere`: what comes is not empty, unless it was read before. */
async function* iterate(stream: ReadableStream<Uint8Array>, isThere: boolean): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let size = 0
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      size += value.length
      yield value
    }
    if (isThere && size === 0) throw nothingKept()
  } finally {
    reader.releaseLock()
  }
}

const tooLong = (limit: number): Fault => overLimit(`body of more than ${limit} bytes`, 'messageBytes', limit)

/** By events, which cost a third of an iterator. */
function wholeOf(incoming: NonNullable<NodeBindings['incoming']>, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const read: Uint8Array[] = []
    let size = 0
    incoming.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size > limit) {
        incoming.pause()
        reject(tooLong(limit))
      } else read.push(chunk)
    })
    let ended = false
    incoming.on('end', () => {
      ended = true
      resolve(concatenate(read))
    })
    incoming.on('error', reject)
    // An error costs as much as the rest of the reading: none is made for what has ended well.
    incoming.on('close', () => {
      if (!ended) reject(new Error('the body broke off'))
    })
  })
}

/** All bytes of a small body. Throws a Fault (413) once there are more than `limit`. */
export async function readBody(chunks: Body, limit: number): Promise<Uint8Array> {
  const read: Uint8Array[] = []
  let size = 0
  try {
    if (chunks.whole !== undefined) return await chunks.whole(limit)
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > limit) throw tooLong(limit)
      read.push(chunk)
    }
  } catch (error) {
    throw readingFault(error)
  }
  return concatenate(read)
}
