// Runs every file of spec/vectors, as spec/vectors/README.md describes them.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BlobSink, Codec } from '../lib/codec.js'
import { DecodeError } from '../lib/errors.js'
import { fromNotation, notationOf } from './notation.js'

interface Record {
  readonly name: string
  readonly rule: string
  readonly raw?: string
  readonly raw_hex?: string
  readonly base?: string
  readonly expected?: unknown
  readonly canonical?: string
  readonly canonical_hex?: string
  readonly must_fail?: true
  readonly offset?: number
}

const folder = new URL('../spec/vectors/', import.meta.url)
const files = readdirSync(folder).filter(name => name.endsWith('.json'))

const bytesOf = (text: string | undefined, hex: string | undefined) =>
  hex === undefined ? Buffer.from(text ?? '') : Buffer.from(hex, 'hex')

/** Bytes as a test's report can show them. */
const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

async function* split(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size)
}

async function gathered(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

function memory(): BlobSink {
  const pieces: Uint8Array[] = []
  return { write: bytes => void pieces.push(bytes), end: () => Buffer.concat(pieces) }
}

async function failure(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  return undefined
}

describe.each(files)('%s', async file => {
  const { codec: name, records } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  const module: { [name: string]: Codec } = await import(`../lib/${name}/index.ts`)
  const codec = module[name] as Codec
  const accepted = (records as Record[]).filter(record => record.must_fail !== true)
  const rejected = (records as Record[]).filter(record => record.must_fail === true)

  it.each(accepted)('$name: $rule', async ({ raw, raw_hex, expected, canonical, canonical_hex, base }) => {
    const bytes = bytesOf(raw, raw_hex)
    const options = base === undefined ? {} : { baseUrl: base }
    expect(await notationOf(codec.decode(bytes, options))).toEqual(expected)
    for (const size of [1, bytes.length]) {
      expect(await notationOf(await codec.decodeStream(split(bytes, size), options))).toEqual(expected)
    }
    const written = canonical === undefined && canonical_hex === undefined
    const wanted = written ? bytes : bytesOf(canonical, canonical_hex)
    expect(shown(await gathered(codec.encodeStream(fromNotation(expected))))).toBe(shown(wanted))
  })

  it.each(rejected)('$name: $rule', async ({ raw, raw_hex, offset, base }) => {
    const bytes = bytesOf(raw, raw_hex)
    const options = base === undefined ? {} : { baseUrl: base }
    const whole = await failure(() => codec.decode(bytes, options))
    expect(whole).toBeInstanceOf(DecodeError)
    expect(whole).toMatchObject({ offset })
    for (const size of [1, bytes.length]) {
      // With a sink the promise waits for the blobs: else what is wrong after the last of them is not met.
      const streamed = await failure(() =>
        codec.decodeStream(split(bytes, size), { ...options, sink: memory }),
      )
      expect(streamed).toBeInstanceOf(DecodeError)
      expect(streamed).toMatchObject({ offset })
    }
  })
})
