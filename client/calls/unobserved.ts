// Failures of calls that nobody awaits: reported once, when it is certain that nobody will.

import { attempt } from '../../lib/promises.js'

/** A failure that has not been observed yet. */
export interface Unobserved {
  readonly error: unknown
  readonly report: (error: unknown) => void
}

/** Failures that may still be observed, by a holder of their Call until that is collected. */
const unobserved = new Set<Unobserved>()

const collected = /* @__PURE__ */ new FinalizationRegistry<Unobserved>(abandon)

function abandon(failure: Unobserved): void {
  if (!unobserved.delete(failure)) return
  // No caller is left who could catch an error of `report`.
  attempt(
    () => failure.report(failure.error),
    problem => console.error('hyperglyph: onUnobserved failed:', problem),
  )
}

/** Reports a failure once `holder`, through which it could be observed, is collected; not if it is observed before. */
export function reportUnlessObserved(failure: Unobserved, holder: object | undefined): void {
  unobserved.add(failure)
  if (holder !== undefined) collected.register(holder, failure)
}

/** Withdraws a failure: it is observed after all. */
export function observe(failure: Unobserved): void {
  unobserved.delete(failure)
}

// When a process is about to end, nothing will be observed any more.
const { process } = globalThis as { process?: { on?(event: string, listener: () => void): void } }
process?.on?.('beforeExit', () => {
  for (const failure of [...unobserved]) abandon(failure)
})
