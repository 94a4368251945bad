// The bodies of answers: read whole, piece by piece, as far as anybody wants them, or not at all.

import { concatenate } from '../lib/blob.js'
import { interruptible } from '../lib/source.js'
import { NetworkError } from './errors.js'
import type { TransportResponse } from './transport.js'

/** What is read of an error that is not a Fault, such as a traceback. */
const errorBytes = 65_536

/** All of a small body. */
export async function whole(
  response: TransportResponse,
  method: string,
  url: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (response.whole !== undefined) {
    try {
      return await response.whole()
    } catch (cause) {
      throw broken(cause, method, url, signal)
    }
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of guarded(response.body, method, url, signal)) chunks.push(chunk)
  return concatenate(chunks)
}

/** A body whose breaking is told as ours. */
export function guarded(
  body: AsyncIterable<Uint8Array>,
  method: string,
  url: string,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  const next = () =>
    iterator.next().catch(cause => {
      throw broken(cause, method, url, signal)
    })
  return interruptible(next, () => iterator.return?.())
}

const broken = (cause: unknown, method: string, url: string, signal: AbortSignal | undefined): unknown =>
  signal?.aborted ? signal.reason : new NetworkError(method, url, 'the answer broke off', 'unknown', cause)

/** The start of a body, as much as is read of an error. */
export async function start(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > errorBytes) break
  }
  return concatenate(chunks)
}

/** Reads the rest of what nobody wants, so that the connection can be used again. */
export async function drain(response: TransportResponse): Promise<void> {
  let size = 0
  try {
    for await (const chunk of response.body) {
      size += chunk.length
      if (size > errorBytes) break
    }
  } catch {
    // The status and the headers have said it all.
  }
}
