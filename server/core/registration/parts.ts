// The parts of a value that is on an answer, one level deep: those of lib/values/parts.ts, and besides the content of what
// was created, and of extended types. Objects of registered classes, references and functions have URLs of their own, and
// no parts.

import { toExtension } from '../../../lib/values/extend.js'
import { kindOf } from '../../../lib/values/kind.js'
import { partsOf } from '../../../lib/values/parts.js'
import { Created, Reference } from './reference.js'

const nothing: readonly unknown[] = []

/** `value` is no object of a registered class. */
export function reachableParts(value: object): readonly unknown[] {
  if (kindOf(value) !== 'other') return partsOf(value)
  if (value instanceof Created) return [value.value]
  return value instanceof Reference ? nothing : [toExtension(value)?.content]
}
