// Rules: what `allow` says of functions, methods, classes and namespaces.

import { RegistrationError } from '../faults/registration-error.js'
import type { Access } from './access.js'

/**
 * May this be done? What it throws refuses too. Asked about users alone, never about nobody: a comparison of what
 * neither of two has would let strangers in.
 */
export type Condition = (access: Access) => boolean | undefined | Promise<boolean | undefined>

/** A right that the user has, or a condition. */
export type Allowed = string | Condition

/** One of its rights or conditions is enough; where there are none, any user. */
export interface Rule {
  readonly rights: readonly string[]
  readonly conditions: readonly Condition[]
}

/** Says of one thing that everybody may use it, where the router's `allow` says otherwise of the others. */
export const anyone: Condition = () => true

/** Throws RegistrationError for what is neither a right nor a condition. */
export function ruleOf(allowed: readonly unknown[]): Rule {
  const rights: string[] = []
  const conditions: Condition[] = []
  for (const each of allowed) {
    if (typeof each === 'string' && each !== '') rights.push(each)
    else if (typeof each === 'function') conditions.push(each as Condition)
    else throw new RegistrationError(`allow takes names of rights and functions, not ${String(each)}`)
  }
  return { rights, conditions }
}

/** Does it keep anybody out? */
export const restricts = ({ conditions }: Rule): boolean => !conditions.includes(anyone)

/** Is it said beforehand whom it lets in, whatever is to be done? */
export const isFixed = (rule: Rule): boolean => rule.conditions.length === 0 || !restricts(rule)
