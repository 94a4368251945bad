// Sets of objects that a request may make as large as its message. A WeakSet of millions costs a collector minutes; a Set
// of millions is copied whole whenever it grows, and cannot hold more than 16 million.

/** Objects that one Set holds: to copy them takes some 10 ms. */
const most = 2 ** 18

export class ObjectSet {
  readonly #full: Set<object>[] = []
  #last = new Set<object>()

  has(object: object): boolean {
    if (this.#last.has(object)) return true
    for (const set of this.#full) if (set.has(object)) return true
    return false
  }

  add(object: object): void {
    if (this.#last.size >= most) {
      this.#full.push(this.#last)
      this.#last = new Set()
    }
    this.#last.add(object)
  }
}
