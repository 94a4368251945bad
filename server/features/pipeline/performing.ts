// The calls of a pipeline, and what they give, as later steps see it.

import { attempt, isPromise } from '../../../lib/met.js'
import type { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { iteratorOf } from '../../../lib/values/stream.js'
import { type Arguments, incomplete, type NamedArguments } from '../../core/calling/arguments.js'
import type { Calls } from '../../core/calling/calls.js'
import type { Permission } from '../../core/calling/permission.js'
import type { Observer } from '../../core/context/observer.js'
import type { Pages } from '../../core/drawing/pages.js'
import type { Operation } from '../../core/registration/members.js'
import { Created } from '../../core/registration/reference.js'
import type { ClassMapper, Registry } from '../../core/registration/registry.js'
import { type Coming, expiring, type Outcome, outcomeOf, streamInside, unresolved } from './outcome.js'
import type { Given, Reviving } from './reviving.js'

export interface PerformingParts {
  readonly registry: Registry
  readonly calls: Calls
  readonly pages: Pages
  readonly reviving: Reviving
  readonly toFault: (error: unknown) => Fault
  readonly observer?: Observer | undefined
}

/** A call of a step: of which object, unless it is a function's, and with which arguments. */
interface Call {
  readonly operation: Operation
  readonly object: object | undefined
  readonly given: Given
  /** Does it answer with the URL of the object that it gives, where it is called by itself? */
  readonly leads: boolean
}

export class Performing {
  readonly #registry: Registry
  readonly #calls: Calls
  readonly #pages: Pages
  readonly #reviving: Reviving
  readonly #toFault: (error: unknown) => Fault
  readonly #observer: Observer | undefined

  constructor(parts: PerformingParts) {
    this.#registry = parts.registry
    this.#calls = parts.calls
    this.#pages = parts.pages
    this.#reviving = parts.reviving
    this.#toFault = parts.toFault
    this.#observer = parts.observer
  }

  /** Calls a function, or a method of an object. */
  perform(operation: Operation, object: object | undefined, given: Given): Coming {
    // A stream is a message of its own.
    if (operation.stream) return unresolved
    return this.#observed({ operation, object, given, leads: operation.marks.redirect === true })
  }

  construct(operation: Operation, given: Given): Coming {
    return this.#observed({ operation, object: undefined, given, leads: true })
  }

  /** Tells who observes how a call ended: each once, what its arguments were refused for included. */
  #observed(call: Call): Coming {
    const step = this.#observer?.step()
    if (step === undefined) return this.#permitted(call)
    const { label } = call.operation
    const ended = (outcome: Outcome) => {
      const isNothing = outcome.kind === 'value' && (outcome.value ?? undefined) === undefined
      if (outcome.kind === 'value' || outcome.kind === 'moved') step.ended(label, isNothing ? 204 : 200)
      return outcome
    }
    const failed = (error: unknown): never => {
      const fault = this.#toFault(error)
      step.ended(label, fault.status)
      throw fault
    }
    try {
      const outcome = step.run(() => this.#permitted(call))
      return outcome instanceof Promise ? outcome.then(ended, failed) : ended(outcome)
    } catch (error) {
      return failed(error)
    }
  }

  /** Looks up the arguments of a call that may be made, and makes it. */
  #permitted(call: Call): Coming {
    const { operation, object, given } = call
    let named: Arguments = {}
    const begin = (permission: Permission | undefined) => {
      const revived = this.#reviving.args(operation, given)
      return revived instanceof Promise
        ? revived.then(revived => callWith(revived, permission))
        : callWith(revived, permission)
    }
    const callWith = (revived: NamedArguments, permission: Permission | undefined) => {
      named = revived.named
      return expiring(this.#called(call, revived, permission), revived.expires)
    }
    const ask = async (permission: Permission) => {
      try {
        return await begin(permission)
      } catch (error) {
        throw await this.#calls.instead(permission, error, incomplete(operation, named))
      }
    }
    const permission = this.#calls.permit(operation, object)
    if (permission instanceof Promise) return permission.then(ask)
    return permission === undefined || permission.given ? begin(permission) : ask(permission)
  }

  #called(call: Call, named: NamedArguments, permission: Permission | undefined): Coming {
    const { operation, object } = call
    const bound = this.#calls.bind(operation, named)
    const given = (value: unknown) => this.#givenBy(call, value)
    if (bound instanceof Promise)
      return bound.then(async args =>
        given((await this.#calls.call(operation, object, args, permission)).value),
      )
    const result = this.#calls.call(operation, object, bound, permission)
    return result instanceof Promise ? result.then(({ value }) => given(value)) : given(result.value)
  }

  /** What a function gave. That it is a stream comes out too late, unless it can be called again. */
  #givenBy({ operation, leads }: Call, value: unknown): Coming {
    const iterator = this.#calls.isObject(value)
      ? undefined
      : iteratorOf(value instanceof Created ? value.value : value)
    if (iterator === undefined) return leads ? this.#given(value) : this.#shown(value)
    const leaving = () => iterator.return?.()
    attempt(leaving, () => undefined)
    if (operation.marks.safe) return unresolved
    throw streamInside(operation.label)
  }

  /**
   * What a call gave that was allowed: shown as it would be by itself, also where nothing else may be done with it. Where
   * that would be a redirect, the object would be asked for, and refused.
   */
  #shown(value: unknown): Coming {
    const given = this.#given(value)
    if (!(given instanceof Promise)) return given
    return given.catch(error => {
      const result = value instanceof Created ? value.value : value
      return { kind: 'value', value: result, closed: this.#toFault(error) }
    })
  }

  /** A value that was read and not called: an item of a list, or a property. */
  read(value: unknown): Coming {
    if (this.#calls.isObject(value)) return this.object(value as object)
    // Of whatever make: what is drawn is waited for as well.
    return isPromise(value) && kindOf(value) === 'other'
      ? Promise.resolve(value).then(result => this.#given(result))
      : this.#given(value)
  }

  /** What a call gave, as later steps see it. */
  #given(value: unknown): Coming {
    const result = value instanceof Created ? value.value : value
    this.#pages.promises.meet(result)
    return this.#calls.isObject(result) ? this.object(result as object) : outcomeOf(result)
  }

  /** An instance that was reached. Rejects with the Fault of a refusal. */
  object(object: object): Coming {
    const mapper = this.#registry.mapperOf(object) as ClassMapper
    if (this.#pages.elsewhere(mapper, object) !== undefined) return { kind: 'moved', value: object }
    if (this.#calls.open) return outcomeOf(object)
    return this.#calls.reach(object).then(() => outcomeOf(object))
  }
}
