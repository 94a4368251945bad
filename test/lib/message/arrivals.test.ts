// Blobs while they arrive: what is read from the source, when, and what a reader sees when it breaks.

import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { cbor } from '../../../lib/cbor/index.js'
import { DecodeError, LimitError } from '../../../lib/errors.js'
import { json } from '../../../lib/json/index.js'
import type { Codec } from '../../../lib/message/codec.js'
import { text } from '../../../lib/text/index.js'
import { type Blob as Arrived, blob } from '../../../lib/values/blob.js'
import type { BlobSink } from '../../../lib/values/blob-sink.js'
import { collect, split } from '../../values.js'

const codecs: readonly (readonly [name: string, codec: Codec])[] = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
]

/** Counts what is asked of a message, and notes when the sender is stopped. */
class Sender implements AsyncIterable<Uint8Array> {
  sent = 0
  ended = false
  stopped = false

  constructor(
    readonly bytes: Uint8Array,
    readonly size = 1000,
    readonly breakAt = Number.POSITIVE_INFINITY,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        if (this.sent >= this.breakAt) throw new Error('the line went dead')
        if (this.sent >= this.bytes.length) {
          this.ended = true
          return { value: undefined, done: true }
        }
        const value = this.bytes.slice(this.sent, this.sent + this.size)
        this.sent += value.length
        return { value, done: false }
      },
      return: async () => {
        this.stopped = true
        return { value: undefined, done: true }
      },
    }
  }
}

const settled = async () => {
  for (let count = 0; count < 50; count++) await turn()
}

const hundred = new Uint8Array(100_000).map((_, index) => index)
const unreadBytes = 10_000
const slack = 4 * 65_536

describe.each(codecs)('blobs that arrive as %s', (_, codec) => {
  const small = async (value: unknown) => collect(pieces(codec, value))

  it('are read on to the end of the message, which frees the connection it came on', async () => {
    const sender = new Sender(await small(blob(hundred)), 1_000_000)
    const received = (await codec.decodeStream(sender)) as Arrived
    expect(await received.bytes()).toEqual(hundred)
    await settled()
    expect(sender.ended).toBe(true)
  })

  it('are there before their bytes are, and are read as far ahead as is allowed', async () => {
    const large = new Uint8Array(2_000_000)
    const sender = new Sender(await small({ a: blob(large), b: 1 }))
    const { a, b } = (await codec.decodeStream(sender, { limits: { unreadBytes } })) as {
      a: Arrived
      b: number
    }
    expect(b).toBe(1)
    await settled()
    expect(sender.sent).toBeLessThan(unreadBytes + slack)
    const iterator = a.chunks()[Symbol.asyncIterator]()
    let received = 0
    while (received < 1_000_000) received += (await iterator.next()).value.length
    await settled()
    expect(sender.sent).toBeGreaterThan(1_000_000)
    expect(sender.sent).toBeLessThan((received + unreadBytes + slack) * 1.4)
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      received += next.value.length
    expect(received).toBe(large.length)
  })

  it('can be read in their order, one after the other', async () => {
    const sender = new Sender(await small([blob('first'), blob(hundred), blob('third')]))
    const [first, second, third] = (await codec.decodeStream(sender, {
      limits: { unreadBytes },
    })) as Arrived[]
    expect(await first!.text()).toBe('first')
    expect(Buffer.from(await second!.bytes()).equals(hundred)).toBe(true)
    expect(await third!.text()).toBe('third')
    await settled()
    expect(sender.stopped).toBe(true)
  })

  it('can be read at once, and in the other order', async () => {
    const message = await small([blob(hundred), blob('second')])
    const [first, second] = (await codec.decodeStream(new Sender(message), {
      limits: { unreadBytes },
    })) as Arrived[]
    const [bytes, word] = await Promise.all([first!.bytes(), second!.text()])
    expect([bytes.length, word]).toEqual([100_000, 'second'])
    const [late, early] = (await codec.decodeStream(new Sender(message), {
      limits: { unreadBytes },
    })) as Arrived[]
    expect(await early!.text()).toBe('second')
    expect((await late!.bytes()).length).toBe(100_000)
  })

  it('can be interleaved', async () => {
    const message = codec.encode([blob('aaaa'), blob('bb')])
    const interleaved = interleave(codec, message)
    expect(Buffer.from(interleaved).equals(message)).toBe(false)
    const [first, second] = (await codec.decodeStream(split(interleaved, 3))) as Arrived[]
    expect(await second!.text()).toBe('bb')
    expect(await first!.text()).toBe('aaaa')
  })

  it('hold no more in memory than is allowed for the sake of a later one', async () => {
    const sender = new Sender(await small([blob(hundred), blob('second')]))
    const limits = { unreadBytes, blobBufferBytes: 20_000 }
    const [, second] = (await codec.decodeStream(sender, { limits })) as Arrived[]
    await expect(second!.text()).rejects.toThrow(LimitError)
  })

  it('stop the sender when nobody reads them any more', async () => {
    const large = new Uint8Array(1_000_000)
    const sender = new Sender(await small([blob(large), blob(large)]))
    const [first, second] = (await codec.decodeStream(sender, { limits: { unreadBytes } })) as Arrived[]
    await first!.stream().cancel()
    await settled()
    expect(sender.stopped).toBe(false)
    const reader = second!.stream().getReader()
    await reader.read()
    await reader.cancel()
    await settled()
    expect(sender.stopped).toBe(true)
    expect(sender.sent).toBeLessThan(sender.bytes.length)
  })

  it('that are abandoned do not hold up the others', async () => {
    const sender = new Sender(await small([blob(hundred), blob('second')]))
    const limits = { unreadBytes, blobBufferBytes: 20_000 }
    const [first, second] = (await codec.decodeStream(sender, { limits })) as Arrived[]
    await first!.stream().cancel()
    expect(await second!.text()).toBe('second')
  })

  it('that are cut off are an error of those that were not complete', async () => {
    const message = await small([blob('first'), blob(hundred)])
    const sender = new Sender(message.slice(0, -50))
    const [first, second] = (await codec.decodeStream(sender)) as Arrived[]
    expect(await first!.text()).toBe('first')
    await expect(second!.bytes()).rejects.toThrow(DecodeError)
    await expect(second!.bytes()).rejects.toThrow()
    expect(sender.stopped).toBe(true)
  })

  it('break with the source, and say how', async () => {
    const sender = new Sender(await small([blob('first'), blob(hundred)]), 1000, 50_000)
    const [first, second] = (await codec.decodeStream(sender)) as Arrived[]
    expect(await first!.text()).toBe('first')
    await expect(second!.bytes()).rejects.toThrow('the line went dead')
  })

  it('may not be larger than the limit', async () => {
    const message = await small(blob(new Blob([new Uint8Array(2000)]).stream()))
    const exact = (await codec.decodeStream(split(message, 100), { limits: { blobBytes: 2000 } })) as Arrived
    expect((await exact.bytes()).length).toBe(2000)
    const over = (await codec.decodeStream(split(message, 100), { limits: { blobBytes: 1999 } })) as Arrived
    await expect(over.bytes()).rejects.toMatchObject({ name: 'LimitError', limit: 'blobBytes' })
    expect(() => codec.decode(message, { limits: { blobBytes: 1999 } })).toThrow(LimitError)
  })

  it('are refused before they come where a larger size is announced than the limit', async () => {
    const message = codec.encode(blob(new Uint8Array(2000)))
    const sender = new Sender(message, 100)
    await expect(codec.decodeStream(sender, { limits: { blobBytes: 1999 } })).rejects.toThrow(LimitError)
    expect(sender.ended).toBe(false)
  })

  it('have the size that was announced before they come, and after that the one that came', async () => {
    const sized = await codec.decodeStream(split(codec.encode(blob('abc'))))
    expect((sized as Arrived).size).toBe(3)
    expect((sized as Arrived).attributes).toEqual({ 'content-type': 'text/plain; charset=utf-8' })
    const streamed = await small(blob(new Blob(['x'.repeat(200_000)]).stream()))
    const unknown = (await codec.decodeStream(new Sender(streamed, 100))) as Arrived
    expect(unknown.size).toBe(undefined)
    await unknown.bytes()
    expect(unknown.size).toBe(200_000)
  })

  it('of a stream whose size is said have that size, and no other', async () => {
    const of = (size: number) => blob(new Blob(['abc']).stream(), 'a/b', { size })
    expect(((await codec.decodeStream(split(await small(of(3))))) as Arrived).size).toBe(3)
    for (const wrong of [2, 4]) {
      const arrived = (await codec.decodeStream(split(await small(of(wrong))))) as Arrived
      await expect(arrived.bytes()).rejects.toThrow('were announced')
    }
  })

  it('may not be more than the limit', async () => {
    const message = codec.encode([blob('a'), blob('b')])
    expect(codec.decode(message, { limits: { blobs: 2 } })).toHaveLength(2)
    expect(() => codec.decode(message, { limits: { blobs: 1 } })).toThrow(LimitError)
    await expect(codec.decodeStream(split(message), { limits: { blobs: 1 } })).rejects.toThrow(LimitError)
  })

  it('go into sinks, and then the promise waits for them', async () => {
    const written: string[] = []
    const sink = (): BlobSink => {
      const parts: Uint8Array[] = []
      return {
        write: async bytes => {
          await turn()
          parts.push(bytes.slice())
        },
        end: async () => {
          written.push(String(Buffer.concat(parts)))
          return Buffer.concat(parts)
        },
      }
    }
    const message = codec.encode([blob('first'), blob('second')])
    const [first, second] = (await codec.decodeStream(split(message, 5), { sink })) as Arrived[]
    expect(written).toEqual(['first', 'second'])
    expect([await first!.text(), await second!.text(), await second!.text()]).toEqual([
      'first',
      'second',
      'second',
    ])
    await expect(codec.decodeStream(split(message.slice(0, -3), 5), { sink })).rejects.toThrow(DecodeError)
  })

  it('reject nowhere where leaving the sender fails', async () => {
    const strayed: unknown[] = []
    const stray = (error: unknown) => strayed.push(error)
    process.on('unhandledRejection', stray)
    const bytes = new Uint8Array(100_000)
    const source = pieces(codec, [blob(bytes), blob(streamOf(bytes))])[Symbol.asyncIterator]()
    const failing = {
      next: () => source.next(),
      return: () => Promise.reject(new Error('cannot leave')),
      [Symbol.asyncIterator]() {
        return this
      },
    }
    const [first, second] = (await codec.decodeStream(failing)) as Arrived[]
    await first?.cancel()
    await second?.cancel()
    await turn()
    await turn()
    process.off('unhandledRejection', stray)
    expect(strayed).toEqual([])
  })

  it('stop the sender where the root is wrong', async () => {
    const sender = new Sender(new TextEncoder().encode(']'.repeat(10)), 1)
    await expect(codec.decodeStream(sender)).rejects.toThrow(DecodeError)
    expect(sender.stopped).toBe(true)
  })
})

async function* streamOf(bytes: Uint8Array) {
  yield bytes
}

/** A message in small pieces, as a sender makes it whose blobs are streams. */
async function* pieces(codec: Codec, value: unknown): AsyncGenerator<Uint8Array> {
  yield* codec.encodeStream(value)
}

/** Two blobs of one piece each: the first one's piece, the second's piece, both ends. */
function interleave(codec: Codec, message: Uint8Array): Uint8Array {
  if (codec === json) {
    const [root, piece, end, ...rest] = new TextDecoder().decode(message).split('\n')
    return new TextEncoder().encode([root, piece, rest[0], end, ...rest.slice(1)].join('\n'))
  }
  if (codec === text) {
    const latin = Buffer.from(message).toString('latin1')
    return Buffer.from(latin.replace('c0;c1:2:bb;', 'c1:2:bb;c0;'), 'latin1')
  }
  const hex = Buffer.from(message).toString('hex')
  return Buffer.from(hex.replace(/(d818428100)(d81845820142\d{4})/, '$2$1'), 'hex')
}
