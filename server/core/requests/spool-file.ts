// A temporary file of one request: what is stored in it, and read from it again.

import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { concatenate } from '../../../lib/values/blob.js'
import { StorageError } from '../faults/faults.js'

const readBytes = 262_144

/**
 * Bytes that are written at once, and how many may wait for that: a write of the pieces as they come costs the process
 * as much as all else that is done with them.
 */
const writtenBytes = 262_144
const waitingBytes = 1_048_576

/** Where some bytes stand in it. */
export interface Extent {
  readonly start: number
  readonly length: number
}

/**
 * A temporary file that has no name: it is unlinked as soon as it is open, so that nothing is left behind
 * even by a process that is killed. Where a system cannot unlink what is open, it is unlinked when closed.
 */
export class SpoolFile {
  readonly #path: string
  #handle: Promise<FileHandle> | undefined
  #named = true
  #closed = false
  /** Bytes that are in the file. */
  #size = 0
  /** Bytes that were given to it, those that wait included. */
  #given = 0
  #waiting: Uint8Array[] = []
  #waitingSize = 0
  #writing: Promise<void> | undefined
  #failed: StorageError | undefined

  constructor(directory: string) {
    this.#path = join(directory, `hyperglyph-${process.pid}-${crypto.randomUUID()}`)
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#path, 'wx+', 0o600)
    await this.#unlink()
    return handle
  }

  async #unlink(): Promise<void> {
    try {
      await unlink(this.#path)
      this.#named = false
    } catch (error) {
      if (process.platform !== 'win32') throw error
    }
  }

  /** Where they will stand, and whether they have to be waited for. Throws StorageError where they cannot be kept. */
  append(bytes: Uint8Array): { readonly extent: Extent; readonly written: Promise<void> | undefined } {
    if (this.#closed) throw new Error('the request is over')
    if (this.#failed !== undefined) throw this.#failed
    const extent = { start: this.#given, length: bytes.length }
    this.#given += bytes.length
    this.#waiting.push(bytes)
    this.#waitingSize += bytes.length
    if (this.#waitingSize < writtenBytes) return { extent, written: undefined }
    this.#writing ??= this.#writeAll()
    return { extent, written: this.#waitingSize < waitingBytes ? undefined : this.#written() }
  }

  /** All that was given to it is there. Rejects with StorageError. */
  async flush(): Promise<void> {
    if (this.#waitingSize > 0) this.#writing ??= this.#writeAll()
    await this.#written()
  }

  async #written(): Promise<void> {
    await this.#writing
    if (this.#failed !== undefined) throw this.#failed
  }

  /** Writes until nothing waits. What goes wrong is told to whoever writes next, or waits for this. */
  async #writeAll(): Promise<void> {
    try {
      this.#handle ??= this.#open()
      const handle = await this.#handle
      while (this.#waitingSize > 0 && !this.#closed) {
        const bytes = concatenate(this.#waiting)
        this.#waiting = []
        this.#waitingSize = 0
        await this.#write(handle, bytes)
      }
    } catch (cause) {
      this.#failed = new StorageError(cause)
    } finally {
      this.#writing = undefined
    }
  }

  async #write(handle: FileHandle, bytes: Uint8Array): Promise<void> {
    let written = 0
    while (written < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, this.#size)
      written += bytesWritten
      this.#size += bytesWritten
    }
  }

  /** The bytes at some places, one after the other; the next piece is read ahead. */
  async *read(extents: readonly Extent[]): AsyncGenerator<Uint8Array> {
    const pieces = extents.flatMap(piecesOf)
    let next = this.#read(pieces[0])
    for (let at = 0; at < pieces.length; at++) {
      const bytes = await next
      if (at + 1 < pieces.length) {
        next = this.#read(pieces[at + 1])
        // Nobody may come for it.
        next.catch(() => undefined)
      }
      yield bytes
    }
  }

  async #read(piece: Extent | undefined): Promise<Uint8Array> {
    if (piece === undefined) return new Uint8Array()
    if (this.#closed) throw new Error('an uploaded blob can be read only while its request runs')
    const handle = (await this.#handle) as FileHandle
    // Not filled with zeros before it is filled with the file.
    const { buffer, byteOffset, length } = Buffer.allocUnsafeSlow(piece.length)
    const bytes = new Uint8Array(buffer, byteOffset, length)
    for (let read = 0; read < length; ) {
      const { bytesRead } = await handle.read(bytes, read, length - read, piece.start + read)
      if (bytesRead === 0) throw new Error('a temporary file was cut short')
      read += bytesRead
    }
    return bytes
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writing
    // An open that failed has told its writer, and left nothing to close.
    const handle = await this.#handle?.catch(() => undefined)
    await handle?.close()
    if (handle !== undefined && this.#named) await unlink(this.#path)
  }
}

/** Of the length that is read at once. */
function piecesOf({ start, length }: Extent): Extent[] {
  const pieces: Extent[] = []
  for (let at = 0; at < length; at += readBytes)
    pieces.push({ start: start + at, length: Math.min(readBytes, length - at) })
  return pieces
}
