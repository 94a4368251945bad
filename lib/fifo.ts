// A queue, first in, first out. Not `Array.shift`: of a long array it moves all that is left.

export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Undefined where there is none. */
  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    // Once half of it has gone, so that each item is moved once on average.
    if (this.#head === this.#items.length || this.#head >= 1024) this.#forget()
    return item
  }

  #forget(): void {
    if (2 * this.#head < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  /** Takes all that is there. */
  splice(): T[] {
    const items = this.#items.slice(this.#head) as T[]
    this.#items = []
    this.#head = 0
    return items
  }
}
