// Serving on a port: @hono/node-server around a router, and an end that loses no request.

import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { json } from '../lib/codecs.js'
import type { Fault } from '../lib/fault.js'
import { isLoopback, isUnsaid, unsaid } from './exposure.js'
import { Hosts } from './hosts.js'
import { always } from './responses.js'
import { Router } from './router.js'

export interface ServeOptions {
  /** Default 8000; 0 takes a free one. */
  readonly port?: number
  /** The address to listen on. Default `127.0.0.1`: this machine only. Others want the Router's `secret` said. */
  readonly host?: string
  /**
   * Names, without a port, that requests may have in their `Host`, such as the one that a proxy passes on. Others
   * are answered with 421, but for `localhost` and addresses. Default: those of the router's `origins` where
   * `host` is an address of this machine's own (127.0.0.1, ::1), so that no web site can reach it under a name of
   * its own; else `'any'`, which checks nothing.
   */
  readonly hosts?: readonly string[] | 'any'
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

/**
 * Serves a router or a Hono app. Rejects with Node's error where the address is taken or not allowed; and with
 * TypeError where other machines reach it, and a router has not said whether its URLs are sealed.
 */
export async function serve(app: Fetcher, options: ServeOptions = {}): Promise<Server> {
  const { port = 8000, host = '127.0.0.1', deadline = 10_000 } = options
  const pipeline = app instanceof Router
  const exposed = !isLoopback(host)
  if (exposed && isUnsaid(pipeline ? app.app : app)) throw new TypeError(`${host}: ${unsaid}`)
  let hosts: Hosts | undefined
  const fetch = (request: Request, bindings: { readonly incoming: Pick<IncomingMessage, 'headers'> }) => {
    const refusal = hosts?.refusal(bindings.incoming.headers.host)
    return refusal === undefined ? app.fetch(request, { ...bindings, pipeline, exposed }) : refused(refusal)
  }
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
  hosts = new Hosts(address.address, options.hosts, app instanceof Router ? app.origins : [])
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

/** In a type that everybody reads: what the request accepts is the application's to know. */
function refused(fault: Fault): Response {
  const headers = { ...always, 'content-type': 'application/json', 'cache-control': 'no-store' }
  return new Response(json.encode(fault) as Uint8Array<ArrayBuffer>, { status: fault.status, headers })
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
