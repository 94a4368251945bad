// The outbox of a message that is sent: what was encoded ahead of its receiver, within bounds. What is put into it is in
// sequence.ts.

import { turn } from '../event-loop.js'
import { concatenate } from '../values/blob.js'

/** Bytes that are encoded ahead of the receiver. */
const aheadBytes = 65_536

/** Encoded parts between the loop that reads the source and the receiver that takes them. */
export class Outbox {
  done = false
  cancelled = false
  #parts: Uint8Array[] = []
  #size = 0
  #wakeReceiver: (() => void) | undefined
  /** Those that wait for room: items, and in a batch blobs beside them. */
  #wakeSources: (() => void)[] = []
  #failed: { readonly error: unknown } | undefined

  put(part: Uint8Array): void {
    this.#parts.push(part)
    this.#size += part.length
    this.#wakeReceiver?.()
  }

  end(): void {
    this.done = true
    this.#wakeReceiver?.()
  }

  /** For an error that cannot be said in the format itself: the receiver sees the message break off. */
  fail(error: unknown): void {
    this.#failed = { error }
    this.end()
  }

  /** Settles once there is room for more; undefined where there is. */
  room(): Promise<void> | undefined {
    if (this.#size < aheadBytes || this.cancelled) return undefined
    return new Promise(resolve => this.#wakeSources.push(resolve))
  }

  /** All that is there, when something is; undefined at the end. */
  async take(): Promise<Uint8Array | undefined> {
    if (this.#parts.length === 0 && !this.done) {
      await new Promise<void>(resolve => (this.#wakeReceiver = resolve))
      this.#wakeReceiver = undefined
    }
    // A source that has more at once is let go on, so that many items travel together.
    if (!this.done && this.#size < aheadBytes) await turn()
    const bytes = this.#parts.length === 0 ? undefined : concatenate(this.#parts)
    this.#parts = []
    this.#size = 0
    this.#wakeAll()
    if (bytes === undefined && this.#failed !== undefined) throw this.#failed.error
    return bytes
  }

  cancel(): void {
    this.cancelled = true
    this.done = true
    this.#wakeAll()
    this.#wakeReceiver?.()
  }

  #wakeAll(): void {
    for (const wake of this.#wakeSources.splice(0)) wake()
  }
}
