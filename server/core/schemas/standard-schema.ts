// Schemas of arguments: validators of whatever library, by the interface that they share. Types only.

import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec'

export type { StandardSchemaV1 } from '@standard-schema/spec'

/** A validator that can say in JSON Schema what it takes. */
export type JsonSchemaSource = StandardJSONSchemaV1
export type Schemas = Readonly<Record<string, StandardSchemaV1>>
