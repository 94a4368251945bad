// The calls of a pipeline, and what they give, as later steps see it.

import { attempt, isPromise } from '../../../lib/promises.js'
import type { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { iteratorOf } from '../../../lib/values/stream.js'
import type { Permission } from '../../core/access/permission.js'
import { type Arguments, incomplete, type NamedArguments } from '../../core/calling/arguments.js'
import type { Calls } from '../../core/calling/calls.js'
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
  /** Its arguments, once they are looked up: for who is asked about a call that cannot be made. */
  named: Arguments
}

export class Performing {
  readonly #registry: Registry
  readonly #calls: Calls
  readonly #pages: Pages
  readonly #reviving: Reviving
  readonly #toFault: (error: unknown) => Fault
  readonly #observer: Observer | undefined

  constructor(parts: PerformingParts, reviving: Reviving) {
    this.#registry = parts.registry
    this.#calls = parts.calls
    this.#pages = parts.pages
    this.#reviving = reviving
    this.#toFault = parts.toFault
    this.#observer = parts.observer
  }

  /** Calls a function, or a method of an object. */
  perform(operation: Operation, object: object | undefined, given: Given): Coming {
    // A stream is a message of its own.
    if (operation.stream) return unresolved
    return this.#observed({ operation, object, given, leads: operation.marks.redirect === true, named: {} })
  }

  construct(operation: Operation, given: Given): Coming {
    return this.#observed({ operation, object: undefined, given, leads: true, named: {} })
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

  #permitted(call: Call): Coming {
    const permission = this.#calls.permit(call.operation, call.object)
    if (permission instanceof Promise) return permission.then(permission => this.#asked(call, permission))
    return permission === undefined || permission.given
      ? this.#begin(call, permission)
      : this.#asked(call, permission)
  }

  /** A call that may still be refused for its arguments: what is wrong with these is for those alone who are not refused. */
  async #asked(call: Call, permission: Permission): Promise<Outcome> {
    try {
      return await this.#begin(call, permission)
    } catch (error) {
      throw await this.#calls.instead(permission, error, incomplete(call.operation, call.named))
    }
  }

  /** Looks up the arguments, and calls. */
  #begin(call: Call, permission: Permission | undefined): Coming {
    const named = this.#reviving.args(call.operation, call.given)
    return named instanceof Promise
      ? named.then(named => this.#called(call, named, permission))
      : this.#called(call, named, permission)
  }

  #called(call: Call, given: NamedArguments, permission: Permission | undefined): Coming {
    call.named = given.named
    const bound = this.#calls.bind(call.operation, given)
    const outcome =
      bound instanceof Promise
        ? bound.then(args => this.#call(call, args, permission))
        : this.#call(call, bound, permission)
    return expiring(outcome, given.expires)
  }

  #call(call: Call, args: readonly unknown[], permission: Permission | undefined): Coming {
    const result = this.#calls.call(call.operation, call.object, args, permission)
    return result instanceof Promise
      ? result.then(({ value }) => this.#givenBy(call, value))
      : this.#givenBy(call, result.value)
  }

  /** The outcome of a call that was made. A stream shows too late, unless the function can be called again. */
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
   * The result of a call that was allowed: shown as it would be by itself, also where nothing else may be done with it. Where
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

  /** A result as later steps see it. */
  #given(value: unknown): Coming {
    const result = value instanceof Created ? value.value : value
    this.#pages.promises.meet(result)
    return this.#calls.isObject(result) ? this.object(result as object) : outcomeOf(result)
  }

  /** An instance that was reached. Rejects with the Fault of a refusal. */
  object(object: object): Coming {
    const mapper = this.#registry.mapperOf(object) as ClassMapper
    if (this.#pages.movedTo(mapper, object) !== undefined) return { kind: 'moved', value: object }
    if (this.#calls.open) return outcomeOf(object)
    return this.#calls.admit(object).then(() => outcomeOf(object))
  }
}
