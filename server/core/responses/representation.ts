// Representations: the codecs, and whatever else writes answers. HTML is one, with a few wishes about its answers.

import { codecs } from '../../../lib/codecs.js'
import type { Codec } from '../../../lib/message/codec.js'
import type { Blob } from '../../../lib/values/blob.js'
import type { FunctionMapper, Target } from '../registration/mappers.js'

/**
 * How answers are written for clients that accept its media type.
 *
 * Implemented by codecs and by plugins (`use`, `representations`); the handler negotiates among all of them by `Accept`,
 * codecs first, then HTML, then those of plugins in the order of `use`. Of a representation that is not there, nothing
 * is asked. One that only writes throws in `decode` and `decodeStream`: bodies of requests are read by codecs alone.
 */
export interface Representation extends Codec {
  /** Headers of every answer in it, `Content-Type` among them. */
  readonly headers?: Readonly<Record<string, string>>
  /** Is nil shown like any other value? Else its answer is 204, without a body. */
  readonly showsNil?: boolean
  /** Does it answer requests for a part of a page, whose query begins with the field `.=`? */
  readonly parts?: boolean
  /** In the place of a redirect from a form to another server, where there has to be one: a page that leads there. */
  readonly leaving?: (location: string) => Uint8Array | undefined
  /** Asked once a message was encoded: the blob that is sent in its place, where that was asked for. May throw a Fault. */
  readonly instead?: () => Blob | undefined
  /** Of one that depends on what was asked: called for each request that it answers, before anything else is done. */
  readonly begin?: (asked: RequestedPage) => Rendering
}

/** Where a request was sent, and how. */
export interface RequestedPage {
  readonly path: string
  readonly mount: string
  readonly method: string
  readonly query: string
  /** The part of the result that is asked for in place of the page. */
  readonly part: string | undefined
  /** The name of the root page. */
  readonly root: string
  /** Where people log in, if the application has said it. */
  readonly login?: () => Login | undefined
}

/** A function of the router, or a page of the application's own. */
export type Login =
  | { readonly kind: 'function'; readonly name: string; readonly mapper: FunctionMapper }
  | { readonly kind: 'page'; readonly url: string }

/** The representation of one answer, which is told what becomes known of its request. */
export interface Rendering {
  readonly representation: Representation
  /** The target of the request is known, and its sender may see it. */
  at(target: Target): void
  /** Nothing of it may be shown after all. */
  forget(): void
  /** The fields of a form came, as a person has typed them. */
  typed(fields: ReadonlyMap<string, string>): void
}

/** All codecs, the one of that type first. Throws TypeError for a type that none has. */
export function codecsFrom(type = 'application/json'): [Codec, ...Codec[]] {
  const preferred = codecs.get(type)
  if (preferred === undefined)
    throw new TypeError(`defaultType must be one of ${[...codecs.keys()].join(', ')}, not ${type}`)
  return [preferred, ...codecs.values()]
}
