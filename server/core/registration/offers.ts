// What is offered to whoever makes a request, in the state that things are in: by `when`, and by such rules of `allow` as
// need no arguments. Pages draw it, and calls keep to it.

import { dropped, isPromise, someParts } from '../../../lib/promises.js'
import { Fault } from '../../../lib/values/fault.js'
import type { Guard } from '../access/guard.js'
import { Permission } from '../access/permission.js'
import type { Context } from '../context/context.js'
import type { ClassMapper } from './mappers.js'
import { methodOf, type Operation } from './members.js'
import type { When } from './when.js'

/** What can be offered: a method, a function, or a getter, which has no rules. */
type Offered = Pick<Operation, 'name' | 'label' | 'rules' | 'marks'>

export class Offers {
  readonly #guard: Guard | undefined
  readonly #context: Context

  constructor(guard: Guard | undefined, context: Context) {
    this.#guard = guard
    this.#context = context
  }

  /** Does a condition hold now? A promise only where it gives one. */
  holds(when: When, object: object | undefined): boolean | Promise<boolean> {
    const said: unknown = when({ object, user: this.#context.user, context: this.#context })
    if (isPromise(said)) return Promise.resolve(said).then(isTrue)
    return isTrue(said)
  }

  /** Is it to be shown on a page? What needs arguments is, and is asked about when it is called. */
  shows(offered: Offered, object: object | undefined): boolean | Promise<boolean> {
    const { when } = offered.marks
    const kept = this.#keeps(offered, object)
    if (kept === false || when === undefined) return kept
    if (kept === true) return this.holds(when, object)
    return kept.then(kept => kept && this.holds(when, object))
  }

  /** By the rules, as far as they need no arguments. */
  #keeps({ rules, name: member, label }: Offered, object: object | undefined): boolean | Promise<boolean> {
    const guard = this.#guard
    if (guard === undefined || guard.admits(rules)) return true
    if (!guard.shows(rules)) return false
    const { args: _, ...about } = guard.of({ object, member, label, args: [], via: 'page' })
    const asking = new Permission(about, rules).ask(access => guard.keeps(rules, access))
    return asking.then(said => said === 'unknown' || said.said)
  }

  /** Names of the methods that an object offers now. */
  async namesOf(mapper: ClassMapper, object: object): Promise<string[]> {
    const names: string[] = []
    for (const name of mapper.members.methods.keys()) {
      const operation = methodOf(mapper.members, object, name)
      if (operation !== undefined && (await this.shows(operation, object))) names.push(name)
    }
    return names
  }

  /** The Fault (409) of a call that is not possible in the present state. */
  async notNow(
    { label }: Offered,
    object: object | undefined,
    mapper: ClassMapper | undefined,
  ): Promise<Fault> {
    const offers = object === undefined || mapper === undefined ? [] : await this.namesOf(mapper, object)
    const instead = offers.length === 0 ? '' : `; it offers: ${offers.join(', ')}`
    return new Fault(`not now: ${label}${instead}`, { code: 'not_now', details: { offers } })
  }
}

function isTrue(said: unknown): boolean {
  dropped(said, someParts)
  return said === true
}
