// Bodies of `multipart/form-data` (RFC 7578), as browsers and `curl -F` send them: read as they come, files into the
// spool. The one place that knows which library takes them apart.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BusboyFileStream, BusboyInstance } from '@fastify/busboy'
import type { RouterLimits } from '../../../lib/limits.js'
import { attempt } from '../../../lib/promises.js'
import { Blob } from '../../../lib/values/blob.js'
import type { Fault } from '../../../lib/values/fault.js'
import { overLimit } from '../faults/faults.js'
import { malformed } from '../faults/http.js'
import { type Field, nameTooLong, tooManyFields } from './form-fields.js'
import type { Spool } from './spool.js'

/** Of one part: more than any browser sends, and little enough for a thousand of them. */
const headerLimits = { headerPairs: 20, headerSize: 16_384 }

const unreadable = (cause: unknown): Fault =>
  malformed(`a malformed multipart body: ${cause instanceof Error ? cause.message : String(cause)}`, cause)

/** The fields in order. Throws a Fault for a body that is malformed, or that holds too much. */
export async function multipartFields(
  type: string,
  chunks: AsyncIterable<Uint8Array>,
  limits: RouterLimits,
  spool: Spool,
): Promise<readonly Field[]> {
  const reading = new Reading(limits, spool)
  const parser = await parserOf(type, limits)
  parser.on('field', (name, value, _, truncated) => {
    const problem = reading.field(unescaped(name), value, truncated)
    if (problem !== undefined) parser.destroy(problem)
  })
  parser.on('file', (name, stream, filename, _, type) => {
    attempt(
      () => reading.file(unescaped(name), stream, unescaped(filename), type),
      error => parser.destroy(error as Error),
    )
  })
  parser.on('fieldsLimit', () => parser.destroy(tooManyFields(limits.fields)))
  parser.on('filesLimit', () => {
    parser.destroy(overLimit(`more than ${limits.blobs} files`, 'blobs', limits.blobs))
  })
  try {
    await pipeline(Readable.from(chunks, { objectMode: true }), parser)
    return await reading.end()
  } catch (error) {
    await reading.abandon(error)
    // Errors of the parser have no class of their own. Those of connections have none either, but a code.
    throw error instanceof Error && error.constructor === Error && !('code' in error)
      ? unreadable(error)
      : error
  }
}

async function parserOf(type: string, { fields, blobs, stringBytes }: RouterLimits): Promise<BusboyInstance> {
  // With the first such body: few servers are sent any.
  const { Busboy } = await import('@fastify/busboy')
  const limits = { ...headerLimits, fields, files: blobs, fieldSize: stringBytes }
  try {
    return new Busboy({ headers: { 'content-type': type }, limits: finite(limits) })
  } catch (cause) {
    throw unreadable(cause)
  }
}

/** A limit that is turned off is left out. */
const finite = (limits: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(limits).filter(([, limit]) => Number.isFinite(limit)))

/** The characters that browsers escape in names (HTML, "multipart/form-data encoding algorithm"). */
const escapes: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' }

const unescaped = (name: string | undefined): string | undefined =>
  name?.replace(/%(?:22|0[DA])/g, found => escapes[found] as string)

class Reading {
  readonly #limits: RouterLimits
  readonly #spool: Spool
  readonly #fields: (Field | Promise<Field | undefined>)[] = []
  readonly #files = new Set<BusboyFileStream>()
  #textBytes = 0

  constructor(limits: RouterLimits, spool: Spool) {
    this.#limits = limits
    this.#spool = spool
  }

  /** Takes a text; what is wrong with it. */
  field(name: string | undefined, value: string, truncated: boolean): Fault | undefined {
    const { stringBytes, messageBytes, keyBytes } = this.#limits
    if (name === undefined) return unreadable('a part without a name')
    if (name.length > keyBytes) return nameTooLong(keyBytes)
    if (truncated) return overLimit(`text of more than ${stringBytes} bytes`, 'stringBytes', stringBytes)
    this.#textBytes += name.length + value.length
    if (this.#textBytes > messageBytes)
      return overLimit(`text of more than ${messageBytes} bytes`, 'messageBytes', messageBytes)
    this.#fields.push([name, value])
    return undefined
  }

  file(name: string | undefined, stream: BusboyFileStream, filename: string | undefined, type: string) {
    this.#files.add(stream)
    const taken = this.#file(name, stream, filename, type).finally(() => this.#files.delete(stream))
    this.#fields.push(taken)
    return taken
  }

  async #file(
    name: string | undefined,
    stream: BusboyFileStream,
    filename: string | undefined,
    type: string,
  ): Promise<Field | undefined> {
    const { blobBytes } = this.#limits
    const sink = this.#spool.sink()
    let size = 0
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > blobBytes) throw overLimit(`blob of more than ${blobBytes} bytes`, 'blobBytes', blobBytes)
      await sink.write(chunk)
    }
    if (name === undefined) throw unreadable('a part without a name')
    if (name.length > this.#limits.keyBytes) throw nameTooLong(this.#limits.keyBytes)
    // Browsers send this of a control that no file was chosen for.
    if (size === 0 && !filename) return undefined
    const source = await sink.end()
    const named = filename ? { filename } : {}
    return [name, new Blob(() => source, { 'content-type': type, ...named }, size)]
  }

  async end(): Promise<readonly Field[]> {
    const fields = await Promise.all(this.#fields)
    return fields.filter(field => field !== undefined)
  }

  /** Ends what waits for more of a file. */
  async abandon(error: unknown): Promise<void> {
    for (const stream of this.#files)
      stream.destroy(error instanceof Error ? error : new Error(String(error)))
    await Promise.allSettled(this.#fields)
  }
}
