// Where uploaded blobs wait for their request: in memory, or above a size in a temporary file.

import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { concatenate } from '../../lib/blob.js'
import type { BlobSink } from '../../lib/codec.js'
import { StorageError } from '../faults.js'

/** Bytes of one blob that stay in memory: 2 MiB, as the 2012 servers had it. */
export const spoolMemory = 2 * 2 ** 20

const readBytes = 262_144

/**
 * Bytes of a file that are written at once, and how many may wait for that: a write of the pieces as they come costs
 * the process as much as all else that is done with them.
 */
const writtenBytes = 262_144
const waitingBytes = 1_048_576

/** The spooled blobs of one request. `close` frees what they hold, whatever happened to the request. */
export class Spool {
  readonly #directory: string | undefined
  readonly #files: SpoolFile[] = []

  /** The system's directory by default, asked for with the first file: that costs more than a small body. */
  constructor(directory?: string) {
    this.#directory = directory
  }

  readonly sink = (): BlobSink => {
    let chunks: Uint8Array[] = []
    let size = 0
    let file: SpoolFile | undefined
    return {
      write: bytes => {
        size += bytes.length
        if (file !== undefined) return file.append(bytes)
        chunks.push(bytes)
        if (size <= spoolMemory) return
        file = new SpoolFile(this.#directory ?? tmpdir())
        this.#files.push(file)
        const held = concatenate(chunks)
        chunks = []
        return file.append(held)
      },
      end: () => file?.finish() ?? concatenate(chunks),
    }
  }

  /** Is there anything to free? */
  get used(): boolean {
    return this.#files.length > 0
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map(file => file.close()))
  }
}

/**
 * A temporary file that has no name: it is unlinked as soon as it is open, so that nothing is left behind
 * even by a process that is killed. Where a system cannot unlink what is open, it is unlinked when closed.
 */
class SpoolFile implements AsyncIterable<Uint8Array> {
  readonly #path: string
  #handle: Promise<FileHandle> | undefined
  #named = true
  #closed = false
  /** Bytes that are in the file, or being written. */
  #size = 0
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

  /** A promise where it has to be waited for. Throws StorageError where the system cannot keep them. */
  append(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#closed) throw new Error('the request is over')
    if (this.#failed !== undefined) throw this.#failed
    this.#waiting.push(bytes)
    this.#waitingSize += bytes.length
    if (this.#waitingSize < writtenBytes) return undefined
    this.#writing ??= this.#writeAll()
    return this.#waitingSize < waitingBytes ? undefined : this.#written()
  }

  /** All of it, once it is written. Rejects with StorageError. */
  async finish(): Promise<this> {
    if (this.#waitingSize > 0) this.#writing ??= this.#writeAll()
    await this.#written()
    return this
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

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let next = this.#read(0)
    for (let position = 0; position < this.#size; ) {
      const bytes = await next
      position += bytes.length
      if (position < this.#size) {
        next = this.#read(position)
        // Nobody may come for it.
        next.catch(() => undefined)
      }
      yield bytes
    }
  }

  async #read(position: number): Promise<Uint8Array> {
    if (this.#closed) throw new Error('an uploaded blob can be read only while its request runs')
    const handle = (await this.#handle) as FileHandle
    // Not filled with zeros before it is filled with the file.
    const { buffer, byteOffset, length } = Buffer.allocUnsafeSlow(Math.min(readBytes, this.#size - position))
    const bytes = new Uint8Array(buffer, byteOffset, length)
    const { bytesRead } = await handle.read(bytes, 0, length, position)
    if (bytesRead === 0) throw new Error('a temporary file was cut short')
    return bytes.subarray(0, bytesRead)
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
