// A template as it is first read: a page with holes. Templates that were read before are in template.ts.

import { DecodeError } from '../errors.js'
import type { CborReader } from './reader.js'
import { holeByte, tag } from './tags.js'
import { type ParsedTemplate, parsedTemplate, type Slot, slotOf } from './template.js'

const problem = 'a template must be of a page'

/** A decoder of a template's bytes. */
interface TemplateDecoder extends CborReader {
  value(base: string | undefined, depth: number): unknown
}

/** Reads all bytes of the decoder. */
export function readTemplate(decoder: TemplateDecoder): ParsedTemplate {
  const { bytes, position: start, end } = decoder
  const isPage =
    bytes[start]! >> 5 === 6 &&
    decoder.count(decoder.next()) === tag.extension &&
    decoder.array(0, problem, start) === 3 &&
    decoder.value(undefined, 1) === 'resource'
  if (!isPage) decoder.fail(problem, start)
  const attributes = slotsOf(decoder, start)
  const content = slotsOf(decoder, start)
  decoder.finish()
  return parsedTemplate(bytes.slice(start, end), attributes, content)
}

/** The entries of the map that comes next, in their order, which is that of the values to come. */
function slotsOf(decoder: TemplateDecoder, start: number): Slot[] {
  const size = decoder.map(1, problem, start)
  const slots = new Map<string, Slot>()
  for (let index = 0; index < size; index++) {
    const offset = decoder.position
    const head = decoder.next()
    if (head >> 5 !== 3) decoder.fail('a key of a template must be text', offset)
    const key = decoder.key(head, offset)
    if (slots.has(key)) decoder.fail(`duplicate key ${JSON.stringify(key)}`, offset)
    const { position } = decoder
    if (decoder.bytes[position] !== holeByte)
      slots.set(key, slotOf(key, decoder.value(undefined, 2), position))
    else {
      decoder.position++
      slots.set(key, { key, kind: 'hole' })
    }
  }
  return [...slots.values()]
}

/** A template is kept: a blob in it would belong to the message that brought it. */
export const noBlobs = {
  add(_id: number, _attributes: unknown, offset: number): never {
    throw new DecodeError('a template must not hold a blob', offset)
  },
}
