// What an application says of how its requests are answered.

import type { RouterLimits } from '../../../lib/limits.js'
import type { CallOptions } from '../calling/options.js'
import type { Log } from '../context/log.js'

export interface ExchangeOptions extends CallOptions {
  /** What a request may hold and do. Under `serve`, what holds for all of them is `serve`'s to say. */
  readonly limits?: Partial<RouterLimits>
  /** Base URLs of this server, by which own links in arguments are known. Default: the request's authority. */
  readonly origins?: readonly string[]
  /** Where accidental errors are written. Default `console`. */
  readonly log?: Log
  /** Where uploads wait that have no room in memory (`blobMemoryBytes`). Default: the system's. */
  readonly temporaryDirectory?: string
}
