// The outcomes of steps of a pipeline.

import { Fault } from '../../../lib/values/fault.js'
import { earlier } from '../../core/sealing/expiry.js'

export type Outcome =
  | {
      readonly kind: 'value'
      readonly value: unknown
      readonly expires?: number | undefined
      /** Why no other step may have it: a call gave its caller an object whom only drawing may show. */
      readonly closed?: Fault
    }
  | { readonly kind: 'failed'; readonly fault: Fault }
  /** An object that lives on another server: what depends on it goes on there. */
  | { readonly kind: 'moved'; readonly value: object; readonly expires?: number | undefined }
  /** Left to the client, and not done. */
  | { readonly kind: 'unresolved' }
  /** A walk of which some is left to the client: for each item, the outcomes of the item and of each step. */
  | { readonly kind: 'partial'; readonly items: readonly (readonly Outcome[])[] }

/** At once, or a promise where it has to be waited for. */
export type Coming = Outcome | Promise<Outcome>

export const unresolved: Outcome = { kind: 'unresolved' }

export const outcomeOf = (value: unknown): Outcome => ({ kind: 'value', value })

/** An outcome expires with the URLs, and the results, that its step was reached by. */
export function expiring(outcome: Coming, expires: number | undefined): Coming {
  if (expires === undefined) return outcome
  if (outcome instanceof Promise) return outcome.then(settled => expiring(settled, expires))
  if (outcome.kind !== 'value' && outcome.kind !== 'moved') return outcome
  return { ...outcome, expires: earlier(outcome.expires, expires) }
}

/** Is it there for other steps? */
export const isOpen = (outcome: Outcome): boolean => outcome.kind === 'value' && outcome.closed === undefined

/** The outcome of a step that depends on one with this outcome, which is not open. */
export function dependent(outcome: Outcome): Outcome {
  if (outcome.kind === 'value' && outcome.closed !== undefined)
    return { kind: 'failed', fault: outcome.closed }
  return outcome.kind === 'failed' ? outcome : unresolved
}

/** A stream that cannot be left to the client, who would have to do again what was done. */
export const streamInside = (label: string): Fault =>
  new Fault(`${label} gives a stream, which cannot travel with other calls: call it by itself`, {
    status: 500,
    code: 'stream',
  })
