// The options of an application for the answering of requests as a whole.

import type { ExchangeOptions } from '../requests/options.js'

export interface HandlerOptions extends ExchangeOptions {
  /**
   * Are many calls answered in one request? Default: yes under `serve`, no where the router is mounted, since
   * middleware on paths doesn't see them (`authorize` does).
   */
  readonly pipeline?: boolean
  /** The type for clients that accept any. Default `application/json`; for Ruby peers of 2012 the text type. */
  readonly defaultType?: string
}
