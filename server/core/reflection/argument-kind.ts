// The kinds of arguments that forms have controls for, and the kind that a default tells.

import { kindOf } from '../../../lib/values/kind.js'

/** `any`: nothing is known; it is taken as text, which a schema may refuse. */
export type Takes =
  | 'any'
  | 'text'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'date'
  | 'duration'
  | 'bytes'
  | 'blob'
  | 'list'
  | 'set'
  | 'map'
  | 'object'
  | 'json'

/** By a default. */
export function takesOf(value: unknown): Takes {
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
    case 'bigint':
    case 'boolean':
      return typeof value as Takes
    case 'object':
      if (value === null) return 'any'
      return Array.isArray(value) ? 'list' : kindOf(value) === 'date' ? 'date' : 'json'
    default:
      return 'any'
  }
}
