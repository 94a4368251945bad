// The entries for a request, a step and an accident, as they are told: to hooks, to channels, and to the log. No path in it holds the
// state of a URL, and nothing in it is a query, a header or a body. Types only.

import type { Trace } from '../../core/context/trace.js'

export interface RequestEntry {
  /** Of this request: what its sender said in `X-Request-Id`, or made here. */
  readonly id: string
  readonly method: string
  /** Without its query; a state in it is `…`. */
  readonly path: string
  /** The HTTP version, such as `1.1`. */
  readonly version: string
  /** The name of its target: `hello`, `User`, `User.message`, `pipeline`; `(other)` where that is nothing registered. */
  readonly name: string
  /** 499 where the sender left before it had the whole answer, as nginx says it. */
  readonly status: number
  /** From its head to the end of the answer. */
  readonly milliseconds: number
  /** Sent, its head included. */
  readonly bytes: number
  /** Of the sender, behind named `proxies` as they tell it; else of the connection. */
  readonly address: string | undefined
  /** The caller, where the application's middleware says it by a text. */
  readonly user: string | undefined
  readonly trace: Trace | undefined
}

/** A step of a pipeline: a call that many of travel in one request. */
export interface StepEntry {
  readonly id: string
  readonly name: string
  readonly status: number
  readonly milliseconds: number
}

export interface ErrorEntry {
  /** Of the request that it happened in. */
  readonly id: string
  /** The reference that its caller was given. */
  readonly logref: string
  readonly error: unknown
}
