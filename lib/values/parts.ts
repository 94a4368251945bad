// The parts of a value, one level deep, as a list: the one place that makes one for each kind. An application's own types
// have none here: their conversion would have to be asked.

import { setOwn } from './dict.js'
import type { Fault } from './fault.js'
import { kindOf } from './kind.js'
import { Extension } from './nodes.js'

/** The values of a dict in their order: `Object.values`, or `readableValues` where a getter may throw. */
type ValuesOf = (dict: object) => readonly unknown[]

/** The items of a collection; of a map, each key and its value in turn. None of other kinds. */
export function itemsOf(value: object, valuesOf: ValuesOf = Object.values): readonly unknown[] {
  switch (kindOf(value)) {
    case 'list':
      return value as readonly unknown[]
    case 'set':
      return [...(value as Set<unknown>)]
    case 'map':
      return flat(value as Map<unknown, unknown>)
    case 'dict':
      return valuesOf(value)
    default:
      return []
  }
}

/** The items of a collection; of a node or a Fault, the attributes and the content. */
export function partsOf(value: object, valuesOf: ValuesOf = Object.values): readonly unknown[] {
  switch (kindOf(value)) {
    case 'node': {
      // As they were given: to resolve the URL may fail, and gives a text.
      const attributes = value instanceof Extension ? value.given : (value as Fault).attributes
      return [...valuesOf(attributes), (value as Extension | Fault).content]
    }
    // The kinds of most values, which are not looked at a second time.
    case 'dict':
      return valuesOf(value)
    case 'list':
      return value as readonly unknown[]
    default:
      return itemsOf(value)
  }
}

function flat(map: Map<unknown, unknown>): unknown[] {
  const items: unknown[] = []
  for (const [key, item] of map) items.push(key, item)
  return items
}

/** A copy of a collection with other items, in the order of `itemsOf`; values of other kinds as they are. */
export function withItems(value: object, items: readonly unknown[]): object {
  switch (kindOf(value)) {
    case 'list':
      return [...items]
    case 'set':
      return new Set(items)
    case 'map': {
      const map = new Map<unknown, unknown>()
      for (let index = 0; index < items.length; index += 2) map.set(items[index], items[index + 1])
      return map
    }
    case 'dict': {
      const dict = {}
      for (const [index, key] of Object.keys(value).entries()) setOwn(dict, key, items[index])
      return dict
    }
    default:
      return value
  }
}
