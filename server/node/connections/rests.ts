// The rest of requests that were answered before all of them had come: it is read and dropped for a while, since a
// connection that is closed with something unread is reset, and the answer lost (RFC 9112 9.6).

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds for a peer that was answered to read that, and end by itself, from when it sends nothing. */
export const lingering = 1000
/** The same for one that goes on sending. */
const longest = 10_000

/** Times are those of `performance`; 0: not looked at yet. */
interface Rest {
  readonly socket: Socket
  began: number
  moved: number
  read: number
}

/** May its body be there only after the answer? */
export const isLong = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 65_536

export class Rests {
  readonly #rests = new Map<IncomingMessage, Rest>()

  /** Reads what still comes of a request, and drops it. */
  drop(incoming: IncomingMessage, outgoing: ServerResponse, socket: Socket): void {
    if (socket.destroyed || this.#rests.has(incoming)) return
    this.#rests.set(incoming, { socket, began: 0, moved: 0, read: 0 })
    // @hono/node-server would end the connection after half a second or 64 MiB, and has no option for that; Node at
    // once where the connection is not kept.
    socket.destroySoon = () => undefined
    incoming.once('end', () => {
      Reflect.deleteProperty(socket, 'destroySoon')
      if (!outgoing.shouldKeepAlive) socket.destroySoon()
    })
    incoming.resume()
  }

  /** Cuts what has been dropped for long enough. */
  look(now: number): void {
    for (const [incoming, rest] of this.#rests) {
      const { socket } = rest
      if (rest.began === 0) rest.began = now
      if (rest.moved === 0 || socket.bytesRead > rest.read) {
        rest.moved = now
        rest.read = socket.bytesRead
      }
      const isOver = now - rest.moved >= lingering || now - rest.began >= longest
      if (!isOver && !incoming.complete && !socket.destroyed) continue
      this.#rests.delete(incoming)
      if (!incoming.complete) socket.destroy()
    }
  }
}
