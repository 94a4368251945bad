// The table from extension names to what they arrive as, shared by the codecs.

import { DecodeError } from '../errors.js'
import { decoderOf } from './extend.js'
import { Fault, type Node } from './fault.js'
import { type Attributes, Extension, Form, Input, Link, Page } from './nodes.js'

type Make = (attributes: Attributes, content: unknown, base: string | undefined) => Node

const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['link', (attributes, content, base) => new Link(attributes, content, base)],
  ['form', (attributes, content, base) => new Form(attributes, content, base)],
  ['input', (attributes, content, base) => new Input(attributes, content, base)],
  ['resource', (attributes, content, base) => new Page(attributes, content, base)],
  ['error', (attributes, content, base) => Fault.from(attributes, content, base)],
])

/** Is it one of the extensions that the protocol names? */
export const isKnown = (name: string): boolean => makers.has(name)

/**
 * What an extension read from the wire arrives as: a node, or an instance of a class given to `extend`.
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
  if (make !== undefined) return make(attributes, content, base)
  const decode = decoderOf(name)
  if (decode === undefined) return new Extension(name, attributes, content, base)
  try {
    return decode(content)
  } catch (cause) {
    throw new DecodeError(`extension "${name}" refused its content (${String(cause)})`, offset, { cause })
  }
}
