// The context of a request: what `this.context` is in a Resource, and `this` in a plain function.

/** Made for every request; a property costs something only when it is read. */
export class Context {
  readonly #request: () => Request
  readonly #log: Log
  readonly #running: { readonly signal: AbortSignal } | undefined
  #signal: AbortSignal | undefined
  /** Who calls, as the application's middleware found out: what it set as `user` on Hono's context. */
  readonly user: unknown

  /** `running` knows the request's time, where somebody bounds that. */
  constructor(
    request: () => Request,
    log: Log,
    user: unknown,
    running: { readonly signal: AbortSignal } | undefined,
  ) {
    this.#request = request
    this.#log = log
    this.#running = running
    this.user = user
  }

  /** The HTTP request. Its body has been read. */
  get request(): Request {
    return this.#request()
  }

  /** Aborted when the client leaves, or the request's time is up. */
  get signal(): AbortSignal {
    const { signal: left } = this.request
    return this.#running === undefined
      ? left
      : (this.#signal ??= AbortSignal.any([left, this.#running.signal]))
  }

  get log(): Log {
    return this.#log
  }
}

/** Where a server writes what people should know. `console` is one, so is pino. */
export interface Log {
  error(...parameters: unknown[]): void
  warn(...parameters: unknown[]): void
  info(...parameters: unknown[]): void
}
