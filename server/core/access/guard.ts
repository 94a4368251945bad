// The caller of a request, before the rules. The same rules serve pages, which show what may be called, and calls of all
// kinds, which are refused otherwise.

import { dropped, isPromise, refused, someParts } from '../../../lib/promises.js'
import type { Fault } from '../../../lib/values/fault.js'
import type { Context } from '../context/context.js'
import { forbidden, unauthenticated } from '../faults/http.js'
import type { Access, AccessQuestion } from './access.js'
import { isFixed, type Rule, restricts } from './rules.js'

/** Names of the rights that a user has. */
export type Rights = (user: unknown) => Iterable<string>

/** The rights in a user's property `rights`: a list or a set. */
const ownRights: Rights = user => {
  const rights = typeof user === 'object' && user !== null ? (user as { rights?: unknown }).rights : undefined
  // A promise is refused where it is asked for.
  const known = Array.isArray(rights) || rights instanceof Set || isPromise(rights)
  return known ? (rights as Iterable<string>) : []
}

/** The caller of one request, before the rules. */
export class Guard {
  readonly #context: Context
  readonly #rights: Rights
  #has: ReadonlySet<string> | undefined
  /** Has anything been asked about that is not for everybody? Then what was drawn is for this caller. */
  asked = false

  constructor(context: Context, rights: Rights = ownRights) {
    this.#context = context
    this.#rights = rights
  }

  get #known(): boolean {
    return this.#context.user !== undefined && this.#context.user !== null
  }

  /** By its rights alone. */
  #admits(rule: Rule): boolean {
    if (!restricts(rule)) return true
    this.asked = true
    if (!this.#known) return false
    if (rule.rights.length === 0 && rule.conditions.length === 0) return true
    this.#has ??= this.#ask()
    return rule.rights.some(right => this.#has?.has(right))
  }

  /** Throws TypeError for a promise of names: pages are drawn without waiting for them. */
  #ask(): ReadonlySet<string> {
    const names: unknown = this.#rights(this.#context.user)
    refused(names)
    const has = isPromise(names) ? [names] : [...(names as Iterable<string>)]
    if (has.some(isPromise))
      throw new TypeError('rights must give names at once, not a promise: have identify find them out')
    return new Set(has as string[])
  }

  /** Is it shown to this caller? What depends on conditions is, and asks when it is called. */
  shows(rules: readonly Rule[]): boolean {
    return rules.every(rule => this.#admits(rule) || (this.#known && !isFixed(rule)))
  }

  /** Throws the Fault of a refusal for a class whose objects this caller may not reach, whatever they are. */
  readonly enter = ({ name, rules }: { readonly name: string; readonly rules: readonly Rule[] }): void => {
    if (!this.shows(rules)) throw this.refusal(name)
  }

  /** May it be done without asking any condition? */
  admits(rules: readonly Rule[]): boolean {
    return rules.every(rule => this.#admits(rule))
  }

  /** May it be done? Conditions are asked in their order until one says so, of users only. */
  async keeps(rules: readonly Rule[], access: Access): Promise<boolean> {
    for (const rule of rules) {
      let allowed = this.#admits(rule)
      for (const condition of allowed || !this.#known ? [] : rule.conditions) {
        if (allowed) break
        const said: unknown = await condition(access)
        dropped(said, someParts)
        allowed = said === true
      }
      if (!allowed) return false
    }
    return true
  }

  /** The question, with who asks. */
  of(question: AccessQuestion): Access {
    return { ...question, user: this.#context.user, context: this.#context }
  }

  /** 401 for whoever may log in first, 403 for whoever has. */
  refusal(label: string): Fault {
    return this.#known ? forbidden(label) : unauthenticated(`not logged in: ${label}`)
  }
}
