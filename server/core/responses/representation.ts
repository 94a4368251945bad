// Representations: the codecs, and HTML, which is one more of them with a few wishes about its answers.

import { codecs } from '../../../lib/codecs.js'
import type { Codec } from '../../../lib/message/codec.js'
import type { Blob } from '../../../lib/values/blob.js'

export interface Representation extends Codec {
  /** Headers of every answer in it, `Content-Type` among them. */
  readonly headers?: Readonly<Record<string, string>>
  /** Is nil shown like any other value? Else its answer is 204, without a body. */
  readonly showsNil?: boolean
  /** In the place of a redirect from a form to another server, where there has to be one: a page that leads there. */
  readonly leaving?: (location: string) => Uint8Array | undefined
  /** Asked once a message was encoded: the blob that is sent in its place, where that was asked for. May throw a Fault. */
  readonly instead?: () => Blob | undefined
}

/** All codecs, the one of that type first. Throws TypeError for a type that none has. */
export function codecsFrom(type = 'application/json'): Codec[] {
  const preferred = codecs.get(type)
  if (preferred === undefined)
    throw new TypeError(`defaultType must be one of ${[...codecs.keys()].join(', ')}, not ${type}`)
  return [preferred, ...codecs.values()]
}
