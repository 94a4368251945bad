// The contents of a value that a call gave, as its drawing will find them.

import { isObject } from '../../../lib/plain.js'
import { Blob } from '../../../lib/values/blob.js'
import { contentsOf } from '../../../lib/values/contents.js'
import { visibleKeys } from '../registration/members.js'
import { Created } from '../registration/reference.js'

/** Is it an object of a registered class? */
type IsRegistered = (value: object) => boolean

/** Visits a value and all that it holds, each object once. */
export function drawnContents(
  value: object,
  isRegistered: IsRegistered,
  visit: (item: object) => void,
): void {
  contentsOf(value, visit, item => {
    if (isRegistered(item)) return shown(item)
    return item instanceof Created ? [item.value] : undefined
  })
}

/** Is there a blob in it that can be read only once? */
export function holdsStream(value: unknown, isRegistered: IsRegistered): boolean {
  let found = false
  const visit = (item: object) => {
    found ||= item instanceof Blob && item.isOnce
  }
  if (isObject(value)) drawnContents(value, isRegistered, visit)
  return found
}

/** The properties that the page of an instance shows, getters left out: they are asked when it is drawn. */
const shown = (instance: object): unknown[] =>
  visibleKeys(instance).map(key => Object.getOwnPropertyDescriptor(instance, key)?.value)
