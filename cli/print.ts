// The result of a call, to its output: blobs as their bytes, streams item by item, values as text or JSON.

import { visibleJson } from '../lib/terminal-text.js'
import { Blob } from '../lib/values/blob.js'
import { ItemStream } from '../lib/values/stream.js'
import { UsageError } from './exit-codes.js'
import type { Output } from './output.js'
import { plainJson } from './plain-json.js'
import { type Look, show } from './show.js'

/** Throws UsageError for bytes that a terminal would not show, and the errors of streams and outputs. */
export async function print(value: unknown, output: Output, look: Look, asJson: boolean): Promise<void> {
  if (value instanceof Blob) return printBlob(value, output)
  const line = (item: unknown) => (asJson ? json(item) : show(item, look))
  // On a terminal it is escaped in the way of JSON.
  const json = (item: unknown) => (output.terminal ? visibleJson(plainJson(item)) : plainJson(item))
  if (value instanceof ItemStream) {
    for await (const item of value) await output.write(`${line(item)}\n`)
    return
  }
  if (value instanceof Uint8Array && !asJson && !output.terminal) return output.write(value)
  const text = line(value)
  // Nil is the result of a form that does something and gives nothing: there is nothing to print.
  if (text !== '' || typeof value === 'string') await output.write(`${text}\n`)
}

/** The bytes as they are; on a terminal those of text only. */
async function printBlob(blob: Blob, output: Output): Promise<void> {
  const chunks = output.terminal ? blob.chunks() : await shownPassing(blob)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of chunks) {
    await output.write(output.terminal ? textIn(decoder, chunk, blob.type) : chunk)
  }
}

/** With a progress bar, which is for outputs elsewhere: on one terminal it would write over the bytes. */
async function shownPassing(blob: Blob): Promise<AsyncIterable<Uint8Array>> {
  const { watched } = await import('./progress.js')
  return watched('download', blob.size, blob.chunks())
}

function textIn(decoder: TextDecoder, chunk: Uint8Array, type: string): string {
  try {
    const text = decoder.decode(chunk, { stream: true })
    if (!text.includes('\0')) return text
  } catch {
    // Not UTF-8.
  }
  throw new UsageError(`this is ${type}, not text: -o FILE keeps it, and | hands it on`)
}
