// The targets of steps: the end of a URL, or a member of an earlier result. A step reaches only what a page would have
// shown; what it cannot do here is left to the client, which can.

import type { Calls } from '../../core/calling/calls.js'
import type { LookupScope } from '../../core/calling/references.js'
import type { Pages } from '../../core/drawing/pages.js'
import { notFound } from '../../core/faults/http.js'
import { isDrawn, methodOf, visibleKeys } from '../../core/registration/members.js'
import { Reference } from '../../core/registration/reference.js'
import type { ClassMapper, Registry, Target } from '../../core/registration/registry.js'
import { type Coming, expiring, unresolved } from './outcome.js'
import type { Performing } from './performing.js'
import type { Given, Reviving } from './reviving.js'
import { found, type Scope } from './scope.js'
import type { CallStep, MemberStep } from './steps.js'

export interface ReachingParts {
  readonly registry: Registry
  readonly calls: Calls
  readonly pages: Pages
  readonly lookup: LookupScope
}

export class Reaching {
  readonly #registry: Registry
  readonly #calls: Calls
  readonly #pages: Pages
  readonly #lookup: LookupScope
  readonly #reviving: Reviving
  readonly #performing: Performing
  /** By URL, the functions: the calls of a turn often are of the same one. */
  readonly #functions = new Map<string, Target>()

  constructor(parts: ReachingParts, reviving: Reviving, performing: Performing) {
    this.#registry = parts.registry
    this.#calls = parts.calls
    this.#pages = parts.pages
    this.#lookup = parts.lookup
    this.#reviving = reviving
    this.#performing = performing
  }

  call({ url, args, held }: CallStep, scope: Scope): Coming {
    const target = this.#target(url)
    if (target.kind === 'namespace') return unresolved
    if ('instance' in target && this.#pages.movedTo(target.mapper, target.instance) !== undefined)
      return unresolved
    const expires = 'instance' in target ? target.expires : undefined
    this.#reviving.reached(expires)
    return expiring(this.#reached(target, { args, held, scope }), expires)
  }

  #target(url: string): Target {
    const known = this.#functions.get(url)
    if (known !== undefined) return known
    const { own, path, enter } = this.#lookup
    const ownPath = own.resolve(url, path)
    const target = ownPath === undefined ? undefined : this.#registry.resolver.find(ownPath, enter)
    if (target === undefined) throw notFound()
    if (target.kind === 'function') this.#functions.set(url, target)
    return target
  }

  #reached(target: Exclude<Target, { kind: 'namespace' }>, given: Given): Coming {
    switch (target.kind) {
      case 'instance':
        return this.#performing.object(target.instance)
      case 'class':
        return this.#performing.construct(target.mapper.operation, given)
      case 'function':
        return this.#performing.perform(target.mapper.operation, undefined, given)
      case 'method': {
        const { operation, instance } = target
        const perform = () => this.#performing.perform(operation, instance, given)
        return this.#calls.open ? perform() : this.#calls.admit(instance).then(perform)
      }
    }
  }

  member({ of, name, args, held }: MemberStep, scope: Scope): Coming {
    const { value: object, expires } = found(of, scope)
    if (typeof object !== 'object' || object === null) return unresolved
    return expiring(this.#inObject(object, name, args && { args, held, scope }), expires)
  }

  /** `given`: to call it, else it is read. */
  #inObject(object: object, name: string, given: Given | undefined): Coming {
    const mapper = this.#registry.mapperOf(object)
    if (mapper === undefined) return this.#inData(object, name, given)
    if (this.#pages.movedTo(mapper, object) !== undefined) return unresolved
    if (given === undefined) return this.#property(mapper, object, name)
    const operation = methodOf(mapper.members, object, name)
    if (operation === undefined) return unresolved
    return this.#performing.perform(operation, object, given)
  }

  /** A property as the object's page shows it. */
  #property(mapper: ClassMapper, object: object, name: string): Coming {
    const shown = Object.hasOwn(object, name)
      ? visibleKeys(object).includes(name)
      : mapper.members.getters.includes(name)
    if (!shown) return unresolved
    const read = () => this.#performing.read((object as Record<string, unknown>)[name])
    const there = this.#pages.presence.isThere(mapper, object, name)
    if (typeof there === 'boolean') return there ? read() : unresolved
    return there.then(there => (there ? read() : unresolved))
  }

  /** A member of plain data as it is drawn, or a registered function that it holds. */
  #inData(data: object, name: string, given: Given | undefined): Coming {
    if (!isDrawn(data, name)) return unresolved
    const member = (data as Record<string, unknown>)[name]
    if (given === undefined) return typeof member === 'function' ? unresolved : this.#performing.read(member)
    if (member instanceof Reference || typeof member !== 'function') return unresolved
    const operation = this.#registry.functionOf(member)?.operation
    if (operation === undefined) return unresolved
    return this.#performing.perform(operation, undefined, given)
  }
}
