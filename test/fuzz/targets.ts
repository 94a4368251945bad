// Everything that can be fuzzed, by name; made when it is asked for.

import { clientTarget } from './client.js'
import { codecTargets } from './codecs.js'
import { failingTarget } from './failing.js'
import { growthTarget } from './growth.js'
import { handlerTarget } from './handler.js'
import type { targetNames } from './names.js'
import { socketTarget } from './sockets.js'
import type { Target } from './target.js'

export type TargetName = (typeof targetNames)[number]

export const targets: Readonly<Record<TargetName, () => Target | Promise<Target>>> = {
  ...codecTargets,
  handler: handlerTarget,
  client: clientTarget,
  sockets: socketTarget,
  growth: growthTarget,
  failing: failingTarget,
}
