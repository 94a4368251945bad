// Which value of the format an object is: the one classification that the three encoders share.

import { isPlain } from '../plain.js'
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
  if (Array.isArray(value)) return 'list'
  return foreignKind(value)
}

/** By their names, and what only an object with the inside of one can give: a name is soon said. */
const foreignKinds: Readonly<Record<string, readonly [kind: Kind, look: (value: object) => unknown]>> = {
  '[object Map]': ['map', value => Map.prototype.has.call(value, undefined)],
  '[object Set]': ['set', value => Set.prototype.has.call(value, undefined)],
  '[object Date]': ['date', value => Date.prototype.getTime.call(value)],
  '[object Uint8Array]': ['bytes', value => Uint8Array.prototype.at.call(value, 0)],
}

/** Of a subclass, or of another realm (`node:vm`, Jest, a frame), where classes are not the ones that are known here. */
function foreignKind(value: object): Kind {
  const tag = Object.prototype.toString.call(value)
  if (tag === '[object Object]') return isPlain(Object.getPrototypeOf(value)) ? 'dict' : 'other'
  const [kind, look] = foreignKinds[tag] ?? []
  if (kind === undefined || look === undefined) return 'other'
  try {
    look(value)
    return kind
  } catch {
    return 'other'
  }
}

/** Does it hold other values, so that it counts for the depth? */
export const isNested = (kind: Kind): boolean => kind !== 'bytes' && kind !== 'date' && kind !== 'duration'
