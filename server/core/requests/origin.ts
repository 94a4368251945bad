// A body, and what it is read from. Types only.

import type { NodeBindings } from '../context/bindings.js'

/** A body, to be read in pieces or, where that is cheaper, whole. */
export interface Body extends AsyncIterable<Uint8Array> {
  readonly whole?: (limit: number) => Promise<Uint8Array>
  /** Its content type, where that is not the one of the request. */
  readonly type?: string
  /** Was it written again from what a parser made of it? Then it says the same in other bytes. */
  readonly remade?: boolean
}

/** Hono's request, as far as it keeps bodies. */
export interface Keeping {
  readonly bodyCache: Readonly<Record<string, unknown>>
  arrayBuffer(): Promise<ArrayBuffer>
}

/** The sources of a body. */
export interface Origin {
  readonly request: Request
  readonly bindings: NodeBindings | undefined
  /** The body that middleware has read. */
  readonly keeping: Keeping | undefined
}
