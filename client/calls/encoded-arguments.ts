// Arguments as bytes: references for pages and remote functions, and results for promises, which are waited for.

import { text } from '../../lib/codecs.js'
import type { Codec, Pieces } from '../../lib/message/codec.js'
import { unwaited } from '../../lib/promises.js'
import { blob, concatenate } from '../../lib/values/blob.js'
import { handleOf } from './handles.js'
import { referenceTo } from './relative.js'
import { attend, isThenable } from './travel.js'

/** Peers of 2012 read no chunked requests: blobs up to this size are gathered for them. */
const gatheredBytes = 64 * 2 ** 20

/** Waits for a promise among the arguments, as long as the call may take. */
export type Wait = <T>(promise: Promise<T>) => Promise<T>

export interface Encoded {
  readonly bytes: Uint8Array | Pieces
  /** Do they hold URLs that are relative to the one to which they are sent? For another they are encoded again. */
  readonly relative: boolean
}

/** `from`: the URL to which references are relative; undefined for absolute ones. */
export async function encode(
  codec: Codec,
  value: unknown,
  from: string | undefined,
  wait: Wait,
): Promise<Encoded> {
  let relative = false
  const settled = new Map<object, unknown>()
  const settle = async (item: PromiseLike<unknown>): Promise<void> => {
    const result = await item
    attend(result)
    // Like any other argument, one that is undefined is nil.
    settled.set(item, result ?? null)
  }
  for (;;) {
    const pending: Promise<void>[] = []
    const inline = (item: object): unknown => {
      const handle = handleOf(item)
      if (handle !== undefined) {
        relative = from !== undefined
        return referenceTo(handle.node, from)
      }
      if (item instanceof ReadableStream) return blob(item)
      if (settled.has(item)) return settled.get(item)
      if (!isThenable(item)) return undefined
      pending.push(settle(item))
      return null
    }
    const message = encodeAttended(() => codec.encodeMessage(value, { inline, inlinePlain: true }), pending)
    if (pending.length === 0) {
      const bytes = message instanceof Uint8Array || codec !== text ? message : await gather(message)
      return { bytes, relative }
    }
    await wait(Promise.all(pending))
  }
}

async function gather(message: Pieces): Promise<Uint8Array | Pieces> {
  const iterator = message[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size <= gatheredBytes) {
    const { value, done } = await iterator.next()
    if (done) return concatenate(chunks)
    chunks.push(value)
    size += value.length
  }
  const all = (async function* () {
    yield* chunks
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  return Object.assign(all, { again: message.again, size: message.size })
}

/** Runs an encoding. Where it fails, nothing waits for the promises that it has met: they get a handler. */
function encodeAttended<T>(run: () => T, pending: readonly Promise<void>[]): T {
  try {
    return run()
  } catch (error) {
    pending.forEach(unwaited)
    throw error
  }
}
