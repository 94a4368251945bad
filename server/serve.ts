// Serving on a port: @hono/node-server around a router, and an end that loses no request.

import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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
   * connections. Called again, it waits for the same end.
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
  let closing: Promise<void> | undefined
  server.on('request', (_, response) => {
    response.on('close', () => {
      // A connection that goes idle while the server closes would keep it open until it times out.
      if (closing !== undefined) setImmediate(() => server.closeIdleConnections())
    })
  })
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
    close(wait = deadline) {
      closing ??= close(server, wait)
      return closing
    },
  }
}

async function close(server: HttpServer, deadline: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), deadline)
  await new Promise<void>((resolve, reject) => {
    server.close(error => (error ? reject(error) : resolve()))
    server.closeIdleConnections()
  })
  clearTimeout(timer)
}
