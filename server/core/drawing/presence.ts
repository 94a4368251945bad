// The members that are there for a caller in the present state: of objects, and of namespaces. Asked once in a request.

import type { Guard } from '../access/guard.js'
import type { ClassMapper, Mapper, Namespace } from '../registration/mappers.js'
import { isConditional } from '../registration/members.js'
import type { Offers } from '../registration/offers.js'
import type { Promises } from './promises.js'

export interface Absent {
  readonly names: ReadonlySet<string>
  /** Has some of it to be waited for? */
  readonly pending: boolean
}

const allThere: Absent = { names: new Set(), pending: false }

export class Presence {
  readonly #offers: () => Offers
  readonly #promises: Promises
  readonly #guard: Guard | undefined
  /** Has it been asked about anything? Then what was drawn is for this caller, and for now. */
  asked = false
  /** By object and name; functions by their operation. */
  #offered: Map<object, Map<string, boolean | Promise<boolean>>> | undefined

  constructor(offers: () => Offers, promises: Promises, guard: Guard | undefined) {
    this.#offers = offers
    this.#promises = promises
    this.#guard = guard
  }

  /** Names of the members that an object does not offer now; until that is decided, those that are asked about. */
  absent(mapper: ClassMapper, object: object): Absent {
    const { conditional, methods, whens } = mapper.members
    if (!conditional) return allThere
    const names = new Set<string>()
    let pending = false
    const look = (name: string, ask: (offers: Offers) => boolean | Promise<boolean>) => {
      const offered = this.#decide(object, name, ask)
      const said = typeof offered === 'boolean' ? offered : this.#promises.drawn(offered)?.value
      pending ||= said === undefined
      if (said !== true) names.add(name)
    }
    for (const [name, operation] of methods)
      if (isConditional(operation)) look(name, offers => offers.shows(operation, object))
    for (const [name, when] of whens) look(name, offers => offers.holds(when, object))
    return { names, pending }
  }

  /** Asked once in a request about each member of an object, or a function. */
  #decide(
    about: object,
    name: string,
    ask: (offers: Offers) => boolean | Promise<boolean>,
  ): boolean | Promise<boolean> {
    this.asked = true
    this.#offered ??= new Map()
    const known = this.#offered.get(about) ?? new Map<string, boolean | Promise<boolean>>()
    this.#offered.set(about, known)
    let decision = known.get(name)
    if (decision === undefined) known.set(name, (decision = ask(this.#offers())))
    return decision
  }

  /** Is a getter there, in the state that its object is in by now? Another step may have changed it. */
  isThere({ members }: ClassMapper, object: object, getter: string): boolean | Promise<boolean> {
    const when = members.whens.get(getter)
    return when === undefined || this.#offers().holds(when, object)
  }

  /** Decides which functions of a namespace are offered now, before it is drawn. */
  async decide(namespace: Namespace): Promise<void> {
    for (const [, mapper] of offered(namespace)) {
      if (mapper.kind === 'namespace') await this.decide(mapper)
      if (mapper.kind !== 'function' || !isConditional(mapper.operation)) continue
      const { operation } = mapper
      const said = await this.#decide(operation, '', offers => offers.shows(operation, undefined))
      this.#offered?.get(operation)?.set('', said)
    }
  }

  /** Is it on the page of its namespace? */
  shows(mapper: Mapper): boolean {
    const isAbsent = mapper.kind === 'function' && this.#offered?.get(mapper.operation)?.get('') === false
    return !isAbsent && this.permits(mapper)
  }

  /** Is there anything in it that this caller might be let do? */
  permits(mapper: Mapper): boolean {
    if (this.#guard === undefined) return true
    if (mapper.kind !== 'namespace')
      return this.#guard.shows(mapper.kind === 'class' ? mapper.rules : mapper.operation.rules)
    const entries = offered(mapper)
    return entries.length === 0 || entries.some(([, entry]) => this.permits(entry))
  }
}

/** The members that callers may know of. */
export const offered = ({ entries }: Namespace): [string, Mapper][] =>
  [...entries].filter(([, mapper]) => mapper.kind !== 'class' || !mapper.hidden)
