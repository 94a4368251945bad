// Serving on a port: @hono/node-server around a router, and an end that loses no request.

import type { Server as HttpServer, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Router } from './router.js'

export interface ServeOptions {
  /** Default 8000; 0 takes a free one. */
  readonly port?: number
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string
  /** Milliseconds that `close` waits for running requests. Default 10,000. */
  readonly deadline?: number
}

export interface Server {
  /** Where it can be reached, with a slash at the end. */
  readonly url: string
  readonly port: number
  /**
   * Stops accepting, lets the requests that run finish until the deadline (milliseconds), then cuts
   * connections. Called again, it waits for the same end, and may cut earlier.
   */
  close(deadline?: number): Promise<void>
}

/** Anything that answers requests: a Router, or a Hono app that one is mounted in. */
export interface Fetcher {
  // biome-ignore lint/suspicious/noExplicitAny: Hono types what an adapter passes along in its own way.
  fetch(request: Request, bindings?: any): Response | Promise<Response>
}

/** Serves a router or a Hono app. Rejects with Node's error where the address is taken or not allowed. */
export async function serve(app: Fetcher, options: ServeOptions = {}): Promise<Server> {
  const { port = 8000, host = '127.0.0.1', deadline = 10_000 } = options
  const pipeline = app instanceof Router
  const fetch: Fetcher['fetch'] = (request, bindings) => app.fetch(request, { ...bindings, pipeline })
  const server = createAdaptorServer({ fetch, hostname: host }) as HttpServer
  const connections = new Connections(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}/`,
    port: address.port,
    async close(wait = deadline) {
      const timer = setTimeout(() => connections.cut(), wait)
      await connections.end()
      clearTimeout(timer)
    },
  }
}

/** The connections of a server, and what is under way on each. */
class Connections {
  readonly #server: HttpServer
  readonly #running = new Map<Socket, Set<ServerResponse>>()
  #ended: Promise<void> | undefined

  constructor(server: HttpServer) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#running.set(socket, new Set())
      socket.once('close', () => this.#running.delete(socket))
    })
    server.on('request', (request, response) => {
      const running = this.#running.get(request.socket)
      running?.add(response)
      response.shouldKeepAlive &&= this.#ended === undefined
      response.once('close', () => {
        running?.delete(response)
        if (this.#ended === undefined || running?.size !== 0) return
        // Whoever is still sending must be able to read the answer first.
        if (request.complete) request.socket.destroySoon()
        else request.socket.end()
      })
    })
  }

  /** Accepts no more, and ends each connection once nothing runs on it: at once where nothing does. */
  end(): Promise<void> {
    this.#ended ??= new Promise<void>((resolve, reject) => {
      this.#server.close(error => (error ? reject(error) : resolve()))
      for (const [socket, running] of this.#running) {
        // Those on which no request came too: Node's closeIdleConnections waits for their headers.
        if (running.size === 0) socket.destroy()
        for (const response of running) response.shouldKeepAlive = false
      }
    })
    return this.#ended
  }

  cut(): void {
    for (const socket of this.#running.keys()) socket.destroy()
  }
}
