// Bytes that have come and gone. Summed up when a connection ends, or when somebody asks: requests cost nothing.

import type { Server as HttpServer } from 'node:http'
import type { Socket } from 'node:net'

export class Traffic {
  readonly #open = new Set<Socket>()
  #received = 0
  #sent = 0
  /** Connections that were accepted so far. */
  accepted = 0

  constructor(server: HttpServer) {
    server.on('connection', socket => {
      this.accepted++
      this.#open.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        this.#received += socket.bytesRead
        this.#sent += socket.bytesWritten
      })
    })
  }

  get connections(): number {
    return this.#open.size
  }

  get received(): number {
    let sum = this.#received
    for (const socket of this.#open) sum += socket.bytesRead
    return sum
  }

  get sent(): number {
    let sum = this.#sent
    for (const socket of this.#open) sum += socket.bytesWritten
    return sum
  }
}
