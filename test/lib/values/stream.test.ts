// Streams: messages whose items follow their root, in every codec.

import { describe, expect, test } from 'vitest'
import { type Codec, cbor, json, text } from '../../../lib/codecs.js'
import { DecodeError } from '../../../lib/errors.js'
import { type Blob, blob } from '../../../lib/values/blob.js'
import { Fault } from '../../../lib/values/fault.js'
import { Items, isStream } from '../../../lib/values/stream.js'

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await collect(source)))
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

const values = [1, 'two', { three: [3] }, null, new Set([4]), new Date(5), 'ü'.repeat(300)]

function* numbers(count: number): Generator<number> {
  for (let index = 0; index < count; index++) yield index
}

describe.each<[string, Codec]>([
  ['cbor', cbor],
  ['text', text],
  ['json', json],
])('%s', (_name, codec) => {
  const streamed = (source: unknown) => codec.encodeStream(source)
  const decode = (bytes: Uint8Array, size: number) =>
    codec.decodeStream(cut(bytes, size)) as Promise<AsyncIterable<unknown>>

  test('a generator arrives item by item, wherever the bytes are cut', async () => {
    const bytes = await bytesOf(
      streamed(
        (function* () {
          yield* values
        })(),
      ),
    )
    expect(bytes).toEqual(codec.encode(new Items(values)))
    for (const size of [1, 7, 64, 100_000]) expect(await collect(await decode(bytes, size))).toEqual(values)
    expect(await collect(codec.decode(bytes) as AsyncIterable<unknown>)).toEqual(values)
  })

  test('an async generator of many items arrives whole', async () => {
    const source = (async function* () {
      yield* numbers(5000)
    })()
    const items = await collect((await codec.decodeStream(streamed(source))) as AsyncIterable<unknown>)
    expect(items).toEqual([...numbers(5000)])
  })

  test('an empty stream is empty', async () => {
    expect(await collect(await decode(codec.encode(new Items([])), 3))).toEqual([])
  })

  test('a stream that is cut off is an error, after the items that came', async () => {
    const bytes = codec.encode(new Items([1, 2, 3]))
    const end = codec.encode(new Items([])).length
    // Without its last byte JSON lacks only a line break.
    for (let length = end; length < bytes.length - 1; length++) {
      const reading = (async () => collect(await decode(bytes.subarray(0, length), 5)))()
      await expect(reading, `of ${length} bytes`).rejects.toThrow(DecodeError)
    }
  })

  test('a stream that breaks ends in the fault that it broke with', async () => {
    const source = (async function* () {
      yield 1
      throw new Fault('out of numbers', { code: 'empty' })
    })()
    const stream = (await codec.decodeStream(streamed(source))) as AsyncIterable<unknown>
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const item of stream) seen.push(item)
    })()
    await expect(reading).rejects.toMatchObject({ message: 'out of numbers', code: 'empty' })
    expect(seen).toEqual([1])
  })

  test('a receiver that leaves ends the generator', async () => {
    let ended = false
    const source = (async function* () {
      try {
        yield* numbers(1_000_000)
      } finally {
        ended = true
      }
    })()
    const stream = (await codec.decodeStream(streamed(source))) as AsyncIterable<unknown>
    for await (const item of stream) if (item === 3) break
    await expect.poll(() => ended).toBe(true)
  })

  test('a receiver that is slow makes the generator wait', async () => {
    let made = 0
    const source = (function* () {
      for (; ; made++) yield 'x'.repeat(1000)
    })()
    const stream = (await codec.decodeStream(streamed(source), {
      limits: { unreadBytes: 10_000 },
    })) as AsyncIterableIterator<unknown>
    await stream.next()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(made).toBeLessThan(400)
    await stream.return?.()
  })

  test('items may hold blobs', async () => {
    const source = (async function* () {
      yield blob('first')
      yield [blob(cut(new Uint8Array(200_000), 1000)), 'between']
      yield 'last'
    })()
    const stream = (await codec.decodeStream(streamed(source))) as AsyncIterableIterator<unknown>
    const first = (await stream.next()).value as Blob
    expect(await first.text()).toBe('first')
    const [second] = (await stream.next()).value as [Blob]
    expect((await second.bytes()).length).toBe(200_000)
    expect(await stream.next()).toEqual({ value: 'last', done: false })
    expect((await stream.next()).done).toBe(true)
  })
})

test.each<[string, Codec, string]>([
  ['text', text, 'Xu6:stream;D;N;;\nIi1;;\nE2:N;;'],
  ['json', json, '{"$extension":"stream","attributes":{}}\n{"$item":1}\n{"$count":2}\n'],
])('a count that is wrong is an error in %s', (_name, codec, message) => {
  expect(() => codec.decode(new TextEncoder().encode(message))).toThrow('the end of 2 items after 1')
})

test.each<[string, Codec, string]>([
  ['text', text, 'Xu6:stream;D;N;;\nE0:N;;\nIi1;;'],
  ['json', json, '{"$extension":"stream","attributes":{}}\n{"$count":0}\n{"$item":1}\n'],
])('an item after the end is an error in %s', (_name, codec, message) => {
  expect(() => codec.decode(new TextEncoder().encode(message))).toThrow('an item after the end')
})

test('an item that cannot be read is told by its place in the message, however the bytes are cut', async () => {
  const bytes = cbor.encode(new Items(['one', 'two', 'three']))
  const broken = bytes.slice()
  const offset = bytes.lastIndexOf(0x65)
  broken[offset] = 0xff
  for (const size of [1, 10, 1000]) {
    const reading = (async () =>
      collect((await cbor.decodeStream(cut(broken, size))) as AsyncIterable<unknown>))()
    await expect(reading, `cut into ${size} bytes`).rejects.toMatchObject({ offset })
  }
})

test('items that are asked for at the same time come in the order in which they were asked for', async () => {
  const source = (async function* () {
    for (const number of numbers(4)) {
      await new Promise(resolve => setImmediate(resolve))
      yield number
    }
  })()
  const stream = (await cbor.decodeStream(cbor.encodeStream(source))) as AsyncIterableIterator<unknown>
  const asked = await Promise.all(Array.from({ length: 6 }, () => stream.next()))
  expect(asked.map(({ value, done }) => (done ? 'end' : value))).toEqual([0, 1, 2, 3, 'end', 'end'])
})

test('an iterator is a stream, whatever methods iterators have', () => {
  function* count() {
    yield 1
  }
  const prototype = Object.getPrototypeOf(Object.getPrototypeOf(Object.getPrototypeOf(count())))
  prototype.chunks = () => undefined
  try {
    expect(isStream(count())).toBe(true)
    expect(isStream(blob('a'))).toBe(false)
  } finally {
    delete prototype.chunks
  }
})
