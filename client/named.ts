// Arguments by name, in the place of positional ones.

import type { Named } from './remote.js'

export class NamedArguments {
  readonly values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }
}

/** Passes arguments by name: `user.message(named({ subject: 'Hello' }))`. */
export const named = (values: Readonly<Record<string, unknown>>): Named =>
  new NamedArguments({ ...values }) as unknown as Named
