// The error for an answer that is one: by its Fault, or by the start of any other body.

import { codecs } from '../../lib/codecs.js'
import type { Codec, DecodeOptions } from '../../lib/message/codec.js'
import { mediaTypeOf } from '../../lib/negotiate.js'
import { Fault, type Node } from '../../lib/values/fault.js'
import { RemoteError } from '../errors.js'
import { type Answered, start } from './answer-body.js'
import { retryAfterOf } from './retry.js'
import type { Session } from './session.js'

/**
 * Reads the start of the body, as much as an error may have. `node` makes of nodes in it the objects for the caller. Throws
 * where the call is ended before.
 */
export async function remoteError(
  session: Session,
  { method, url, response, deadline }: Answered,
  node: (codec: Codec) => (node: Node) => unknown,
): Promise<RemoteError> {
  const { status } = response
  const type = mediaTypeOf(response.header('content-type'))
  const bytes = await start(response.body).catch(() => {
    if (deadline.passed) throw deadline.reason(method, url, 'answered', status)
    return new Uint8Array(0)
  })
  const codec = codecs.get(type)
  const value =
    codec && decodedError(codec, bytes, { limits: session.limits, baseUrl: url, node: node(codec) })
  const retryAfter = retryAfterOf(response.header('retry-after'))
  if (value instanceof Fault)
    return new RemoteError({ method, url, status, fault: value, message: value.message, retryAfter })
  const line = codec === undefined && type.startsWith('text/plain') ? firstLines(bytes) : ''
  const message = line || `(${type || 'no body'})`
  return new RemoteError({ method, url, status, fault: undefined, message, retryAfter })
}

/** The value in the body of an error, its URLs resolved if they can be. One that does not parse is its status alone. */
function decodedError(codec: Codec, bytes: Uint8Array, options: DecodeOptions): unknown {
  const { baseUrl: _, ...plain } = options
  for (const tried of [options, plain]) {
    try {
      return codec.decode(bytes, tried)
    } catch {
      // Once more without a base: a text in the place of a URL must not hide the message.
    }
  }
  return undefined
}

/** The last line: that of a traceback names the error. */
function firstLines(bytes: Uint8Array): string {
  const lines = new TextDecoder().decode(bytes).trim().split('\n')
  return (lines.at(-1) ?? '').slice(0, 200)
}
