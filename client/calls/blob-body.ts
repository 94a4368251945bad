// The body of a form with the envelope "blob": one argument, sent as it is.

import { interruptible } from '../../lib/interruptible.js'
import type { Pieces } from '../../lib/message/codec.js'
import { type Blob, blob } from '../../lib/values/blob.js'
import { kindOf } from '../../lib/values/kind.js'
import type { Wait } from './encoded-arguments.js'
import type { FormArguments } from './form-arguments.js'
import { isThenable } from './travel.js'

interface BlobBody {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | Pieces
}

/** Throws TypeError unless there is exactly one argument, which is a blob, bytes or text. */
export async function blobBody(label: string, args: FormArguments, wait: Wait): Promise<BlobBody> {
  const [entry, ...more] = args
  if (entry === undefined || more.length > 0)
    throw new TypeError(`${label} takes exactly one argument, a blob`)
  const [name, value] = entry
  const content = asBlob(isThenable(value) ? await wait(Promise.resolve(value)) : value)
  if (content === undefined) throw new TypeError(`${label}: "${name}" must be a blob, bytes or text`)
  const disposition = `form-data; name="${name.replace(/[\r\n"\\]/g, '_')}"`
  const headers: Record<string, string> = {
    'content-type': content.type,
    'content-disposition': disposition,
  }
  if (content.size !== undefined) headers['content-length'] = String(content.size)
  return { headers, body: content.memory ?? piecesOf(content) }
}

function piecesOf(content: Blob): Pieces {
  const iterator = content.chunks()[Symbol.asyncIterator]()
  const again = content.isOnce ? undefined : () => piecesOf(content)
  return Object.assign(
    interruptible(
      () => iterator.next(),
      () => iterator.return?.(),
    ),
    { again, size: () => content.size },
  )
}

function asBlob(value: unknown): Blob | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array || value instanceof ReadableStream)
    return blob(value)
  return typeof value === 'object' && value !== null && kindOf(value) === 'blob'
    ? blob(value as Blob)
    : undefined
}
