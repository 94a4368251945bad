// Blobs: made of anything, read once or often, and passed through every codec.

import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { cbor } from '../../../lib/cbor/index.js'
import { EncodeError } from '../../../lib/errors.js'
import { json } from '../../../lib/json/index.js'
import { text } from '../../../lib/text/index.js'
import { Blob, type BlobContent, blob } from '../../../lib/values/blob.js'
import { collect, split } from '../../values.js'

const bytes = new TextEncoder().encode('hello')
const webStream = () => new globalThis.Blob([bytes]).stream() as ReadableStream<Uint8Array>

const contents: readonly (readonly [name: string, make: () => BlobContent, often: boolean])[] = [
  ['text', () => 'hello', true],
  ['bytes', () => bytes, true],
  ['an ArrayBuffer', () => bytes.slice().buffer, true],
  ['a platform Blob', () => new globalThis.Blob(['hello']), true],
  ['a web stream', webStream, false],
  ['an async iterable', () => split(bytes, 2), false],
]

const codecs = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
] as const

describe.each(contents)('a blob of %s', (_, make, often) => {
  it('can be read in every way', async () => {
    expect(await blob(make()).text()).toBe('hello')
    expect(await blob(make()).bytes()).toEqual(bytes)
    expect(new Uint8Array(await blob(make()).arrayBuffer())).toEqual(bytes)
    expect(await new Response(blob(make()).stream()).text()).toBe('hello')
    expect(await collect(blob(make()).chunks())).toEqual(bytes)
  })

  it(often ? 'can be read again' : 'can be read once', async () => {
    const made = blob(make())
    await made.text()
    if (often) expect(await made.text()).toBe('hello')
    else await expect(made.text()).rejects.toThrow('this blob is a stream that was read before')
  })

  it.each(codecs)('streams as %s', async (_, codec) => {
    const message = await collect(codec.encodeStream({ a: blob(make(), 'text/plain') }))
    const { a } = codec.decode(message) as { a: Blob }
    expect([a.type, await a.text()]).toEqual(['text/plain', 'hello'])
  })
})

describe('the content type of a blob', () => {
  it.each([
    ['text', blob('x'), 'text/plain; charset=utf-8'],
    ['bytes', blob(bytes), 'application/octet-stream'],
    ['a platform Blob', blob(new globalThis.Blob([], { type: 'image/png' })), 'image/png'],
    ['a platform Blob without one', blob(new globalThis.Blob([])), 'application/octet-stream'],
    ['one that is given', blob('x', 'text/csv'), 'text/csv'],
    [
      'one as bytes, from an old peer',
      new Blob(bytes, { 'content-type': new TextEncoder().encode('a/b') }),
      'a/b',
    ],
    ['none', new Blob(bytes, {}), 'application/octet-stream'],
    ['a blob given another', blob(blob('x'), 'text/csv'), 'text/csv'],
  ])('of %s', (_, made, type) => {
    expect(made.type).toBe(type)
  })
})

it('knows its size where it can', () => {
  expect(blob('hällo').size).toBe(6)
  expect(blob(new globalThis.Blob(['abc'])).size).toBe(3)
  expect(blob(split(bytes)).size).toBeUndefined()
  expect(new Blob(split(bytes), {}, 5).size).toBe(5)
})

it('keeps the name of a file', () => {
  const file = new File(['x'], 'a.txt', { type: 'text/plain' })
  expect(blob(file).filename).toBe('a.txt')
  expect(blob('x').filename).toBeUndefined()
})

it('has an empty stream where there are no bytes', async () => {
  expect(await collect(blob('').chunks())).toEqual(new Uint8Array(0))
  expect(await new Response(blob('').stream()).text()).toBe('')
})

describe.each(codecs)('%s', (_, codec) => {
  it('cannot encode a stream at once, and leaves it unread', async () => {
    const stream = blob(split(bytes))
    expect(() => codec.encode([stream])).toThrow(EncodeError)
    expect(() => codec.encode([stream])).toThrow('cannot encode $[0]: a blob that is not in memory')
    expect(await stream.text()).toBe('hello')
  })

  it('numbers each blob once where a dict leaves keys out', async () => {
    const value = { none: undefined, a: { none: undefined, b: blob('b') }, c: blob('c') }
    const { a, c } = codec.decode(codec.encode(value)) as { a: { b: Blob }; c: Blob }
    expect([await a.b.text(), await c.text()]).toEqual(['b', 'c'])
  })

  it('cuts large blobs into pieces, which arrive whole', async () => {
    const large = new Uint8Array(200_000).map((_, index) => index * 7)
    const decoded = codec.decode(codec.encode(blob(large))) as Blob
    expect(Buffer.from(await decoded.bytes()).equals(large)).toBe(true)
    const pieces: number[] = []
    for await (const chunk of codec.encodeStream(blob(large))) pieces.push(chunk.length)
    expect(Math.max(...pieces)).toBeLessThan(100_000)
  })
})

describe('a blob that nobody will read', () => {
  const sources: readonly (readonly [
    string,
    (ended: () => void) => AsyncIterable<Uint8Array> | ReadableStream,
  ])[] = [
    ['a web stream', ended => new ReadableStream({ cancel: () => ended() })],
    ['a stream of Node', ended => new Readable({ read: () => undefined, destroy: () => ended() })],
    [
      'an iterator',
      ended => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => undefined),
          return: async () => {
            ended()
            return { value: undefined, done: true as const }
          },
        }),
      }),
    ],
  ]
  it.each(sources)('ends its source when it is cancelled: %s', async (_, source) => {
    let count = 0
    const content = blob(source(() => count++))
    await content.cancel()
    await content.cancel()
    expect(count).toBe(1)
    expect(() => content.chunks()).toThrow('read before')
  })

  it.each(sources)('is left to whoever has begun to read it, and ended by them: %s', async (_, source) => {
    let count = 0
    const content = blob(source(() => count++))
    const iterator = content.chunks()[Symbol.asyncIterator]()
    await content.cancel()
    expect(count).toBe(0)
    // Though it waits for a piece that never comes.
    const waiting = iterator.next().catch(() => undefined)
    await iterator.return?.()
    expect(count).toBe(1)
    void waiting
  })

  it('loses nothing where it is in memory', async () => {
    const content = blob('text')
    await content.cancel()
    expect(await content.text()).toBe('text')
  })
})

const views = [
  new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1, 2),
  new Uint16Array(new Uint8Array([1, 2]).buffer),
  new Uint8Array([0, 1, 2]).subarray(1),
  new Uint8ClampedArray([1, 2]),
  new Uint8Array([1, 2]).buffer,
  Buffer.from([1, 2]),
]

it.each(views)('a blob is made of any bytes: %o', async content => {
  const made = blob(content)
  expect([...(await made.bytes())]).toEqual([1, 2])
  expect([made.size, made.isOnce]).toEqual([2, false])
})

it.each([{}, null, undefined, 5, true, 5n, Symbol('x'), [], ['a'], () => 'x', new Date(), new Map()])(
  'a blob is not made of %o',
  content => {
    expect(() => blob(content as never)).toThrow(TypeError)
  },
)

it.each([
  [NaN, {}],
  [{ type: 'text/plain' }, {}],
  ['text/plain', null],
  ['text/plain', { size: -1 }],
  ['text/plain', { size: '3' }],
  ['text/plain', { filename: 3 }],
])('a blob is not made with the type %o and the attributes %o', (type, attributes) => {
  expect(() => blob('x', type as never, attributes as never)).toThrow(TypeError)
})

it.each([
  ['of Node', () => Readable.from(['text'])],
  ['of the web', () => new ReadableStream({ start: controller => controller.enqueue('text') })],
  [
    'of a generator',
    async function* () {
      yield 'text'
    },
  ],
])('a piece that is text is refused by name in a stream %s', async (_, make) => {
  await expect(blob(make() as never).bytes()).rejects.toThrow('must be bytes, a Uint8Array, not "text"')
})
