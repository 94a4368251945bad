// The base of the references inside a node (spec/protocol.md, "URLs"), shared by the decoders.

import { DecodeError } from '../errors.js'
import { type Attributes, asText, resolveUrl } from './nodes.js'

/**
 * The base of a node's content: its own `url` against the enclosing base, or that base where it has none.
 * Throws DecodeError, with the node's offset, for a URL that cannot be resolved.
 */
export function resolveInner({ url }: Attributes, base: string, offset: number): string | undefined {
  const reference = asText(url)
  try {
    return resolveUrl(reference, base)
  } catch (cause) {
    throw new DecodeError(`not a URL: ${JSON.stringify(reference)}`, offset, { cause })
  }
}
