// Instances of registered classes: how they are made, and which server they live on.

import { dropped, refused, someParts } from '../../../lib/promises.js'
import type { ClassMapper } from './mappers.js'

/** The URL of the server that an instance is placed on, ending in a slash. Throws TypeError for a promise of one. */
export function baseOf(mapper: ClassMapper, instance: object): string | undefined {
  const base: unknown = mapper.locate?.(instance)
  if (base !== undefined && typeof base !== 'string') {
    refused(base)
    throw new TypeError(`locate of ${mapper.name} must give a URL, at once, not ${String(base)}`)
  }
  return base === undefined || base === '' || base.endsWith('/') ? base || undefined : `${base}/`
}

/** Calls a constructor with its parameters in order. */
export function construct(mapper: ClassMapper, parameters: readonly unknown[]): object {
  const instance = Reflect.construct(mapper.type, parameters) as object
  // Whatever its constructor has begun: it may be called before it is drawn, or never drawn.
  dropped(instance, someParts)
  return instance
}
