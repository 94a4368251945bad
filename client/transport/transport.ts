// A transport is a function that carries one request. undici.ts, fetch.ts and local.ts are the ones we have.

export interface TransportRequest {
  readonly method: string
  readonly url: string
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
  readonly signal: AbortSignal | undefined
  /** The URL whose redirect led here. A transport that sees addresses goes to no private one from a public one. */
  readonly from?: string | undefined
  /** For a transport with `tellsSent`: to be called with the bytes of the body that have gone up, and with all of them. */
  readonly onSent?: ((sent: number, total: number | undefined) => void) | undefined
}

export interface TransportResponse {
  readonly status: number
  /** Of several fields of that name, their values with commas between. */
  header(name: string): string | undefined
  /** The `Set-Cookie` fields, each by itself: no comma divides them. Without it, `header` gives the only one. */
  readonly cookies?: readonly string[]
  /** The URL that it came from, where the platform has followed redirects itself, as browsers do. */
  readonly url?: string
  /** Leaving the iteration early stops the transfer. */
  readonly body: AsyncIterable<Uint8Array>
  /** All of the body, in the place of `body`, for a transport with a cheaper way than piece by piece. */
  readonly whole?: () => Promise<Uint8Array>
}

/**
 * Follows no redirects, where the platform lets one see them, and retries nothing. Rejects with `Unsent` where the request
 * did not leave.
 */
export interface Transport {
  (request: TransportRequest): Promise<TransportResponse>
  /** Runs a function once the microtasks of the current turn have run. */
  readonly afterTurn?: (run: () => void) => void
  /** Does it keep answers itself, as browsers do? */
  readonly keeps?: boolean
  /** Does it call `onSent`? With others, bytes count as sent once they are taken. */
  readonly tellsSent?: boolean
}

/** A request that a transport does not send, this time or the next. Nothing was sent. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

/** A failure of a transport that is certain to have sent nothing. */
export class Unsent extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'Unsent'
  }
}

/** The error of a body that has come, and cannot be read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
