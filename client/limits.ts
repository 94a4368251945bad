// The limits of a client: those of all messages, of redirects, and of pauses (spec/limits.md).

import { defaultLimits, type Limits, withLimits } from '../lib/limits.js'

/** Of answers: `limits` of a client's options. */
export interface ClientLimits extends Limits {
  /** Redirects that one call follows. Default 10. */
  readonly redirects: number
  /** Milliseconds of a `Retry-After` that a call waits for; told to wait longer, it fails at once. Default 10,000. */
  readonly retryAfter: number
}

const defaults: ClientLimits = { ...defaultLimits, redirects: 10, retryAfter: 10_000 }

/** By `withLimits`, so that codecs take it as it is. */
export const clientLimits: ClientLimits = /* @__PURE__ */ withLimits(defaults, {})
