// Who watches over a request while it is answered: `serve` does (serving/observed.ts). Types only, for those who tell.

import type { Target } from '../registration/mappers.js'
import type { Log } from './context.js'
import type { Trace } from './trace.js'

export interface Observer {
  /** Of this request; asking for it sends it along with the answer. */
  readonly id: string
  readonly trace: Trace | undefined
  /** Where the server writes, if it was told to write anywhere. */
  readonly log: Log | undefined
  /** Who it is, once that is known. */
  readonly user: unknown
  /** A router takes the request up, mounted at a path. */
  entered(mount: string, user: unknown): void
  /** What the request is for: something registered, or another part by its name and path. */
  reached(target: Target | Reached): void
  /** The application failed by accident. */
  failed(logref: string, error: unknown): void
  /** A step of a pipeline begins. */
  step(): StepObserver
}

/** What is not registered, and answers all the same. */
export interface Reached {
  readonly kind: 'part'
  readonly name: string
  /** Below the mount. */
  readonly path: string
}

export interface StepObserver {
  run<T>(step: () => T): T
  /** Told once, of a step that was carried out. */
  ended(name: string, status: number): void
}
