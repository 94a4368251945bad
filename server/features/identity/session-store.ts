// Where sessions are kept that clients do not keep themselves. Types only.

/**
 * Keeps sessions, for example in Redis, and for a while which of them were ended. What it is given it gives back, until
 * that has expired or was deleted.
 */
export interface SessionStore {
  get(id: string): Uint8Array | undefined | Promise<Uint8Array | undefined>
  set(id: string, value: Uint8Array, expires: Date): unknown
  delete(id: string): unknown
}
