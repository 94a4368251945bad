// Runs every file of spec/vectors, as spec/vectors/README.md describes them.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../lib/errors.js'
import type { Codec } from '../lib/message/codec.js'
import type { BlobSink } from '../lib/values/blob-sink.js'
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
  readonly apart?: unknown
  readonly apart_canonical?: string
  readonly apart_canonical_hex?: string
  readonly must_fail?: true
  /** With `offset` it fails here, where 1 and 1.0 are one number, and limits are what they are; else it doesn't. */
  readonly may_fail?: true
  readonly offset?: number
}

const fields = new Set(
  `name rule raw raw_hex base expected canonical canonical_hex apart apart_canonical apart_canonical_hex must_fail
  may_fail offset`.split(/\s+/),
)

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
  const fails = ({ must_fail, may_fail, offset }: Record) =>
    must_fail === true || (may_fail === true && offset !== undefined)
  const accepted = (records as Record[]).filter(record => !fails(record))
  const rejected = (records as Record[]).filter(fails)

  it('has names that are unique, and no field that nobody knows', () => {
    const names = (records as Record[]).map(record => record.name)
    expect(new Set(names).size).toBe(names.length)
    const unknown = (records as Record[]).flatMap(record =>
      Object.keys(record).filter(key => !fields.has(key)),
    )
    expect(unknown).toEqual([])
  })

  it('says for whom 1 and 1.0 are two numbers what is one here', async () => {
    const apart = (records as Record[]).filter(record => 'apart' in record)
    const here = await Promise.all(apart.map(record => notationOf(fromNotation(record.apart))))
    expect(here).toEqual(apart.map(record => record.expected))
  })

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
