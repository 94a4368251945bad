// A body that is a blob as it is.

import { Blob } from '../../../lib/values/blob.js'
import { overLimit, readingFault } from '../faults/faults.js'
import type { Exchange } from './exchange.js'

/** Throws a Fault (413) for one that is longer than the limit `blobBytes`. */
export async function rawBlob(
  { request, spool, limits }: Exchange,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const sink = spool.sink()
  const { blobBytes } = limits
  let size = 0
  try {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > blobBytes) throw overLimit(`blob of more than ${blobBytes} bytes`, 'blobBytes', blobBytes)
      await sink.write(chunk)
    }
  } catch (error) {
    throw readingFault(error, limits)
  }
  const source = await sink.end()
  const type = request.headers.get('content-type') ?? 'application/octet-stream'
  return new Blob(() => source, { 'content-type': type }, size)
}
