// The codecs, as `hyperglyph/codecs`: three formats for the same values, told apart by media type.

import { cbor } from './cbor/index.js'
import { json, plainJson } from './json/index.js'
import type { Codec } from './message/codec.js'
import { text } from './text/index.js'

export type { Codec, DecodeOptions, EncodeOptions } from './message/codec.js'
export type { BlobSink, BlobSource } from './values/blob-sink.js'
export { cbor, json, text }

/** Every codec by its media type; `application/json` is the JSON codec under the name that tools know. */
export const codecs: ReadonlyMap<string, Codec> = new Map(
  [cbor, text, json, plainJson].map(codec => [codec.type, codec]),
)
