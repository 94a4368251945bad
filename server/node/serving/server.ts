// A server that runs, as its application sees it, and the hooks that it can listen to. Types only.

import type { Stop } from './ending.js'
import type { ErrorEntry, RequestEntry } from './entries.js'
import type { Properties } from './properties.js'

export interface Server {
  /** The address that it can be reached at, with a slash at the end. */
  readonly url: string
  readonly port: number
  /** Has `close` been called? What a readiness check of the application's answers. */
  readonly closing: boolean
  /** The settings of the server: read them, or set them for the requests to come. Throws TypeError for a value that cannot be. */
  readonly properties: Properties
  /**
   * Listens to a hook; what is returned ends that. A listener that throws is logged, and breaks nothing. Throws
   * TypeError for a hook that is none.
   */
  on<H extends Hook>(hook: H, listener: Listener<H>): () => void
  /**
   * Holds up the end of the server until a promise is settled, but no longer than `deadline` for each phase of
   * closing: for work that goes on after its request was answered.
   */
  waitUntil(promise: PromiseLike<unknown>): void
  /**
   * After the time to drain, stops accepting, lets the requests that run finish until the deadline
   * (milliseconds), then cuts connections. Called again, it drains no longer, waits for the same end, and may
   * cut earlier.
   */
  close(deadline?: number): Promise<void>
}

/** Each hook, and what its listeners are given. */
export interface HookEvents {
  /** The server listens. */
  readonly start: Server
  /** A request has been answered, or its sender has left. */
  readonly request: RequestEntry
  /** So many milliseconds (`properties.beat`) have gone by since the last one was over. */
  readonly beat: Server
  /** The application has failed by accident, and a caller has got its `logref`. */
  readonly error: ErrorEntry
  /** The server is about to stop: once in each of the two phases. */
  readonly stop: Stop
}

export type Hook = keyof HookEvents
export type Listener<H extends Hook> = (event: HookEvents[H]) => unknown
/** Listeners by hook, as an option of `serve`. */
export type Listeners = { readonly [H in Hook]?: Listener<H> }
