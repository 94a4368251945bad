// Which of its representations a router answers a request in.

import { codecs } from '../../../lib/codecs.js'
import type { Codec } from '../../../lib/message/codec.js'
import { mediaTypeOf, negotiate } from '../../../lib/negotiate.js'

/** By `Accept`; undefined where the client accepts none of `offered`, of which the first is preferred. */
export function codecFor<C extends Codec>({ headers }: Request, offered: readonly C[]): C | undefined {
  const accept = headers.get('accept') ?? undefined
  if (accept !== undefined && accept !== '*/*') return negotiate(accept, offered)
  // The Ruby client of 2012 says */*, and means the type that it sends.
  const sent = codecs.get(mediaTypeOf(headers.get('content-type')))
  return offered.find(codec => codec === (sent as Codec | undefined)) ?? offered[0]
}
