// Methods as functions that can be called, kept, and returned to a client again.

import type { Callable, Operation } from './members.js'
import { Reference } from './reference.js'

export class BoundMethods {
  readonly #references = new WeakMap<object, Reference>()

  bind(instance: object, name: string, operation: Operation): Callable {
    const bound: Callable = (...parameters) => operation.call.apply(instance, parameters)
    this.#references.set(bound, new Reference(instance, name))
    return bound
  }

  /** The reference of a function that `bind` has made. */
  referenceOf(value: object): Reference | undefined {
    return this.#references.get(value)
  }
}
