// The table from extension names to what they arrive as, shared by the codecs.

import { DecodeError } from '../errors.js'
import { decoderOf } from './extend.js'
import { Fault, type Node } from './fault.js'
import { type Attributes, Extension, Form, Input, Link, type NodeUrls, Page } from './nodes.js'

type Make = (attributes: Attributes, content: unknown, urls: NodeUrls) => Node

const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['link', (attributes, content, urls) => new Link(attributes, content, urls)],
  ['form', (attributes, content, urls) => new Form(attributes, content, urls)],
  ['input', (attributes, content, urls) => new Input(attributes, content, urls)],
  ['resource', (attributes, content, urls) => new Page(attributes, content, urls)],
  ['error', (attributes, content, urls) => Fault.from(attributes, content, urls)],
])

/** Is it one of the extensions that the protocol names? */
export const isKnown = (name: string): boolean => makers.has(name)

/**
 * The value for an extension from the wire: a node, or an instance of a class given to `extend`.
 * `offset` is where it stood, for the error of a conversion that fails.
 */
export function revive(
  name: string,
  attributes: Attributes,
  content: unknown,
  base: string | undefined,
  offset: number,
): unknown {
  const make = makers.get(name)
  if (make !== undefined) return make(attributes, content, { base })
  const decode = decoderOf(name)
  if (decode === undefined) return new Extension(name, attributes, content, { base })
  try {
    return decode(content)
  } catch (cause) {
    throw new DecodeError(`extension "${name}" refused its content (${String(cause)})`, offset, { cause })
  }
}
