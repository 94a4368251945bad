// Whether a call may be made, asked before its arguments are read and its form is drawn. Functions that are asked may
// look at the arguments: these are asked again once the arguments are there.

import { dropped, someParts } from '../../../lib/promises.js'
import type { Access } from './access.js'
import type { Rule } from './rules.js'

const none: readonly unknown[] = Object.freeze([])

/** The answer of a function that was asked; `unknown`: it needs arguments for that. */
export type Said<T> = { readonly said: T } | 'unknown'

/** About one call: what was asked already, and what is left to ask. */
export class Permission {
  /** One object for all that are asked, so that who has kept it finds the arguments in it later. */
  readonly access: Access
  readonly rules: readonly Rule[]
  readonly started = performance.now()
  /** Are the rules kept? */
  kept = false
  /** Is there nothing left to ask? */
  given = false
  /** Was it refused once the arguments were known? */
  refused = false
  #args: readonly unknown[] | undefined
  #missed = false

  constructor(about: Omit<Access, 'args'>, rules: readonly Rule[]) {
    this.rules = rules
    const args = () => this.#read()
    this.access = {
      ...about,
      get args() {
        return args()
      },
    }
  }

  #read(): readonly unknown[] {
    this.#missed ||= this.#args === undefined
    // Not thrown: it may be read where nobody would catch that.
    return this.#args ?? none
  }

  /** From now on they are known. */
  with(args: readonly unknown[]): void {
    this.#args = args
  }

  /** Asks. What it throws it throws here too, unless that is for want of arguments. */
  async ask<T>(question: (access: Access) => T | Promise<T>): Promise<Said<T>> {
    this.#missed = false
    try {
      const said = await question(this.access)
      dropped(said, someParts)
      return this.#missed ? 'unknown' : { said }
    } catch (error) {
      if (this.#missed) return 'unknown'
      throw error
    }
  }
}
