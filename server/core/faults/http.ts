// The Faults that more than one place refuses a request with, and the methods that a path takes.

import { Fault } from '../../../lib/values/fault.js'

/** The Fault for a path that leads nowhere. */
export const notFound = (problem = 'nothing is here'): Fault => new Fault(problem, { code: 'not_found' })

/** The Fault for a call that its caller may not make. */
export const forbidden = (label: string): Fault => new Fault(`not allowed: ${label}`, { code: 'forbidden' })

/** The Fault for a request whose sender has not said who it is, or not truly. */
export const unauthenticated = (problem: string): Fault => new Fault(problem, { code: 'unauthenticated' })

/** The Fault for a request that is not written as one has to be. */
export const malformed = (problem: string, cause?: unknown): Fault =>
  new Fault(problem, { code: 'malformed', cause })

/** The Fault for a body that is not written in a way that is read here. */
export const mediaType = (problem: string): Fault => new Fault(problem, { code: 'media_type' })

/** The Fault for what there is no room to do now. */
export const overloaded = (problem: string, cause?: unknown): Fault =>
  new Fault(problem, { code: 'overloaded', cause })

/** What only reads. */
export const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** 405, with the methods that would do. */
export class MethodFault extends Fault {
  readonly allow: string

  constructor(method: string, allow: readonly string[]) {
    super(`${method} is not possible here, only ${allow.join(', ')}`, {
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
