// Bodies in our own types: decoded at once or, where they are long, in parts.

import { codecs } from '../../../lib/codecs.js'
import { longBytes } from '../../../lib/long.js'
import type { Codec, DecodeOptions } from '../../../lib/message/codec.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import { readingFault } from '../faults/faults.js'
import { malformed, mediaType } from '../faults/http.js'
import { readBody } from './body.js'
import type { Exchange } from './exchange.js'
import { multipart, urlencoded } from './form-fields.js'
import type { Body as Received } from './origin.js'
import { lengthOf, receivedBody, startOf } from './received.js'

export interface Body {
  readonly value: unknown
  readonly nodes: boolean
  /** Was it decoded in parts? */
  readonly long: boolean
}

/** A body that has not been read. */
interface Encoded {
  /** As far as it says so. */
  readonly length: number | undefined
  readonly chunks: Received
  /** Throws the Fault for a type that no codec has. */
  readonly codecFor: () => Codec
  /** Told of the value before its blobs. */
  readonly root?: DecodeOptions['root'] | undefined
}

/** The value in a body, and whether it holds nodes; undefined where there is no body, which needs no codec. */
export async function decodedBody(
  exchange: Exchange,
  { length, chunks, codecFor, root }: Encoded,
): Promise<Body | undefined> {
  const { options, met } = receiving(exchange)
  let value: unknown
  let long = false
  const { messageBytes } = exchange.limits
  // A body that is sure to come, and that nobody can read, is not waited for.
  if (length !== undefined && length > 0) codecFor()
  // A longer body is decoded in parts, since nobody has been asked yet whether it is allowed.
  if (length !== undefined && length <= Math.min(longBytes, messageBytes) && exchange.spool.takes(length)) {
    const bytes = await readBody(chunks, messageBytes)
    if (bytes.length === 0) return undefined
    try {
      value = codecFor().decode(bytes, options)
    } catch (error) {
      throw readingFault(error, exchange.limits)
    }
  } else {
    long = true
    try {
      const present = await startOf(chunks)
      if (present === undefined) return undefined
      value = await codecFor().decodeStream(present, {
        ...options,
        sink: exchange.spool.sink,
        ...(root && { root }),
      })
    } catch (error) {
      throw readingFault(error, exchange.limits)
    }
  }
  return { value, nodes: met.nodes, long }
}

/** The value in the body of a request that must have one, in one of our own types. `root` is told of it before blobs. */
export async function requestBody(exchange: Exchange, root?: DecodeOptions['root']): Promise<Body> {
  const { request } = exchange
  const type = mediaTypeOf(request.headers.get('content-type'))
  const codec = known(codecs.get(type), type)
  const length = lengthOf(request)
  const chunks = await receivedBody(exchange, length)
  const body = await decodedBody(exchange, { length, chunks, codecFor: () => codec, root })
  if (body === undefined) throw malformed('a body is missing')
  return body
}

export function known(codec: Codec | undefined, type: string): Codec {
  if (codec !== undefined) return codec
  const expected = [...codecs.keys()].join(', ')
  const problem = type === '' ? 'a body without a Content-Type' : `a body of type ${type}`
  throw mediaType(`${problem}; expected one of ${expected}, ${urlencoded}, ${multipart}`)
}

/** The options of a decoder, and whether it has met nodes, which may stand for objects. */
export function receiving(exchange: Exchange): { options: DecodeOptions; met: { nodes: boolean } } {
  const met = { nodes: false }
  const node = (value: unknown) => {
    met.nodes = true
    return value
  }
  return { options: { limits: exchange.limits, templates: false, node }, met }
}
