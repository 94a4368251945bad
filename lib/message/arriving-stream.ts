// The items of a message that is a stream, between the loop that reads them and the application.

import { DecodeError } from '../errors.js'
import { Fifo } from '../fifo.js'
import type { Fault } from '../values/fault.js'
import { ItemStream } from '../values/stream.js'
import type { Backlog, Waiting } from './backlog.js'
import type { EndPiece, ItemPiece } from './piece.js'

export class ArrivingStream implements Waiting {
  ended = false
  /** Nobody will read what still comes. */
  dropped = false
  wake: (() => void) | undefined
  readonly #backlog: Backlog
  readonly #broken: ((error: unknown) => unknown) | undefined
  readonly #queue = new Fifo<ItemPiece>()
  #received = 0
  #fault: Fault | undefined

  /** `broken`: the option of decoding. */
  constructor(backlog: Backlog, broken: ((error: unknown) => unknown) | undefined) {
    this.#backlog = backlog
    this.#broken = broken
  }

  /** `left` is called where the reader leaves before the end. */
  items(left: () => void): ItemStream {
    const drop = () => {
      if (this.dropped) return
      this.dropped = true
      for (const { weight } of this.#queue.splice()) this.#backlog.bytes -= weight
      this.wake?.()
      left()
    }
    return new ItemStream(
      () => this.#take(),
      () => this.#wait(),
      drop,
    )
  }

  #take(): { readonly value: unknown } | undefined {
    const piece = this.#queue.shift()
    if (piece === undefined) return undefined
    this.#backlog.bytes -= piece.weight
    if (this.#queue.length === 0) this.#backlog.resume()
    return { value: piece.item }
  }

  async #wait(): Promise<boolean> {
    if (this.dropped) return false
    if (this.#fault !== undefined) throw this.#thrown(this.#fault)
    if (this.ended) return false
    if (this.#backlog.error !== undefined) throw this.#thrown(this.#backlog.error)
    await this.#backlog.wait(this)
    return true
  }

  #thrown(error: unknown): unknown {
    return this.#broken === undefined ? error : this.#broken(error)
  }

  accept(piece: ItemPiece | EndPiece): void {
    if (this.ended) throw new DecodeError('an item after the end of the stream', piece.offset)
    if ('count' in piece) {
      if (piece.count !== this.#received) {
        throw new DecodeError(`the end of ${piece.count} items after ${this.#received}`, piece.offset)
      }
      this.ended = true
      this.#fault = piece.fault
    } else {
      this.#received++
      if (!this.dropped) {
        this.#queue.push(piece)
        this.#backlog.bytes += piece.weight
      }
    }
    this.wake?.()
  }
}
