// What a request is refused with for its path or its method alone.

import { Fault } from '../../../lib/values/fault.js'

/** The Fault for a path that leads nowhere. */
export const notFound = (): Fault => new Fault('nothing is here', { status: 404, code: 'not_found' })

/** What only reads. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** 405, with the methods that would do. */
export class MethodFault extends Fault {
  readonly allow: string

  constructor(method: string, allow: readonly string[]) {
    super(`${method} is not possible here, only ${allow.join(', ')}`, {
      status: 405,
      code: 'method_not_allowed',
      details: { allow: [...allow] },
    })
    this.allow = allow.join(', ')
  }
}

/** Throws MethodFault for another method. */
export function allow(method: string, methods: readonly string[]): void {
  if (!methods.includes(method)) throw new MethodFault(method, methods)
}
