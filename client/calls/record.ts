// Recording the callback of a walk: the steps that it asks for, once, for an item that stands for each of the list.

import { type Action, Recording } from './step.js'
import { collect } from './travel.js'

let current: Recording | undefined

/** The recording that steps belong to now, if one is going on. */
export const currentRecording = (): Recording | undefined => current

/** The steps of a callback, and its result, which has Calls for theirs. */
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
    // A callback that fails for a stand-in may succeed for the items: it is run for each of them then.
    return undefined
  } finally {
    current = before
  }
}
