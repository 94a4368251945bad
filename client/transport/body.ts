// The body of a request, and whether it can be sent again: a redirect may move the request, a server have no time for it.

import type { Pieces } from '../../lib/message/codec.js'

export type RequestBody = Uint8Array | Pieces | undefined

export const isRepeatable = (body: RequestBody): boolean =>
  body === undefined || body instanceof Uint8Array || body.again !== undefined

/** The body once more, which must be repeatable. */
export const renewed = (body: RequestBody): RequestBody =>
  body === undefined || body instanceof Uint8Array ? body : body.again?.()
