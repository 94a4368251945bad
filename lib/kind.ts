// Which value of the format an object is: the one classification that the three encoders share.

import { Blob } from './blob.js'
import { Duration } from './duration.js'
import { isExtended } from './extend.js'
import { Fault } from './fault.js'
import { Extension } from './nodes.js'
import { Drawing } from './template.js'

export type Kind =
  | 'dict'
  | 'list'
  | 'bytes'
  | 'set'
  | 'map'
  | 'date'
  | 'duration'
  | 'node'
  | 'drawing'
  | 'blob'
  | 'other'

/** By prototype, since a dict may have a key called `constructor`. */
const kinds = new Map<unknown, Kind>([
  [Object.prototype, 'dict'],
  [null, 'dict'],
  [Array.prototype, 'list'],
  [Uint8Array.prototype, 'bytes'],
  [Set.prototype, 'set'],
  [Map.prototype, 'map'],
  [Date.prototype, 'date'],
  [Duration.prototype, 'duration'],
  [Drawing.prototype, 'drawing'],
  [Blob.prototype, 'blob'],
])

export function kindOf(value: object): Kind {
  return kinds.get(Object.getPrototypeOf(value)) ?? kindOfSubclass(value)
}

function kindOfSubclass(value: object): Kind {
  if (isExtended(value)) return 'other'
  if (value instanceof Extension || value instanceof Fault) return 'node'
  if (value instanceof Date) return 'date'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Blob || value instanceof globalThis.Blob) return 'blob'
  return 'other'
}

/** Does it hold other values, so that it counts for the depth? */
export const isNested = (kind: Kind): boolean => kind !== 'bytes' && kind !== 'date' && kind !== 'duration'
