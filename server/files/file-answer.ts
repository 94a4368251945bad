// The answer for an open file: what the client has already, a part, or all of it (RFC 9110 13 and 14).

import { caching } from '../http/caching.js'
import { type Headers, headersOf } from '../http/headers.js'
import { contain } from '../http/raw-blob.js'
import { respond } from '../http/sending.js'
import type { Marks } from '../registration/marks.js'
import { contentTypeOf } from './content-types.js'
import type { OpenFile } from './lookup.js'
import { rangeOf } from './ranges.js'
import { bytesOf } from './reading.js'

/** Closes the file, unless its bytes are the body. `method` is GET or HEAD. */
export async function fileAnswer(
  file: OpenFile,
  request: Request,
  method: string,
  { marks, trusted }: { readonly marks: Marks; readonly trusted: boolean },
): Promise<Response> {
  const { size, tag } = file
  const modified = new Date(Math.floor(file.modified / 1000) * 1000)
  const headers: Headers = {
    ...headersOf(caching(marks, method)),
    etag: tag,
    'last-modified': modified.toUTCString(),
    'accept-ranges': 'bytes',
  }
  if (isUnchanged(request.headers, tag, modified)) return empty(file, 304, headers)
  headers['content-type'] = contentTypeOf(file.name)
  if (!trusted) contain(headers, headers['content-type'], file.name)
  const range = appliesTo(request.headers.get('if-range'), tag, modified)
    ? rangeOf(request.headers.get('range'), size)
    : undefined
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

/** If-None-Match goes before If-Modified-Since (RFC 9110 13.2.2). */
function isUnchanged(headers: Request['headers'], tag: string, modified: Date): boolean {
  const tags = headers.get('if-none-match')
  if (tags !== null) return tags.trim() === '*' || (tags.match(/"[^"]*"/g)?.includes(tag) ?? false)
  const since = Date.parse(headers.get('if-modified-since') ?? '')
  return modified.getTime() <= since
}

/** Is the part that a client has of the file as it is now? The date must be the same one, the tag no weak one. */
const appliesTo = (condition: string | null, tag: string, modified: Date): boolean =>
  condition === null || condition === tag || Date.parse(condition) === modified.getTime()
