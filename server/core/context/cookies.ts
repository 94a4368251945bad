// The cookies of one request and its answer, as an application sees them. Types only: who keeps them is above the core.

export interface CookieOptions {
  /** Is what it holds kept from whoever has the cookie, too? Default: it is only kept from being changed. */
  readonly encrypt?: boolean
  /** Seconds that browsers keep it; a server has to look itself how old it is. Default: until they are closed. */
  readonly maxAge?: number
  /** Which paths it is sent to. Default `/`, or where the router is mounted. */
  readonly path?: string
  /** Is it sent where another site leads here: `Lax` (by links), the default, `Strict` (never), `None` (always)? */
  readonly sameSite?: 'Lax' | 'Strict' | 'None'
  /** Can no script read it? Default true. */
  readonly httpOnly?: boolean
}

export interface Cookies {
  /**
   * What this server has set under that name, if the client has sent it, unchanged; or what is about to be set. `path` as
   * it was set: by https a cookie of `/` is one that no other host of the domain can set, and no other stands in for it.
   */
  get(name: string, options?: Pick<CookieOptions, 'path'>): string | undefined
  /**
   * Sets a cookie with the answer. Throws Error where the router has no secret or the answer has been begun, and
   * RangeError for one of more than 4,096 characters.
   */
  set(name: string, value: string, options?: CookieOptions): void
  /** Takes a cookie away from the client. `path` as it was set. */
  delete(name: string, options?: Pick<CookieOptions, 'path'>): void
}
