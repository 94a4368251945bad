// The options of marks: the names of arguments, or their schemas, and how long results may be kept.

import { boolean, either, type Kind, listOf, name, object, whole } from '../../../lib/options.js'
import type { ClassGiven } from '../schemas/instance-schema.js'
import type { StandardSchemaV1 } from '../schemas/standard-schema.js'

/** A schema by argument name, or the class whose objects it takes; `() => User` inside of that class itself. */
export type Declarations = Readonly<Record<string, StandardSchemaV1 | ClassGiven>>

/** Options that every mark takes. */
export interface MarkOptions {
  /** Argument names, in order, or by argument name schemas (any Standard Schema validator) or classes. */
  readonly args?: readonly string[] | Declarations
}

export interface SafeOptions extends MarkOptions {
  /** Seconds that a cache may keep the result. Default: kept, but asked about each time. */
  readonly maxAge?: number
  /** May shared caches keep it? Default false. */
  readonly public?: boolean
}

export const markKinds = { args: either(listOf(name), object) } satisfies Record<keyof MarkOptions, Kind>
export const safeKinds = { ...markKinds, maxAge: whole(0), public: boolean } satisfies Record<
  keyof SafeOptions,
  Kind
>
