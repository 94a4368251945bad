// For load balancers: is the process alive, and is it to be sent requests?

import { Fault } from '../../../lib/values/fault.js'
import type { Phase } from '../serving/ending.js'

/** Whoever can answer at all is alive. */
export const health = (): string => 'alive'

/** Throws a Fault (503) as soon as the server has begun to close. */
export function ready(phase: Phase): string {
  if (phase !== 'serving') throw new Fault('this server is about to stop', { status: 503, code: 'not_ready' })
  return 'ready'
}
