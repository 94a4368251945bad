// Messages that arrive in parts: where the root ends, and blobs as they come.

import { describe, expect, it } from 'vitest'
import { DecodeError, LimitError } from '../../../lib/errors.js'
import { text } from '../../../lib/text/index.js'
import type { Blob } from '../../../lib/values/blob.js'
import { blob } from '../../../lib/values/blob.js'

async function* parts(...chunks: (string | Uint8Array)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? new Uint8Array(Buffer.from(chunk)) : chunk
}

const messages = [
  'i1;',
  ' L i1; u3:a;b; b2:;;; N; f0.5; D u1:k; L; ; Xu1:x;D;S;; ; \n',
  'LB0:Du1:a;u2:é;;;B12:D;;;c0:2:;c;\nc12:3:abc; c0;c12;\n',
]

describe('a message split in two', () => {
  it.each(messages)('is the same wherever it is split: %s', async message => {
    const bytes = Buffer.from(message)
    const read = async (value: unknown) => {
      const items = Array.isArray(value) ? value : [value]
      return Promise.all(items.map(item => (item?.bytes instanceof Function ? item.bytes() : item)))
    }
    const whole = await read(text.decode(bytes))
    for (let split = 0; split <= bytes.length; split++) {
      const source = parts(bytes.subarray(0, split), bytes.subarray(split))
      expect(await read(await text.decodeStream(source))).toEqual(whole)
    }
  })

  it.each(messages)('fails at the same byte as whole wherever it ends: %s', async message => {
    const bytes = Buffer.from(message.trimEnd())
    for (let end = 0; end < bytes.length; end++) {
      const cut = bytes.subarray(0, end)
      const sink = () => ({ write: () => undefined, end: () => new Uint8Array(0) })
      const streamed = await text.decodeStream(parts(cut), { sink }).catch((error: unknown) => error)
      expect(streamed).toBeInstanceOf(DecodeError)
      expect(() => text.decode(cut)).toThrow((streamed as DecodeError).message)
    }
  })
})

describe('a root that arrives', () => {
  it('is there before its blobs are', async () => {
    let more: ((chunk: Uint8Array) => void) | undefined
    async function* source() {
      yield* parts('LB0:D;;i7;;')
      yield await new Promise<Uint8Array>(resolve => (more = resolve))
    }
    const [arriving, seven] = (await text.decodeStream(source())) as [Blob, number]
    expect(seven).toBe(7)
    const bytes = arriving.text()
    await new Promise(setImmediate)
    more?.(Buffer.from('c0:2:hi;c0;'))
    expect(await bytes).toBe('hi')
  })

  it('may be followed by white space only, where it has no blobs', async () => {
    expect(await text.decodeStream(parts('i1;', ' \n', '', '\t'))).toBe(1)
    await expect(text.decodeStream(parts('i1;', ' \n', 'i2;'))).rejects.toThrow('at byte 5')
  })

  it('is bounded', async () => {
    const limits = { messageBytes: 10 }
    expect(await text.decodeStream(parts('u5:', 'abcde', ';'), { limits })).toBe('abcde')
    await expect(text.decodeStream(parts('u6:', 'abcdef', ';'), { limits })).resolves.toBe('abcdef')
    await expect(text.decodeStream(parts('u7:abcdefg;'), { limits })).rejects.toThrow(LimitError)
    await expect(text.decodeStream(parts('L', 'i1;', 'i1;', 'i1;', ';'), { limits })).rejects.toThrow(
      LimitError,
    )
  })

  it('fails for a length above the limit before any of it arrives', async () => {
    async function* source() {
      yield* parts('u99999999999:')
      throw new Error('asked for more')
    }
    await expect(text.decodeStream(source())).rejects.toThrow(LimitError)
  })

  it('fails at a byte that cannot be right before more arrives', async () => {
    async function* source() {
      yield* parts('Li1;x')
      throw new Error('asked for more')
    }
    await expect(text.decodeStream(source())).rejects.toThrow("expected a value, not 'x' at byte 4")
  })

  it('closes its source when it fails', async () => {
    let closed = false
    async function* source() {
      try {
        yield* parts('x', 'y')
      } finally {
        closed = true
      }
    }
    await expect(text.decodeStream(source())).rejects.toThrow(DecodeError)
    expect(closed).toBe(true)
  })
})

describe('a blob that arrives', () => {
  it('is passed on as it comes, whatever length its piece has', async () => {
    const source = parts('B0:D;;c0:1000000000000:', 'ab', 'cd')
    const arriving = (await text.decodeStream(source)) as Blob
    const chunks = arriving.chunks()[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toEqual(new Uint8Array(Buffer.from('ab')))
    expect((await chunks.next()).value).toEqual(new Uint8Array(Buffer.from('cd')))
    await expect(chunks.next()).rejects.toThrow('message truncated at byte 27')
  })

  it('is cut into parts of at most 64 KiB', async () => {
    const bytes = new Uint8Array(200_000).fill(1)
    const message = Buffer.concat([Buffer.from('B0:D;;c0:200000:'), bytes, Buffer.from(';c0;')])
    const arriving = (await text.decodeStream(parts(message))) as Blob
    const sizes: number[] = []
    for await (const chunk of arriving.chunks()) sizes.push(chunk.length)
    expect(sizes).toEqual([65_536, 65_536, 65_536, 3392])
  })

  it('is written as it is read', async () => {
    async function* content() {
      yield* parts('ab', '', 'c')
    }
    const written: string[] = []
    for await (const chunk of text.encodeStream([blob(content(), 'a/b'), blob('d', 'a/b')])) {
      written.push(Buffer.from(chunk).toString())
    }
    expect(written).toEqual([
      'LB0:Du12:content-type;u3:a/b;;;B1:Du12:content-type;u3:a/b;u4:size;i1;;;;',
      'c0:2:ab;',
      'c0:1:c;',
      'c0;',
      'c1:1:d;',
      'c1;',
    ])
  })
})
