// The contents of collections, item by item: a list of them would be made in one turn of the event loop, however long.

import { kindOf } from '../../../lib/values/kind.js'

/** Undefined for what is no collection, or has no items, or no more than so many. The keys of a dict are listed once. */
export function heldBy(value: object, moreThan = 0): Iterator<unknown> | undefined {
  switch (kindOf(value)) {
    case 'list': {
      const list = value as readonly unknown[]
      return list.length > moreThan ? list.values() : undefined
    }
    case 'set': {
      const set = value as ReadonlySet<unknown>
      return set.size > moreThan ? set.values() : undefined
    }
    case 'map': {
      const map = value as ReadonlyMap<unknown, unknown>
      return map.size > moreThan ? keysAndValues(map) : undefined
    }
    case 'dict': {
      const keys = Object.keys(value)
      return keys.length > moreThan ? valuesOf(value as Record<string, unknown>, keys) : undefined
    }
    default:
      return undefined
  }
}

function* keysAndValues(map: ReadonlyMap<unknown, unknown>): Generator<unknown> {
  for (const [key, value] of map) {
    yield key
    yield value
  }
}

function* valuesOf(dict: Record<string, unknown>, keys: readonly string[]): Generator<unknown> {
  for (const key of keys) yield dict[key]
}

/** Items that are looked at before others may have their turn. */
const lookedAtOnce = 1024

/**
 * Gives each object in a value to `look`, in the order in which they stand there, and goes into the collections for which
 * that says true. Yields now and then (lib/long.ts); returns how many values there were.
 */
export function* walk(value: unknown, look: (object: object) => boolean): Generator<undefined, number> {
  const around: Iterator<unknown>[] = []
  let items: Iterator<unknown> | undefined = [value].values()
  let count = 0
  for (let steps = 1; items !== undefined; steps++) {
    if (steps % lookedAtOnce === 0) yield
    const { value: item, done } = items.next()
    if (done) {
      items = around.pop()
      continue
    }
    count++
    if (typeof item !== 'object' || item === null || !look(item)) continue
    const inner = heldBy(item)
    if (inner === undefined) continue
    around.push(items)
    items = inner
  }
  return count
}
