// Bytes in pieces that can be left while the next one is under way: what reads a stream, a file or a peer gives
// these, and a blob that is cancelled ends them.

/**
 * Pieces whose `return` reaches the sender at once. A generator's would wait for the piece that is under way,
 * which may never come.
 */
export const interruptible = <T = Uint8Array>(
  next: () => Promise<IteratorResult<T>>,
  leave: () => unknown,
): AsyncIterableIterator<T> => ({
  next,
  async return() {
    await leave()
    return { value: undefined, done: true }
  },
  [Symbol.asyncIterator]() {
    return this
  },
})
