// Bodies that were read before the router was asked: by middleware of Hono's, which keeps what it reads, or by a body
// parser of Express and its kin, which leaves what it made of it. Never a call without the arguments that were sent.

import { mediaTypeOf } from '../../../lib/negotiate.js'
import { Fault } from '../../../lib/values/fault.js'
import type { Parsed } from '../context/bindings.js'
import type { Body, Keeping } from './origin.js'

const mends =
  'mount the router before body parsers, or keep the bytes for it: ' +
  'express.json({ verify: (request, _, bytes) => { request.rawBody = bytes } }); in Hono read by c.req.arrayBuffer()'

const lost = (problem: string) => new Fault(`${problem}; ${mends}`, { status: 500, code: 'body_read' })

/** For a body that was read, and of which nothing is left. */
export const nothingKept = (): Fault => lost('the body was read before the router could')

const bodyOfBytes = (bytes: Uint8Array, more: Pick<Body, 'type' | 'remade'> = {}): Body => ({
  ...more,
  async *[Symbol.asyncIterator]() {
    yield bytes
  },
})

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** From what Hono keeps; undefined where it has kept nothing. Throws a Fault (500) where bytes were lost by reading. */
export async function keptBody(request: Request, keeping: Keeping | undefined): Promise<Body | undefined> {
  const { bodyCache } = keeping ?? {}
  if (keeping === undefined || bodyCache === undefined || Object.keys(bodyCache).length === 0)
    return undefined
  if (bodyCache.arrayBuffer === undefined && bodyCache.blob === undefined) {
    if (bodyCache.text !== undefined) return textBody(request, String(await bodyCache.text))
    if (bodyCache.formData !== undefined)
      return formBody(request, (await keptForm(bodyCache.formData)) as FormData)
  }
  return bodyOfBytes(new Uint8Array(await keeping.arrayBuffer()))
}

/** Fields, which are not kept of a body that is no form: it has been read all the same. */
const keptForm = (fields: unknown): Promise<unknown> =>
  Promise.resolve(fields).catch(() => {
    throw lost('the body was read as a form before the router could, and is none')
  })

/** Text is kept as bytes of UTF-8 would be, so that it cannot be told from what it was in another encoding. */
const isOtherwiseEncoded = /;\s*charset\s*=\s*"?(?!"?(?:utf-?8|us-ascii)"?\s*(?:;|$))/i

/** Bytes that are not UTF-8 have become U+FFFD, unless that was sent: then the length is that of the request. */
function textBody({ headers }: Request, text: string): Body {
  const bytes = bytesOf(text)
  if (isOtherwiseEncoded.test(headers.get('content-type') ?? '') && bytes.length > text.length)
    throw lost('the body was read as text of another encoding than UTF-8 before the router could')
  if (text.includes('\ufffd') && Number(headers.get('content-length') ?? -1) !== bytes.length)
    throw lost('the body was read as text before the router could, and is none')
  return bodyOfBytes(bytes)
}

/** Written again, with another boundary. */
async function formBody({ headers }: Request, fields: FormData): Promise<Body> {
  const isMultipart = mediaTypeOf(headers.get('content-type')) === 'multipart/form-data'
  const pairs = [...fields].map(([name, value]): [string, string] => [name, String(value)])
  const again = new Response(isMultipart ? fields : new URLSearchParams(pairs))
  const type = again.headers.get('content-type') ?? ''
  return bodyOfBytes(new Uint8Array(await again.arrayBuffer()), { type, remade: true })
}

/** From what a parser left; undefined where there was none. Throws a Fault (500) for what nothing can be made of. */
export function parsedBody(request: Request, { rawBody, body }: Parsed): Body | undefined {
  if (rawBody instanceof Uint8Array) return bodyOfBytes(rawBody)
  if (body instanceof Uint8Array) return bodyOfBytes(body)
  if (body === undefined) return undefined
  if (typeof body === 'string') return textBody(request, body)
  // Parsers make `{}` of no bytes, whatever they are said to be.
  if (request.headers.get('content-length') === '0') return bodyOfBytes(new Uint8Array())
  const type = mediaTypeOf(request.headers.get('content-type'))
  if (type === 'application/x-www-form-urlencoded')
    return bodyOfBytes(bytesOf(pairsOf(body).toString()), { remade: true })
  if (/[/+]json$/.test(type)) return bodyOfBytes(bytesOf(jsonOf(body)), { remade: true })
  throw lost(`a body of type ${type} was parsed before the router could read it`)
}

/** Numbers that a double has not kept are not those that were sent. */
function jsonOf(body: unknown): string {
  return JSON.stringify(body, (_, value: unknown) => {
    if (typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER))
      throw lost('a number was rounded when the body was parsed before the router could read it')
    return Object.is(value, -0) ? minusZero : value
  }).replaceAll(`"${minusZero}"`, '-0')
}

/** No text of a sender's: it would have to know what it is. */
const minusZero = `-0 ${crypto.randomUUID()}`

function pairsOf(body: unknown): URLSearchParams {
  const pairs = new URLSearchParams()
  for (const [name, values] of Object.entries(body as object)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      if (typeof value !== 'string')
        throw lost(`the field "${name}" of a form was parsed before the router could read it`)
      pairs.append(name, value)
    }
  }
  return pairs
}
