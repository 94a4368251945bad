// A proxy that breaks connections as a test says: TCP in this process, bytes counted for each connection and
// direction from when a fault is armed. It knows nothing of HTTP.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Direction = 'request' | 'response'

/** What happens to a direction of a connection at a byte. `truncate` ends this direction alone, `close` both. */
export type Kind =
  | 'close'
  | 'reset'
  | 'truncate'
  | 'swallow'
  | 'delay'
  | 'throttle'
  | 'drop'
  | 'duplicate'
  | 'corrupt'

export interface Fault {
  readonly kind: Kind
  readonly direction: Direction
  /** Bytes of this direction that pass before it. */
  readonly at: number
  /** On how many connections. Default: all. */
  readonly times?: number
}

/** Bytes that `drop` and `duplicate` are about. */
const few = 5

/** What has come in a direction: how many bytes, and the first of them. */
export interface Seen {
  readonly total: number
  readonly start: Buffer
}

const startBytes = 4096
const nothing: Seen = { total: 0, start: Buffer.alloc(0) }

const after = ({ total, start }: Seen, chunk: Buffer): Seen => ({
  total: total + chunk.length,
  start: start.length < startBytes ? Buffer.concat([start, chunk]).subarray(0, startBytes) : start,
})

export interface FaultProxy {
  readonly url: string
  readonly port: number
  /** Counts bytes from here on, and breaks connections as the fault says. */
  arm(fault?: Fault): void
  /** What has come in each direction since, on all connections. */
  readonly seen: Readonly<Record<Direction, Seen>>
  /** Connections that are open to either side. */
  readonly open: number
  /** Ends every connection, as a server does with those that are idle. */
  cut(): void
  close(): Promise<void>
}

export async function openProxy(target: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>()
  const seen: Record<Direction, Seen> = { request: nothing, response: nothing }
  let armed: Fault | undefined
  let left = 0
  const spend = () => left-- > 0
  const server = createServer({ allowHalfOpen: true }, socket => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    const pair = new Pair(socket, upstream, seen, spend, () => pairs.delete(pair))
    pairs.add(pair)
    pair.arm(armed)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    seen,
    arm(fault) {
      armed = fault
      left = fault === undefined ? 0 : (fault.times ?? Number.POSITIVE_INFINITY)
      seen.request = nothing
      seen.response = nothing
      for (const pair of pairs) pair.arm(armed)
    },
    get open() {
      return pairs.size
    },
    cut() {
      for (const pair of pairs) pair.end()
    },
    async close() {
      for (const pair of pairs) pair.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** A connection: the client's side and the server's. */
class Pair {
  #fault: Fault | undefined
  readonly #client: Socket
  readonly #server: Socket
  readonly #spend: () => boolean
  readonly #gone: () => void
  readonly #passed = { request: 0, response: 0 }

  constructor(
    client: Socket,
    server: Socket,
    seen: Record<Direction, Seen>,
    spend: () => boolean,
    gone: () => void,
  ) {
    this.#client = client
    this.#server = server
    this.#spend = spend
    this.#gone = gone
    void this.#carry('request', client, server, seen)
    void this.#carry('response', server, client, seen)
  }

  async #carry(direction: Direction, from: Socket, to: Socket, seen: Record<Direction, Seen>): Promise<void> {
    from.on('error', () => undefined)
    from.on('close', () => this.destroy())
    try {
      let ended = false
      for await (const chunk of from as AsyncIterable<Buffer>) {
        seen[direction] = after(seen[direction], chunk)
        const fault = this.#fault
        const start = this.#passed[direction]
        this.#passed[direction] += chunk.length
        const reached = fault?.direction === direction && start + chunk.length > fault.at && this.#spend()
        if (ended) continue
        if (!reached) await write(to, chunk)
        else {
          const at = fault.at - start
          this.#fault = undefined
          await write(to, chunk.subarray(0, at))
          ended = await this.#break(fault.kind, chunk.subarray(at), to)
        }
      }
      // Whoever has left a direction that leads nowhere any more has left: which Node makes of it differs.
      if (ended) this.destroy()
      else to.end()
    } catch {
      // The other side is gone.
      this.destroy()
    }
  }

  /** The rest of a piece, as it gets on. True where no more of this direction does. */
  async #break(kind: Kind, rest: Buffer, to: Socket): Promise<boolean> {
    switch (kind) {
      case 'close':
        this.end()
        return true
      case 'reset':
        this.#client.resetAndDestroy()
        this.#server.resetAndDestroy()
        return true
      case 'truncate':
        to.end()
        return true
      case 'swallow':
        return true
      case 'delay':
        await sleep(30)
        await write(to, rest)
        return false
      case 'throttle':
        for (let start = 0; start < rest.length; ) {
          const size = Math.ceil(rest.length / 20)
          await write(to, rest.subarray(start, start + size))
          start += size
          await sleep(1)
        }
        return false
      case 'drop':
        await write(to, rest.subarray(few))
        return false
      case 'duplicate':
        await write(to, Buffer.concat([rest.subarray(0, few), rest]))
        return false
      case 'corrupt': {
        const altered = Buffer.from(rest)
        altered[0] = (altered[0] as number) ^ 0x15
        await write(to, altered)
        return false
      }
    }
  }

  arm(fault: Fault | undefined): void {
    this.#fault = fault
    this.#passed.request = 0
    this.#passed.response = 0
  }

  /** Says to both sides that no more comes, and is gone soon after. */
  end(): void {
    this.#client.end()
    this.#server.end()
    setTimeout(() => this.destroy(), 20)
  }

  destroy(): void {
    this.#client.destroy()
    this.#server.destroy()
    this.#gone()
  }
}

/** With back-pressure. */
async function write(to: Socket, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return
  if (!to.writable) throw new Error('gone')
  await new Promise<void>((resolve, reject) => to.write(bytes, error => (error ? reject(error) : resolve())))
}
