// What a node is decoded from is what it is encoded to: attributes and content that nobody here knows are kept.

import { describe, expect, test } from 'vitest'
import { cbor, json, text } from '../../../lib/codecs.js'
import type { Codec } from '../../../lib/message/codec.js'
import { Blob } from '../../../lib/values/blob.js'
import { Fault, type Node } from '../../../lib/values/fault.js'
import { isKnown } from '../../../lib/values/node-table.js'
import { type Attributes, Extension, Form, Input, Link, Page } from '../../../lib/values/nodes.js'
import { fromNotation, notationOf } from '../../notation.js'

/** Of every kind of value, under names that no kind of node has a meaning for. */
const unknown = {
  profile: 'https://example.org/profile',
  etag: '"1"',
  number: 7,
  large: 2n ** 80n,
  float: 1.5,
  none: null,
  yes: true,
  bytes: new Uint8Array([0, 255]),
  list: [1, [2]],
  dict: { a: { b: 1 } },
  map: new Map([[1, 2]]),
  set: new Set(['a']),
  extension: new Extension('mine', { a: 1 }, 'content'),
  link: new Link({ url: 'elsewhere' }),
}

/** What has a meaning, of another kind than that. */
const odd: readonly Attributes[] = [
  { code: 404 },
  { code: 2n ** 70n },
  { code: null, status: 'bad', logref: 1, message: null, origin: 2 },
  { method: 7, envelope: 1, values: 'none', headers: [] },
  { name: 3 },
  { inline: 'yes', stream: 1, 'max-age': '7' },
]

const codecs: readonly (readonly [string, Codec])[] = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
]
const kinds: readonly (readonly [name: string, type: abstract new (...given: never[]) => Node])[] = [
  ['link', Link],
  ['form', Form],
  ['input', Input],
  ['resource', Page],
  ['error', Fault],
  ['result', Extension],
  ['collection', Extension],
  ['example', Extension],
]
const contents: readonly (readonly [string, unknown])[] = [
  ['nil', null],
  ['a dict', { detail: 1, inner: new Link({ url: 'below', rel: 'x' }) }],
  ['an empty dict', {}],
  ['text', 'a word'],
  ['a list', [1, new Input({ name: 'a', type: 'text' })]],
]

/** The same bytes, made without the classes of nodes. */
const message = (codec: Codec, name: string, attributes: Attributes, content: unknown) =>
  codec.encode(new Extension(name, attributes, content))

describe.each(codecs)('%s', (_codec, codec) => {
  describe.each(kinds)('%s', (name, type) => {
    test.each(contents)('keeps attributes that are not known, with %s as content', async (_what, content) => {
      const bytes = message(codec, name, { url: 'here/', ...unknown }, content)
      const node = codec.decode(bytes) as Node
      expect(node).toBeInstanceOf(type)
      expect(await notationOf(node.attributes)).toEqual(await notationOf({ url: 'here/', ...unknown }))
      expect(await notationOf(node.content)).toEqual(await notationOf(content))
      expect(codec.encode(node)).toEqual(bytes)
      expect(await codec.decodeStream(chunks(bytes))).toEqual(node)
    })

    test.each(odd)('keeps attributes that are of another kind than theirs: %o', attributes => {
      const bytes = message(codec, name, attributes, null)
      expect(codec.encode(codec.decode(bytes))).toEqual(bytes)
    })

    test('adds nothing to a node without attributes', () => {
      const bytes = message(codec, name, {}, null)
      expect(codec.encode(codec.decode(bytes))).toEqual(bytes)
    })

    test('resolves its url where the base is known, and sends that on', () => {
      const bytes = message(codec, name, { rel: 'x', url: 'there/' }, null)
      const node = codec.decode(bytes, { baseUrl: 'https://example.org/a/' }) as Node
      expect(node.url).toBe('https://example.org/a/there/')
      const sent = codec.decode(codec.encode(node)) as Node
      expect(sent.attributes).toEqual({ rel: 'x', url: 'https://example.org/a/there/' })
    })

    test('goes from one codec to another and back as it was', async () => {
      const bytes = message(codec, name, unknown, null)
      for (const [, other] of codecs) {
        const back = other.decode(other.encode(codec.decode(bytes)))
        expect(codec.encode(back)).toEqual(bytes)
      }
    })
  })

  test('keeps the attributes of blobs', async () => {
    const attributes = { 'content-type': 'text/plain', filename: 'a', url: 'x', ...unknown }
    const bytes = codec.encode(new Blob(new Uint8Array([1]), attributes))
    const blob = codec.decode(bytes) as Blob
    expect(await notationOf(blob.attributes)).toEqual(await notationOf(attributes))
    expect(codec.encode(blob)).toEqual(bytes)
  })

  test('keeps the attributes of the error that a stream broke with', async () => {
    const attributes = { message: 'full', code: 7, url: 'disk', retry: [1] }
    const broken = function* () {
      yield 1
      throw codec.decode(message(codec, 'error', attributes, 'why'))
    }
    const parts: Uint8Array[] = []
    for await (const part of codec.encodeStream(broken())) parts.push(part)
    const stream = (await codec.decodeStream(chunks(Buffer.concat(parts)))) as AsyncIterable<unknown>
    const read = (async () => {
      for await (const _ of stream);
    })()
    const error = await read.then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(Fault)
    expect(error).toMatchObject({ attributes, content: 'why', code: '7', message: 'full', url: 'disk' })
  })
})

test('what an error lacks, or has of another kind, takes its default for programs', () => {
  const fault = (attributes: object, content: unknown = null) =>
    cbor.decode(message(cbor, 'error', attributes as Attributes, content)) as Fault
  expect(fault({})).toMatchObject({ message: '', code: 'error', status: 400, logref: '', details: {} })
  expect(fault({}).url).toBeUndefined()
  expect(fault({ code: 404 })).toMatchObject({ code: '404' })
  expect(fault({ status: 'x', message: 1 }, 'text')).toMatchObject({ status: 400, message: '', details: {} })
  expect(fault({ url: '' })).toMatchObject({ url: undefined })
})

test('there is a row for each kind of node that the protocol names', () => {
  const named = ['link', 'form', 'input', 'resource', 'error']
  expect(named.every(isKnown)).toBe(true)
  expect(kinds.map(([name]) => name)).toEqual(expect.arrayContaining(named))
  expect(fromNotation({ $extension: 'error', attributes: {}, content: null })).toBeInstanceOf(Fault)
})

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 5) yield bytes.subarray(start, start + 5)
}
