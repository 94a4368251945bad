// What stands inside of a value that a call gave, as its drawing will find it: looked through once, whatever holds what,
// without asking the getters of objects.

import { Blob } from '../../../lib/values/blob.js'
import { readable } from '../../../lib/values/dict.js'
import type { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import type { Extension } from '../../../lib/values/nodes.js'
import { visibleKeys } from '../registration/members.js'
import { Created } from '../registration/reference.js'

/** Visits a value and all that it holds, each object once. `isRegistered`: is it an object of a registered class? */
export function contentsOf(
  value: object,
  isRegistered: (value: object) => boolean,
  visit: (item: object) => void,
): void {
  const seen = new Set<object>()
  const left = [value]
  for (let item = left.pop(); item !== undefined; item = left.pop()) {
    if (seen.has(item)) continue
    seen.add(item)
    visit(item)
    if (isRegistered(item)) addShown(item, left)
    else addParts(item, left)
  }
}

/** Is there a blob in it that can be read only once? */
export function holdsStream(value: unknown, isRegistered: (value: object) => boolean): boolean {
  let found = false
  const visit = (item: object) => {
    found ||= item instanceof Blob && item.isOnce
  }
  if (isObject(value)) contentsOf(value, isRegistered, visit)
  return found
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** The properties that the page of an instance shows, getters left out: they are asked when it is drawn. */
function addShown(instance: object, to: object[]): void {
  for (const key of visibleKeys(instance)) {
    const value: unknown = Object.getOwnPropertyDescriptor(instance, key)?.value
    if (isObject(value)) to.push(value)
  }
}

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
      return
    default:
      if (value instanceof Created && isObject(value.value)) to.push(value.value)
  }
}

function addValues(dict: Readonly<Record<string, unknown>>, to: object[]): void {
  for (const key of Object.keys(dict)) {
    const value = readable(dict, key)
    if (isObject(value)) to.push(value)
  }
}
