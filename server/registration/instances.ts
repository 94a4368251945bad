// Instances of registered classes: how they are made, and which server they live on.

import type { ClassMapper } from './mappers.js'

/** The URL of the server that an instance is placed on, ending in a slash. */
export function baseOf(mapper: ClassMapper, instance: object): string | undefined {
  const base = mapper.locate?.(instance)
  return base === undefined || base === '' || base.endsWith('/') ? base || undefined : `${base}/`
}

/** Calls a constructor with its parameters in order. */
export function construct(mapper: ClassMapper, parameters: readonly unknown[]): object {
  return Reflect.construct(mapper.type, parameters) as object
}
