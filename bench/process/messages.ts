// What the runner and its processes say to each other, over the channel that `fork` opens.

/** CPU time in microseconds, memory in bytes. */
export interface Usage {
  readonly cpu: number
  readonly resident: number
  readonly heap: number
  /** The most that was resident since `reset`. */
  readonly peak: number
  /** Open sockets. */
  readonly sockets: number
}

/** One slice of one client: calls, milliseconds in all, and the median time of a call in microseconds. */
export interface Slice {
  readonly calls: number
  readonly wall: number
  readonly p50: number
}

export type Request =
  | { readonly do: 'usage'; readonly collect?: boolean; readonly reset?: boolean }
  /** Clients only: runs a workload once and checks the result; false where the peer has no way to do it. */
  | { readonly do: 'check'; readonly workload: string }
  | { readonly do: 'slice'; readonly workload: string; readonly milliseconds: number }
  /** Clients only: so many small calls, 32 in flight. */
  | { readonly do: 'calls'; readonly count: number }
  /** Clients only: opens so many more clients with connections of their own; false where the peer cannot. */
  | { readonly do: 'hold'; readonly count: number }

export type Reply = { readonly value: unknown } | { readonly error: string }

/** Answers the runner's requests, one after the other, until it lets go of the channel. */
export function answer(handle: (request: Request) => unknown): void {
  process.on('message', async (request: Request) => {
    let reply: Reply
    try {
      reply = { value: await handle(request) }
    } catch (error) {
      reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    process.send?.(reply)
  })
  process.on('disconnect', () => process.exit())
}
