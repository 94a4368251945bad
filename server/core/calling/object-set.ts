// Sets of objects that a request may make as large as its message. A WeakSet of millions costs a collector minutes; a Set
// of millions is copied whole whenever it grows, and cannot hold more than 16 million.

/** Objects that one Set holds: to copy them takes some 10 ms. */
const most = 2 ** 18

export class ObjectSet {
  // Made when they are needed: most requests have none.
  #full: Set<object>[] | undefined
  #last: Set<object> | undefined

  has(object: object): boolean {
    if (this.#last === undefined) return false
    if (this.#last.has(object)) return true
    return this.#full?.some(set => set.has(object)) ?? false
  }

  add(object: object): void {
    if (this.#last !== undefined && this.#last.size >= most) {
      this.#full ??= []
      this.#full.push(this.#last)
      this.#last = undefined
    }
    this.#last ??= new Set()
    this.#last.add(object)
  }
}
