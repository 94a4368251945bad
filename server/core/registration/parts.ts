// The parts of a value on the wire, one level deep: in collections, nodes and Faults, in what was created, and
// in types that are extended. Objects of registered classes, references and functions have URLs of their own, and none.

import { toExtension } from '../../../lib/values/extend.js'
import type { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { Extension } from '../../../lib/values/nodes.js'
import { Created, Reference } from './reference.js'

const nothing: readonly unknown[] = []

/** `value` is no object of a registered class. */
export function partsOf(value: object): readonly unknown[] {
  switch (kindOf(value)) {
    case 'map':
      return [...(value as Map<unknown, unknown>)].flat()
    case 'set':
      return [...(value as Set<unknown>)]
    case 'list':
    case 'dict':
      return Object.values(value)
    case 'node': {
      const { attributes, content } =
        value instanceof Extension ? { attributes: value.given, content: value.content } : (value as Fault)
      return [...Object.values(attributes), content]
    }
    case 'other':
      if (value instanceof Created) return [value.value]
      return value instanceof Reference ? nothing : [toExtension(value)?.content]
    default:
      return nothing
  }
}
