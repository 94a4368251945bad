// What a request carries, and whether it can be sent again: where a redirect moves it, or a server had no time for it.

import type { Pieces } from '../../lib/message/codec.js'

export type RequestBody = Uint8Array | Pieces | undefined

export const isRepeatable = (body: RequestBody): boolean =>
  body === undefined || body instanceof Uint8Array || body.again !== undefined

/** The body once more, which must be repeatable. */
export const renewed = (body: RequestBody): RequestBody =>
  body === undefined || body instanceof Uint8Array ? body : body.again?.()
