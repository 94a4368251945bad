// The answer for an open file: what the client has already, a part, or all of it (RFC 9110 13 and 14).

import { Fault } from '../../../lib/values/fault.js'
import type { Marks } from '../../core/registration/marks.js'
import { caching } from '../../core/responses/caching.js'
import { conditionOf, rangeApplies } from '../../core/responses/conditions.js'
import { type Headers, headersOf } from '../../core/responses/headers.js'
import { contain, markBlob } from '../../core/responses/raw-blob.js'
import { respond } from '../../core/responses/sending.js'
import { contentTypeOf } from './content-types.js'
import type { OpenFile } from './lookup.js'
import { rangeOf } from './ranges.js'
import { bytesOf } from './reading.js'

/**
 * Closes the file, unless its bytes are the body. `method` is GET or HEAD. Throws a Fault (412) where a client asks for
 * another version only.
 */
export async function fileAnswer(
  file: OpenFile,
  request: Request,
  method: string,
  { marks, trusted }: { readonly marks: Marks; readonly trusted: boolean },
): Promise<Response> {
  const { size, tag } = file
  const modified = Math.floor(file.modified / 1000) * 1000
  const condition = conditionOf(request.headers, { tag, modified })
  if (condition === 'failed') {
    await file.handle.close()
    throw new Fault('the file is not the version that was asked for', { status: 412, code: 'changed' })
  }
  const headers: Headers = {
    ...headersOf(caching(marks, method)),
    etag: tag,
    // A time that is still to come would be a time of no version (RFC 9110 8.8.2.1).
    'last-modified': new Date(Math.min(modified, Date.now())).toUTCString(),
    'accept-ranges': 'bytes',
  }
  if (condition === 'unchanged') return empty(file, 304, headers)
  headers['content-type'] = contentTypeOf(file.name)
  if (trusted) markBlob(headers, headers['content-type'])
  else contain(headers, headers['content-type'], file.name)
  // HEAD has no ranges (RFC 9110 14.2).
  const asked = method === 'GET' ? request.headers.get('range') : null
  const applies = asked !== null && rangeApplies(request.headers.get('if-range'), { tag, modified })
  const range = applies ? rangeOf(asked, size) : undefined
  if (range === 'none') {
    delete headers['content-type']
    return empty(file, 416, { ...headers, 'content-range': `bytes */${size}` })
  }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  headers['content-length'] = String(end + 1 - start)
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end}/${size}`
  const status = range === undefined ? 200 : 206
  if (method === 'HEAD' || size === 0) return empty(file, status, headers)
  return respond(bytesOf(file.handle, { start, end }), status, headers)
}

async function empty({ handle }: OpenFile, status: number, headers: Headers): Promise<Response> {
  await handle.close()
  return new Response(null, { status, headers })
}
