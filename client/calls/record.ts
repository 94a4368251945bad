// Recording the callback of a walk: what it asks for, once, for an item that stands for each of the list.

import { type Action, Recording } from './step.js'
import { collect } from './travel.js'

let current: Recording | undefined

/** The recording that steps belong to now, if one is going on. */
export const currentRecording = (): Recording | undefined => current

/** A callback's steps, and what it gives, with Calls for the results of these. */
export interface Recorded {
  readonly recording: Recording
  readonly result: unknown
}

/** Runs the callback of a walk once, for an item that stands for each; undefined where it can't be recorded. */
export function record(
  action: Extract<Action, { kind: 'map' }>,
  outer: Recording | undefined,
): Recorded | undefined {
  const inner = new Recording(outer)
  const before = current
  current = inner
  try {
    const result = action.stand(inner.item)
    collect(result, [])
    return result instanceof Promise || inner.spoilt ? undefined : { recording: inner, result }
  } catch {
    // What fails for a stand-in may do for the items themselves: they are asked then.
    return undefined
  } finally {
    current = before
  }
}
