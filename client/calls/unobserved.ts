// Failures that nobody sees: reported once, when it is certain that nobody will.

import { attempt } from '../../lib/met.js'

/** A failure that nobody has looked at yet. */
export interface Unseen {
  readonly error: unknown
  readonly report: (error: unknown) => void
}

/** Failures that may still be looked at: by whoever holds their Call, until it is collected. */
const unseen = new Set<Unseen>()

const collected = /* @__PURE__ */ new FinalizationRegistry<Unseen>(abandon)

function abandon(failure: Unseen): void {
  if (!unseen.delete(failure)) return
  // Nobody has called it who could catch what it throws.
  attempt(
    () => failure.report(failure.error),
    problem => console.error('hyperglyph: onUnobserved failed:', problem),
  )
}

/** Reports a failure unless it is `seen` before `holder`, by which it could be seen, is collected. */
export function reportUnlessSeen(failure: Unseen, holder: object | undefined): void {
  unseen.add(failure)
  if (holder !== undefined) collected.register(holder, failure)
}

/** Somebody looks at a failure after all. */
export function seen(failure: Unseen): void {
  unseen.delete(failure)
}

// When a process is about to end, nobody will look any more.
const { process } = globalThis as { process?: { on?(event: string, listener: () => void): void } }
process?.on?.('beforeExit', () => {
  for (const failure of [...unseen]) abandon(failure)
})
