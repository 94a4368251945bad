// The backlog of a message that arrives: how much of it waits for its readers, and the readers that wait for more.

/** A reader of one blob, or of the items of a stream. `wake` is there while it waits. */
export interface Waiting {
  wake: (() => void) | undefined
}

export class Backlog {
  /** Bytes that have arrived, and that nobody has read yet. */
  bytes = 0
  /** Readers that wait for more of their own. */
  hungry = 0
  /** The error that ended the message early. */
  error: unknown
  #resume: (() => void) | undefined

  /** Lets the loop go on that reads the source. */
  resume(): void {
    this.#resume?.()
  }

  /** Settles once a reader takes, awaits or drops something. */
  rest(): Promise<void> {
    return new Promise(resolve => (this.#resume = resolve))
  }

  /** Settles once the reader is woken. */
  async wait(reader: Waiting): Promise<void> {
    this.hungry++
    this.resume()
    await new Promise<void>(resolve => (reader.wake = resolve))
    reader.wake = undefined
    this.hungry--
  }
}
