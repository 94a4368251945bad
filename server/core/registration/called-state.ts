// Objects that a caller constructs: arguments that no URL can hold as state are the caller's mistake, and not an
// accident of the application's, which an object of its own making would be (state.ts).

import { EncodeError } from '../../../lib/errors.js'
import { Fault } from '../../../lib/values/fault.js'
import { construct } from './instances.js'
import type { ClassMapper } from './mappers.js'
import { stateLimit } from './state.js'

/** Characters of text in arguments that fit in any case: four characters of a URL for each, and names. */
const shortText = 300

/** Constructs with arguments that came from outside. Throws a Fault for those that cannot be state. */
export function constructFrom(mapper: ClassMapper, args: readonly unknown[]): object {
  const instance = construct(mapper, args)
  if (areShort(args)) return instance
  try {
    mapper.state.seal(instance)
  } catch (cause) {
    if (!(cause instanceof EncodeError)) throw cause
    const problem = `${mapper.name}: arguments that no URL can carry, which takes ${stateLimit} characters of data`
    throw new Fault(problem, { code: 'state', cause })
  }
  return instance
}

/** Most are, and need no second look. */
function areShort(args: readonly unknown[]): boolean {
  let length = 0
  for (const value of args) {
    if (typeof value === 'string') length += value.length
    else if (typeof value === 'bigint' || typeof value === 'function') return false
    else if (typeof value === 'object' && value !== null) return false
  }
  return length <= shortText
}
