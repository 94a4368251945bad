// Messages that are right, from fast-check: any values, streams of them, and pages drawn from templates, in each
// codec. And the vectors of spec/vectors, right or wrong, with which every run begins.

import './small.js'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Codec } from '../../lib/message/codec.js'
import { Form, Input, Link } from '../../lib/values/nodes.js'
import { Items } from '../../lib/values/stream.js'
import { Drawing, hole, Template } from '../../lib/values/template.js'
import { collect, scalars, texts, values, valuesWithBlobs } from '../values.js'
import { utf8 } from './target.js'

const dict = (item: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(texts, item), { maxLength: 3 }).map(Object.fromEntries)

const methods = fc.oneof(
  dict(scalars).map(given => new Link({ url: 'a', ...given })),
  fc
    .array(dict(scalars), { maxLength: 2 })
    .map(inputs => new Form({ values: inputs.map(one => new Input(one)) })),
)

/** A page whose every hole has a value. */
const drawings = fc
  .tuple(
    fc.uniqueArray(texts, { minLength: 1, maxLength: 6 }),
    fc.array(fc.oneof(fc.constant(hole), fc.constant(hole), methods, fc.constantFrom(1, 'x', null)), {
      minLength: 6,
      maxLength: 6,
    }),
    fc.array(values, { minLength: 6, maxLength: 6 }),
    fc.nat(6),
  )
  .map(([keys, slots, given, attributes]) => {
    const entries = keys.map((key, index) => [key, slots[index]] as const)
    const template = new Template(entries.slice(0, attributes), entries.slice(attributes))
    return new Drawing(template, given.slice(0, template.holes))
  })

const contents = fc.oneof(
  { arbitrary: values, weight: 4 },
  { arbitrary: valuesWithBlobs, weight: 3 },
  { arbitrary: drawings, weight: 2 },
  {
    arbitrary: fc.array(fc.oneof(values, drawings), { maxLength: 4 }).map(items => new Items(items)),
    weight: 1,
  },
)

/** So many messages, less those that are large. */
export async function messages(codec: Codec, seed: number, count = 64): Promise<Uint8Array[]> {
  const made: Uint8Array[] = []
  for (const content of fc.sample(contents, { seed, numRuns: count })) {
    const message = await collect(codec.encodeStream(content))
    // Small ones are tried more often in the same time.
    if (message.length <= 512) made.push(message)
  }
  return made
}

interface Record {
  readonly raw?: string
  readonly raw_hex?: string
}

/** The messages of the vectors, of those that are to be refused too. */
export function vectors(codec: string): Uint8Array[] {
  const file = `spec/vectors/${codec}.json`
  const { records } = JSON.parse(readFileSync(file, 'utf8')) as { readonly records: readonly Record[] }
  return records.map(({ raw, raw_hex }) =>
    raw === undefined ? new Uint8Array(Buffer.from(raw_hex as string, 'hex')) : utf8(raw),
  )
}
