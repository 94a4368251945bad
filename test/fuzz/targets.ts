// Everything that can be fuzzed, by name; made when it is asked for.

import { codecTargets } from './codecs.js'
import type { Target } from './target.js'

export const targets: Readonly<Record<string, () => Target | Promise<Target>>> = {
  ...Object.fromEntries(codecTargets.map(target => [target.name, () => target])),
}
