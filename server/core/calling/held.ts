// The contents of collections, item by item: a list of them would be made in one turn of the event loop, however long.

import { kindOf } from '../../../lib/values/kind.js'

/** Undefined for what is no collection, or is empty. */
export function heldBy(value: object): Iterator<unknown> | undefined {
  switch (kindOf(value)) {
    case 'list': {
      const list = value as readonly unknown[]
      return list.length === 0 ? undefined : list.values()
    }
    case 'set':
      return (value as Set<unknown>).values()
    case 'map':
      return keysAndValues(value as Map<unknown, unknown>)
    case 'dict': {
      const keys = Object.keys(value)
      return keys.length === 0 ? undefined : valuesOf(value as Record<string, unknown>, keys)
    }
    default:
      return undefined
  }
}

function* keysAndValues(map: Map<unknown, unknown>): Generator<unknown> {
  for (const [key, value] of map) {
    yield key
    yield value
  }
}

/** Of keys that are listed already. */
export function* valuesOf(dict: Record<string, unknown>, keys: readonly string[]): Generator<unknown> {
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
