// Results that shared caches may keep: what they hold is given to whoever asks the cache, and nobody is asked about it.

import { type Rule, restricts } from '../access/rules.js'
import { RegistrationError } from '../faults/registration-error.js'
import type { Operation } from './members.js'

/**
 * Throws RegistrationError for a public result that is not for everybody: `rules` keep somebody out, or an `authorize`
 * of the router could (`authorized`).
 */
export function checkPublic({ label, marks }: Operation, rules: readonly Rule[], authorized: boolean): void {
  if (!marks.public) return
  if (rules.some(restricts))
    throw new RegistrationError(`${label} is public for caches, so it cannot be allowed to some only`)
  if (authorized)
    throw new RegistrationError(
      `${label} is public for caches, which do not ask authorize: leave out "public", or have a router without authorize`,
    )
}
