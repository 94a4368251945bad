// Who sent a request, as far as that can be known. Types only.

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

export interface Sender {
  /** IPv4 or IPv6, without a zone; undefined where a proxy doesn't say, or the connection is gone. */
  readonly address: string | undefined
  /** Did it come by https, as a proxy says? */
  readonly secure: boolean
}

/** A request's head, without its connection where it was given up. */
export type Message = Pick<IncomingMessage, 'headers'> & { readonly socket: Socket | null }

/** Knows the proxies in front, and so who stands behind them. */
export interface Senders {
  senderOf(message: Message): Sender
}
