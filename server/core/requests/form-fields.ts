// Fields as browsers and `curl` send them, in order: names, and text or files. What they mean as arguments is in
// form-arguments.ts.

import type { RouterLimits } from '../../../lib/limits.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import type { Blob } from '../../../lib/values/blob.js'
import type { Fault } from '../../../lib/values/fault.js'
import { overLimit } from '../faults/faults.js'
import { MethodFault } from '../faults/http.js'
import type { Marks } from '../registration/marks.js'

/** A file is bytes where that is what an argument takes. */
export type Field = readonly [name: string, value: string | Blob | Uint8Array]

/**
 * The field in which a form says its method where browsers have none of that name, as the header `Method` does for
 * other clients. It is the first of the form, and looked for only in a POST to what has another method: elsewhere it
 * is an argument like any other.
 */
export const methodField = 'Method'

export const urlencoded = 'application/x-www-form-urlencoded'
export const multipart = 'multipart/form-data'

export const tooManyFields = (most: number): Fault => overLimit(`more than ${most} fields`, 'fields', most)

export const nameTooLong = (most: number): Fault =>
  overLimit(`a field's name of more than ${most} bytes`, 'keyBytes', most)

/** Of a query, or of a body of its type. Throws a Fault for too many, and for a name that is too long. */
export function urlencodedFields(source: string, limits: RouterLimits): readonly Field[] {
  const { fields: most, keyBytes } = limits
  // Counted before they are parsed, since each costs far more than its bytes.
  let fields = 1
  for (let at = source.indexOf('&'); at >= 0; at = source.indexOf('&', at + 1)) fields++
  if (fields > most) throw tooManyFields(most)
  const read: Field[] = [...new URLSearchParams(source)]
  if (read.some(([name]) => name.length > keyBytes)) throw nameTooLong(keyBytes)
  return read
}

/** Is it what a browser sends of a form? */
export function isForm(request: Request): boolean {
  const type = mediaTypeOf(request.headers.get('content-type'))
  return request.method === 'POST' && (type === urlencoded || type === multipart)
}

/** The fields after the first, which must say the method. Throws a Fault (405) where it says another, or none. */
export function withoutMethod(fields: readonly Field[], { verb = 'POST' }: Marks): readonly Field[] {
  const [first, ...others] = fields
  if (first?.[0] !== methodField || first[1] !== verb) throw new MethodFault('POST', [verb])
  return others
}
