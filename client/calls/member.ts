// Members of results that have arrived: properties, and methods that are called.

import { pageHandleOf } from './handles.js'
import { missing } from './page-words.js'
import { type Action, describeStep } from './step.js'

/** Reads or calls a member. Throws TypeError as JavaScript would, but names the call that gave the value. */
export function memberOf(
  value: unknown,
  { of, name, parameters }: Extract<Action, { kind: 'member' }>,
): unknown {
  if (value === null || value === undefined) {
    throw new TypeError(`cannot read "${name}" of a call that gave ${String(value)}`)
  }
  const page = pageHandleOf(value)
  // A page gives no `then` by itself.
  const member = page === undefined ? (value as Record<string, unknown>)[name] : page.member(name)
  if (page !== undefined && member === undefined) throw missing(page, name)
  if (parameters === undefined) return member
  if (typeof member !== 'function') throw new TypeError(`${describeStep(of)}.${name} is not a function`)
  return member.apply(value, parameters)
}
