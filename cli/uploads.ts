// Arguments that are elsewhere: blobs from files and standard input, and objects by their URL.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Options } from '../client/exchange/options.js'
import { get } from '../client/get.js'
import { Blob, blob } from '../lib/values/blob.js'
import { contentTypeOf } from '../server/features/files/content-types.js'
import type { Fetch } from './arguments.js'
import { UsageError } from './exit-codes.js'
import { watched } from './progress.js'

/** The files, input and objects of one command. Its credentials are for the origin of the URL `first`. */
export function fetcher(first: string, options: Options): Fetch {
  let read = false
  return source => {
    switch (source.kind) {
      case 'file':
        return fileBlob(source.path)
      case 'input':
        if (read) throw new UsageError('standard input can be one argument only')
        read = true
        return blob(watched('upload', undefined, process.stdin))
      case 'object': {
        const { headers: _, ...others } = options
        const isOwn = new URL(source.url).origin === new URL(first).origin
        return get(source.url, isOwn ? options : others)
      }
    }
  }
}

/** A file, read anew each time that it is sent. Rejects with Node's error where it cannot be read. */
export async function fileBlob(path: string): Promise<Blob> {
  const status = await stat(path)
  if (status.isDirectory()) throw new UsageError(`${path} is a directory, not a file`)
  const name = basename(path)
  const size = status.isFile() ? status.size : undefined
  const attributes = { 'content-type': contentTypeOf(name), filename: name }
  if (size === 0) return new Blob(new Uint8Array(0), attributes)
  return new Blob(() => watched(`upload ${name}`, size, chunksOf(path)), attributes, size)
}

/** Opens the file when the first piece is asked for. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { highWaterMark: 2 ** 18 })
}
