// The results that a step can refer to: those before it in its own body, and in the bodies around it.

import { unwaited } from '../../../lib/promises.js'
import { type Coming, type Outcome, unresolved } from './outcome.js'
import type { Result } from './steps.js'

/** The results of one body, and of those around it. */
export interface Scope {
  readonly results: Coming[]
  readonly outer: Scope | undefined
}

/** Adds a result; one that has to be waited for is replaced by what it becomes, before anybody goes on. */
export function record(scope: Scope, outcome: Coming): void {
  const index = scope.results.push(outcome) - 1
  if (outcome instanceof Promise) unwaited(replace(scope, index, outcome))
}

async function replace({ results }: Scope, index: number, outcome: Promise<Outcome>): Promise<void> {
  results[index] = await outcome
}

export function lookUp({ step, up }: Result, scope: Scope): Coming {
  let at: Scope | undefined = scope
  for (let level = 0; level < up; level++) at = at?.outer
  return at?.results[step] ?? unresolved
}

/** The value of a result that is there. Only for steps that run: their needs are met. */
export const found = (result: Result, scope: Scope) =>
  lookUp(result, scope) as Extract<Outcome, { kind: 'value' }>
