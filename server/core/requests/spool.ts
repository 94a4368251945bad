// Where uploaded blobs wait for their request: in memory as far as there is room, of which all blobs of a request have
// some together, and all requests of the process; what is more waits in a file, one for each request.

import { tmpdir } from 'node:os'
import type { RouterLimits } from '../../../lib/limits.js'
import { concatenate } from '../../../lib/values/blob.js'
import type { BlobSink, BlobSource } from '../../../lib/values/blob-sink.js'
import { type Extent, SpoolFile } from './spool-file.js'

type SpoolLimits = Pick<RouterLimits, 'blobMemoryBytes' | 'allBlobMemoryBytes'>

/** Of all requests of this process. */
let held = 0

/** Bytes that uploads hold in the memory of this process. */
export const heldByUploads = (): number => held

/** Fewer bytes are not moved to a file: each move costs a write. */
const movedBytes = 65_536

/** So many small pieces are put together, since each costs more than its bytes. */
const smallPieces = 256
const smallBytes = 1024

/** A blob that is arriving, or a part of one that is in the file. */
interface Arriving {
  pieces: Uint8Array[]
  bytes: number
  /** Small pieces that were not put together, and where the first of them may stand. */
  small: number
  loose: number
  readonly extents: Extent[]
}

/** The spooled blobs of one request. `close` frees what they hold, whatever happened to the request. */
export class Spool {
  readonly #directory: string | undefined
  readonly #limits: SpoolLimits
  readonly #arriving = new Set<Arriving>()
  #file: SpoolFile | undefined
  /** In memory: of blobs that have arrived and of those that are arriving. */
  #kept = 0
  #waiting = 0
  #closed = false

  /** `directory`: default the system's, asked for with the first file: that costs more than a small body. */
  constructor(limits: SpoolLimits, directory?: string) {
    this.#limits = limits
    this.#directory = directory
  }

  readonly sink = (): BlobSink => {
    const blob: Arriving = { pieces: [], bytes: 0, small: 0, loose: 0, extents: [] }
    return { write: bytes => this.#write(blob, bytes), end: () => this.#end(blob) }
  }

  /** May a body of so many bytes be read into memory as it is? It counts until the end of the request. */
  takes(bytes: number): boolean {
    if (bytes <= movedBytes) return true
    const { blobMemoryBytes, allBlobMemoryBytes } = this.#limits
    if (this.#kept + this.#waiting + bytes > blobMemoryBytes || held + bytes > allBlobMemoryBytes)
      return false
    this.#kept += bytes
    held += bytes
    return true
  }

  get #isFull(): boolean {
    const { blobMemoryBytes, allBlobMemoryBytes } = this.#limits
    return this.#kept + this.#waiting > blobMemoryBytes || held > allBlobMemoryBytes
  }

  #write(blob: Arriving, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#closed) throw new Error('the request is over')
    const { length, buffer } = bytes
    // A piece of what has come is not to keep all of that.
    blob.pieces.push(length < buffer.byteLength / 2 ? bytes.slice() : bytes)
    if (length < smallBytes && ++blob.small >= smallPieces) together(blob)
    blob.bytes += length
    this.#arriving.add(blob)
    this.#waiting += length
    held += length
    const isInFile = blob.extents.length > 0 && blob.bytes >= movedBytes * 4
    if (isInFile) return this.#move(blob)
    return this.#isFull && this.#waiting >= movedBytes ? this.#moveAll() : undefined
  }

  #end(blob: Arriving): BlobSource | Promise<BlobSource> {
    if (this.#closed) throw new Error('the request is over')
    if (blob.extents.length === 0 && (blob.bytes === 0 || !this.#isFull)) {
      this.#arriving.delete(blob)
      this.#waiting -= blob.bytes
      this.#kept += blob.bytes
      return concatenate(blob.pieces)
    }
    return this.#stored(blob)
  }

  async #stored(blob: Arriving): Promise<BlobSource> {
    await this.#move(blob)
    const file = this.#file as SpoolFile
    await file.flush()
    const { extents } = blob
    return { [Symbol.asyncIterator]: () => file.read(extents) }
  }

  async #moveAll(): Promise<void> {
    for (const blob of this.#arriving) await this.#move(blob)
  }

  /** Moves what is in memory of a blob to the file. */
  #move(blob: Arriving): Promise<void> | undefined {
    this.#arriving.delete(blob)
    const { pieces, bytes } = blob
    if (pieces.length === 0) return undefined
    blob.pieces = []
    blob.bytes = blob.small = blob.loose = 0
    this.#file ??= new SpoolFile(this.#directory ?? tmpdir())
    const { extent, written } = this.#file.append(concatenate(pieces))
    this.#waiting -= bytes
    held -= bytes
    const last = blob.extents.at(-1)
    if (last !== undefined && last.start + last.length === extent.start)
      blob.extents[blob.extents.length - 1] = { start: last.start, length: last.length + extent.length }
    else blob.extents.push(extent)
    return written
  }

  /** Is there anything to free? */
  get used(): boolean {
    return this.#file !== undefined || this.#kept + this.#waiting > 0
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    held -= this.#kept + this.#waiting
    this.#kept = this.#waiting = 0
    await this.#file?.close()
  }
}

function together(blob: Arriving): void {
  blob.pieces.push(concatenate(blob.pieces.splice(blob.loose)))
  blob.loose = blob.pieces.length
  blob.small = 0
}
