// Blobs as they are read: from whatever they were made of, whole and in pieces.

import { expect, test } from 'vitest'
import { Blob, type BlobContent, blob } from '../../lib/blob.js'
import { text } from '../../lib/text/index.js'

async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const chunk of chunks) pieces.push(chunk)
  return Buffer.concat(pieces).toString()
}

async function* chunked() {
  yield Buffer.from('hel')
  yield Buffer.from('lo')
}

const contents: readonly (readonly [string, () => BlobContent | (() => Uint8Array)])[] = [
  ['text', () => 'hello'],
  ['bytes', () => Buffer.from('hello')],
  ['a platform Blob', () => new globalThis.Blob(['hello'])],
  ['a web stream', () => new globalThis.Blob(['hello']).stream()],
  ['an async iterable', chunked],
  ['bytes that a function gives', () => () => Buffer.from('hello')],
]

test.each(contents)('a blob of %s is read whole and in pieces', async (_, content) => {
  const make = () => new Blob(content(), {})
  expect(await make().text()).toBe('hello')
  expect(await gathered(make().chunks())).toBe('hello')
  expect(await gathered(make().stream())).toBe('hello')
})

test('a blob that arrived whole is read in pieces too', async () => {
  const arrived = text.decode(text.encode(blob('hello', 'text/plain'))) as Blob
  expect(await gathered(arrived.chunks())).toBe('hello')
  expect(await gathered(arrived.stream())).toBe('hello')
  expect(arrived.type).toBe('text/plain')
})

test('a blob of a stream is read once', async () => {
  const once = blob(chunked())
  expect(await once.text()).toBe('hello')
  await expect(once.text()).rejects.toThrow('read before')
})
