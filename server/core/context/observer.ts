// Who watches over a request while it is answered: `serve` does (serving/observed.ts). Types only, for those who tell.

import type { Log } from './log.js'
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
  /** What the request is for: its name, and its path below the mount, without what somebody may have written into it. */
  reached(name: string, path: string): void
  /** The application failed by accident. */
  failed(logref: string, error: unknown): void
  /** A step of a pipeline begins. */
  step(): StepObserver
}

export interface StepObserver {
  run<T>(step: () => T): T
  /** Told once, of a step that was carried out. */
  ended(name: string, status: number): void
}
