// Resource: an optional base class. It adds `this.context`, and nothing that shows on a page.

import type { Context } from './context.js'

const contexts = new WeakMap<object, Context>()
let constructing: Context | undefined

/** Objects whose state is in their URL: the constructor's parameters. A class need not extend it. */
export class Resource {
  constructor() {
    if (constructing !== undefined) contexts.set(this, constructing)
  }

  /** The context of the request that reached this object. Throws Error outside a request. */
  get context(): Context {
    const context = contexts.get(this)
    if (context === undefined)
      throw new Error(`${this.constructor.name}: there is no context outside a request`)
    return context
  }
}

/** Constructs with a context, so that constructors have it too. */
export function constructIn<T>(context: Context, construct: () => T): T {
  const outer = constructing
  constructing = context
  try {
    return construct()
  } finally {
    constructing = outer
  }
}

/** Gives a context to an object that the application made, once. */
export function adopt(instance: object, context: Context): void {
  if (instance instanceof Resource && !contexts.has(instance)) contexts.set(instance, context)
}
