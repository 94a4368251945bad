// The options of an application for the answering of one request.

import type { RouterLimits } from '../../../lib/limits.js'
import type { CallOptions } from '../calling/options.js'
import type { Log } from '../context/log.js'

export interface ExchangeOptions extends CallOptions {
  /** The limits of one request. Those of all requests together are options of `serve`. */
  readonly limits?: Partial<RouterLimits>
  /** Base URLs of this server, by which own links in arguments are known. Default: the request's authority. */
  readonly origins?: readonly string[]
  /** Where accidental errors are written. Default `console`. */
  readonly log?: Log
  /** Where uploads wait that have no room in memory (`blobMemoryBytes`). Default: the system's. */
  readonly temporaryDirectory?: string
}
