// The session of whoever makes a request, as an application sees it. Types only: who keeps it is above the core.

export interface Session {
  /** Another one after a login. */
  readonly id: string
  get(key: string): unknown
  /**
   * Any value that can travel; undefined takes it away. Whoever sets `user` anew gets another id, and so does whoever
   * is another user by the option `user` then, so that nobody who knew the one before is logged in. Throws Error once
   * the answer has been begun.
   */
  set(key: string, value: unknown): void
  /** Gives it another id, and a new start. */
  regenerate(): void
  /** Ends it: a logout. */
  destroy(): void
}
