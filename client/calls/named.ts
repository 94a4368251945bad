// Arguments by name, in the place of positional ones.

import { kindOf } from '../../lib/values/kind.js'
import type { Named } from '../remote.js'

export class NamedArguments {
  readonly values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }
}

/** Passes arguments by name: `user.message(named({ subject: 'Hello' }))`. Throws TypeError for anything but an object. */
export function named(values: Readonly<Record<string, unknown>>): Named {
  if (typeof values !== 'object' || values === null || !['dict', 'other'].includes(kindOf(values)))
    throw new TypeError('named: expected an object, of arguments by name')
  // The mark of the type `Named` is for the compiler alone: no object has it.
  return new NamedArguments({ ...values }) as unknown as Named
}
