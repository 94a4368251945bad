// Where lists and objects end, for who passes over them: each byte is looked at once, however they are nested.

import { LimitError } from '../errors.js'

const quote = 0x22
const colon = 0x3a
const backslash = 0x5c

export class ContainerEnds {
  readonly #bytes: Uint8Array
  readonly #deepest: number
  /** Of those that are the value of a key, in the order in which they start. */
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** Up to here all is known. */
  #known = 0

  /** `deepest`: how deep brackets may nest. */
  constructor(bytes: Uint8Array, deepest: number) {
    this.#bytes = bytes
    this.#deepest = deepest
  }

  /**
   * Where the value ends whose first bracket is at `start`, after a key; the end of the bytes where it is cut off.
   * Asked from the front to the back, or within what was asked before. What it passes over may still be no JSON.
   * Throws LimitError where it is nested too deep.
   */
  find(start: number): number {
    return start < this.#known ? this.#recorded(start) : this.#scan(start)
  }

  #recorded(start: number): number {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] as number) < start) low = middle + 1
      else high = middle
    }
    return this.#ends[low] as number
  }

  #scan(start: number): number {
    const bytes = this.#bytes
    // The numbers of those that are open; −1 for an item of a list.
    const open: number[] = []
    let isValue = true
    for (let index = start; index < bytes.length; index++) {
      switch (bytes[index]) {
        case quote:
          index = endOfText(bytes, index)
          isValue = false
          break
        case 0x5b:
        case 0x7b:
          if (open.length >= this.#deepest)
            throw new LimitError('brackets nested too deep', index, { limit: 'depth' })
          open.push(isValue ? this.#starts.push(index) - 1 : -1)
          if (isValue) this.#ends.push(bytes.length)
          isValue = false
          break
        case 0x5d:
        case 0x7d: {
          const number = open.pop() as number
          if (number >= 0) this.#ends[number] = index + 1
          if (open.length === 0) return (this.#known = index + 1)
          isValue = false
          break
        }
        case colon:
          isValue = true
          break
        case 0x20:
        case 0x09:
        case 0x0a:
        case 0x0d:
          break
        default:
          isValue = false
      }
    }
    return (this.#known = bytes.length)
  }
}

/** The last quote of the text whose first is at `start`. */
function endOfText(bytes: Uint8Array, start: number): number {
  for (let index = start + 1; index < bytes.length; index++) {
    if (bytes[index] === quote) return index
    if (bytes[index] === backslash) index++
  }
  return bytes.length
}
