// A lone blob as browsers and curl get it: its bytes under its own content type, which the server does not vouch
// for (spec/security.md, "Files of users").

import { codecs } from '../../../lib/codecs.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import type { Blob } from '../../../lib/values/blob.js'
import { tag, variantOf } from './caching.js'
import { asItComes, type Headers } from './headers.js'
import { respond } from './sending.js'

/** The types that a header can carry (RFC 9110 8.3.1): a sender may have given a blob any text for one. */
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *;[\t -~\x80-\xff]*)?$/

/**
 * A file may be somebody's who is not the application: shown by itself it must not act as the site, run scripts,
 * or fetch (HTML, SVG and XML can). Chrome shows no PDF in a sandbox, and runs nothing of it as the site. In the
 * parts of a multipart could be anything. Browsers take the last of several types with commas between.
 */
export function contain(
  headers: Headers,
  type: string,
  filename: string | undefined,
  disposition = /multipart\//i.test(type) ? 'attachment' : 'inline',
): void {
  if (!/^application\/pdf(?:;[^,]*)?$/i.test(type)) {
    headers['content-security-policy'] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
  }
  if (filename !== undefined) headers['content-disposition'] = `${disposition}; ${filenames(filename)}`
  else if (disposition === 'attachment') headers['content-disposition'] = disposition
  else markBlob(headers, type)
}

/**
 * A blob of one of our own types looks like a message, JSON for one. It has a `Content-Disposition`, which no message has
 * (spec/protocol.md, "Blobs").
 */
export function markBlob(headers: Headers, type: string): void {
  if (codecs.has(mediaTypeOf(type))) headers['content-disposition'] ??= 'inline'
}

/** As in RFC 6266 4.3, and for names beyond ASCII RFC 8187. Nothing in it can end the header or the line. */
function filenames(name: string): string {
  const plain = `filename="${name.replace(/[^ -~]|["\\%]/g, '_')}"`
  const encoded = encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /['()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return plain.includes(`"${name}"`) ? plain : `${plain}; filename*=UTF-8''${encoded}`
}

/** The answer of a lone blob to whoever reads no message of ours. An `attachment` is never shown. */
export function rawBlob(content: Blob, headers: Headers, disposition?: 'attachment'): Response {
  const type = mediaType.test(content.type) ? content.type : 'application/octet-stream'
  headers['content-type'] = type
  contain(headers, type, content.filename, disposition)
  if (content.size === undefined) asItComes(headers)
  else headers['content-length'] = String(content.size)
  const { memory } = content
  if (memory !== undefined) tag(headers, memory, variantOf(type))
  return respond(memory ?? content.chunks(), 200, headers)
}
