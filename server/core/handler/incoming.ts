// What a handler is given of a request. Types only.

import type { Origin } from '../requests/body.js'

/** A request as the web layer hands it over. */
export interface Incoming extends Origin {
  /** The path that the router is mounted at, without a final slash; empty at the root or where it's hidden. */
  readonly mount: string
  readonly user: unknown
  /** Are pipelines answered? */
  readonly pipeline: boolean
  /** Does `serve` listen where other machines reach it? */
  readonly exposed: boolean
}
