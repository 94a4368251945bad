// The bytes of an open file, as they are asked for: a piece ahead is read, and no more is held, however slow the
// reader is. The file is closed at the end, or when its reader leaves.

import type { FileHandle } from 'node:fs/promises'
import type { Range } from './ranges.js'

/** Bytes of a piece. More was not faster. */
const pieceBytes = 2 ** 18

export function bytesOf(handle: FileHandle, { start, end }: Range): AsyncIterableIterator<Uint8Array> {
  let position = start
  let ahead: Promise<Uint8Array> | undefined
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= (ahead ?? Promise.resolve()).then(
      () => handle.close(),
      () => handle.close(),
    )
    return closed
  }
  const read = async (): Promise<Uint8Array> => {
    const buffer = new Uint8Array(Math.min(pieceBytes, end + 1 - position))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    // What was promised by Content-Length cannot be kept: the connection ends, rather than to pass for whole.
    if (bytesRead === 0) throw new Error('a file was cut short while it was sent')
    position += bytesRead
    return bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
  }
  const readAhead = () => {
    ahead = position > end ? undefined : read()
    // Whoever asks for the piece hears of its failure.
    ahead?.catch(() => undefined)
  }
  return {
    async next() {
      if (closed !== undefined) return { value: undefined, done: true }
      if (ahead === undefined) readAhead()
      try {
        const value = await ahead
        if (value === undefined || closed !== undefined) {
          await close()
          return { value: undefined, done: true }
        }
        readAhead()
        return { value, done: false }
      } catch (error) {
        await close()
        throw error
      }
    },
    async return() {
      await close()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
