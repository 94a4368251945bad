// What stands inside of a value that is to be sent: looked through once, whatever holds what, without asking getters.

import { readable } from './dict.js'
import type { Fault } from './fault.js'
import { kindOf } from './kind.js'
import type { Extension } from './nodes.js'

/**
 * Visits a value and all that it holds, each object once. `within`: what stands inside of an object that its receiver
 * will see in a way of its own; undefined for all others.
 */
export function contentsOf(
  value: object,
  visit: (item: object) => void,
  within?: (item: object) => Iterable<unknown> | undefined,
): void {
  const seen = new Set<object>()
  const left = [value]
  for (let item = left.pop(); item !== undefined; item = left.pop()) {
    if (seen.has(item)) continue
    seen.add(item)
    visit(item)
    const own = within?.(item)
    if (own === undefined) addParts(item, left)
    else for (const part of own) if (isObject(part)) left.push(part)
  }
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** What stands inside of a value on the wire. */
function addParts(value: object, to: object[]): void {
  switch (kindOf(value)) {
    case 'list':
    case 'set':
      for (const item of value as Iterable<unknown>) if (isObject(item)) to.push(item)
      return
    case 'map':
      for (const entry of value as Map<unknown, unknown>) to.push(entry)
      return
    case 'node':
      addValues(
        { ...(value as Extension | Fault).attributes, content: (value as Extension | Fault).content },
        to,
      )
      return
    case 'dict':
      addValues(value as Record<string, unknown>, to)
  }
}

function addValues(dict: Readonly<Record<string, unknown>>, to: object[]): void {
  for (const key of Object.keys(dict)) {
    const value = readable(dict, key)
    if (isObject(value)) to.push(value)
  }
}
