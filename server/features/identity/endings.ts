// Sessions that are over before their time: a request that has begun with one of them, and ends later, must not write it
// again, nor what it was replaced by. In the order of its steps it needs no locks: who ends marks first and looks for
// what to delete then; who writes looks for marks again once it has written.

import { createHash } from 'node:crypto'
import type { SessionStore } from './session-store.js'

/** A request that takes longer than a session may be idle could have begun with one that was ended. */
const atLeast = 60 * 60_000

export class Endings {
  readonly #marks: Pick<SessionStore, 'get' | 'set'>
  /** Milliseconds for which endings are known. */
  readonly lasting: number

  /** Without a store they are known in this process alone. */
  constructor(store: SessionStore | undefined, idle: number) {
    this.#marks = store ?? new Memory()
    this.lasting = Math.max(idle, atLeast)
  }

  /** Says that nothing of a session may be written again. */
  async over(id: string): Promise<void> {
    await this.#mark('over', id, '')
  }

  /** Says that it goes on under another id. */
  async replaced(id: string, by: string): Promise<void> {
    await this.#mark('replaced', id, by)
  }

  async isOver(id: string): Promise<boolean> {
    return (await this.#marks.get(keyOf('over', id))) !== undefined
  }

  async successorOf(id: string): Promise<string | undefined> {
    const bytes = await this.#marks.get(keyOf('replaced', id))
    return bytes && new TextDecoder().decode(bytes).slice(1)
  }

  /** Is it over, or goes on under another id? */
  async has(id: string): Promise<boolean> {
    return (await this.isOver(id)) || (await this.successorOf(id)) !== undefined
  }

  async #mark(kind: Kind, id: string, by: string): Promise<void> {
    // Not empty, since a store may take nothing for none.
    const value = new TextEncoder().encode(`.${by}`)
    await this.#marks.set(keyOf(kind, id), value, new Date(Date.now() + this.lasting))
  }
}

type Kind = 'over' | 'replaced'

/** As long as the id of a session, and none that a cookie holds. */
const keyOf = (kind: Kind, id: string): string =>
  createHash('sha256').update(`${kind} ${id}`).digest('base64url').slice(0, 22)

const mostKept = 20_000

class Memory {
  readonly #kept = new Map<string, { readonly value: Uint8Array; readonly until: number }>()

  get(key: string): Uint8Array | undefined {
    const kept = this.#kept.get(key)
    return kept === undefined || kept.until <= Date.now() ? undefined : kept.value
  }

  set(key: string, value: Uint8Array, expires: Date): void {
    this.#kept.delete(key)
    this.#kept.set(key, { value, until: expires.getTime() })
    // The oldest ones, and all that is known too long.
    for (const [old, { until }] of this.#kept) {
      if (this.#kept.size <= mostKept && until > Date.now()) break
      this.#kept.delete(old)
    }
  }
}
