// The bodies of answers: read whole, piece by piece, to their start, or not at all.

import { describeUrl } from '../../lib/describe-url.js'
import { LimitError } from '../../lib/errors.js'
import { interruptible } from '../../lib/interruptible.js'
import { attempt, ignored } from '../../lib/promises.js'
import { concatenate } from '../../lib/values/blob.js'
import { NetworkError } from '../errors.js'
import { type TransportResponse, Unreadable } from '../transport/transport.js'
import type { Deadline } from './deadline.js'

/** Bytes that are read of an error that is not a Fault, such as a traceback. */
const errorBytes = 65_536

/** An answer whose status has come, and its request. */
export interface Answered {
  readonly method: string
  readonly url: string
  readonly response: TransportResponse
  readonly deadline: Deadline
}

/** The same answer, whose body ends with the call, also where its transport does not end it. */
export function ending({ whole, ...response }: TransportResponse, deadline: Deadline): TransportResponse {
  const reason = () => deadline.signal?.reason
  const reading = (): AsyncIterator<Uint8Array> => {
    const iterator = response.body[Symbol.asyncIterator]()
    const leave = () => iterator.return?.()
    const next = () =>
      deadline.race(iterator.next(), () => {
        attempt(leave, ignored)
        return reason()
      })
    return interruptible(next, leave)
  }
  const body = { [Symbol.asyncIterator]: reading }
  return whole === undefined
    ? { ...response, body }
    : { ...response, body, whole: () => deadline.race(whole(), reason) }
}

/** All of a small body. */
export async function whole(answered: Answered): Promise<Uint8Array> {
  const { response, deadline } = answered
  if (response.whole !== undefined) {
    try {
      return await response.whole()
    } catch (cause) {
      throw broken(cause, answered)
    } finally {
      deadline.end()
    }
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of guarded(answered)) chunks.push(chunk)
  return concatenate(chunks)
}

/** A body that throws errors of ours where it breaks off. With its end the call is over. */
export function guarded(answered: Answered): AsyncIterable<Uint8Array> {
  const { response, deadline } = answered
  const iterator = response.body[Symbol.asyncIterator]()
  const next = async () => {
    try {
      const piece = await iterator.next()
      if (piece.done) deadline.end()
      return piece
    } catch (cause) {
      deadline.end()
      throw broken(cause, answered)
    }
  }
  const leave = () => {
    deadline.end()
    return iterator.return?.()
  }
  return interruptible(next, leave)
}

/** The same of a blob with a limit of bytes. Beyond it its reader gets a LimitError, at once where the length is known. */
export function limited(
  answered: Answered,
  length: number | undefined,
  most: number,
): AsyncIterable<Uint8Array> {
  const iterator = guarded(answered)[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>
  const tooLong = async () => {
    await iterator.return?.()
    const request = `${answered.method} ${describeUrl(answered.url)}`
    throw new LimitError(`${request}: blob of more than ${most} bytes`, most, { limit: 'blobBytes' })
  }
  let size = 0
  const next = async () => {
    if (length !== undefined && length > most) return tooLong()
    const piece = await iterator.next()
    if (!piece.done) size += piece.value.length
    return size > most ? tooLong() : piece
  }
  return interruptible(next, () => iterator.return?.())
}

function broken(cause: unknown, { method, url, response, deadline }: Answered): unknown {
  const { status } = response
  if (deadline.passed) return deadline.reason(method, url, 'answered', status)
  const problem = cause instanceof Unreadable ? cause.message : 'the answer broke off'
  return new NetworkError({ method, url, problem, sent: 'answered', cause, status })
}

/** The start of a body, as far as an error is read. */
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

/** Reads an unwanted body, unless it is long, so that the connection can be used again. */
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
