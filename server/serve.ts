// Serving on a port: @hono/node-server around a router, and an end that loses no request.

import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { type ServeLimits, serveLimits, withLimits } from '../lib/limits.js'
import { Connections } from './connections.js'
import { isLoopback, isUnsaid, unsaid } from './exposure.js'
import { Hosts } from './hosts.js'
import { Refusal } from './refusal.js'
import { Router } from './router.js'
import type { Running } from './running.js'

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
  /**
   * Milliseconds that `close` first goes on answering everything, ending each connection after its answer, so that
   * whoever sends requests here can notice and send them elsewhere. Default 0; spec/operations.md says what to set.
   */
  readonly drain?: number
  /** Milliseconds that `close` then waits for running requests. Default 10,000. */
  readonly deadline?: number
  /**
   * Milliseconds that an idle connection is kept. Default 75,000: longer than nginx and the balancers of clouds keep
   * theirs (60 s). Were it shorter, they would send requests on connections that are just being closed.
   */
  readonly keepAlive?: number
  /** Of connections, and of all requests together; what a request may hold is the Router's to say. */
  readonly limits?: Partial<ServeLimits>
}

export interface Server {
  /** Where it can be reached, with a slash at the end. */
  readonly url: string
  readonly port: number
  /** Has `close` been called? What a readiness check of the application's answers. */
  readonly closing: boolean
  /**
   * After the time to drain, stops accepting, lets the requests that run finish until the deadline
   * (milliseconds), then cuts connections. Called again, it drains no longer, waits for the same end, and may
   * cut earlier.
   */
  close(deadline?: number): Promise<void>
}

/** Anything that answers requests: a Router, or a Hono app that one is mounted in. */
export interface Fetcher {
  // biome-ignore lint/suspicious/noExplicitAny: Hono types what an adapter passes along in its own way.
  fetch(request: Request, bindings?: any): Response | Promise<Response>
}

/**
 * Serves a router or a Hono app. Rejects with Node's error where the address is taken or not allowed; with
 * TypeError where other machines reach it, and a router has not said whether its URLs are sealed, and for a limit
 * that is none.
 */
export async function serve(app: Fetcher, options: ServeOptions = {}): Promise<Server> {
  const { port = 8000, host = '127.0.0.1', drain = 0, deadline = 10_000, keepAlive = 75_000 } = options
  const pipeline = app instanceof Router
  const exposed = !isLoopback(host)
  if (exposed && isUnsaid(pipeline ? app.app : app)) throw new TypeError(`${host}: ${unsaid}`)
  let hosts: Hosts | undefined
  /** The request that the adapter was handed, until it calls `fetch` for it, which it does at once. */
  let current: Running | undefined
  const limits = withLimits(serveLimits, options.limits)
  const fetch = (request: Request, bindings: HttpBindings | Http2Bindings) => {
    const running = current
    current = undefined
    const answer = () => {
      const refusal = hosts?.refusal(bindings.incoming.headers.host)
      if (refusal !== undefined) return new Refusal(refusal).response(bindings.incoming.headers.accept)
      // Named one by one: to spread what the adapter gives costs as much as finding the function to call.
      const { incoming, outgoing } = bindings
      return app.fetch(request, { incoming, outgoing, pipeline, exposed, running })
    }
    return running === undefined ? answer() : running.answer(answer)
  }
  const server = createAdaptorServer({
    fetch,
    hostname: host,
    serverOptions: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headerTime,
      // A body may take long, as long as it keeps coming: `senderTime` sees to that.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(1000, Math.max(10, limits.headerTime / 4)),
    },
    // Before anything is made of a request, since shedding it must cost less than answering it.
    createServer: ((settings: object, listener: RequestListener) =>
      createServer(settings, (incoming, outgoing) => {
        connections.admit(incoming, outgoing, running => {
          current = running
          listener(incoming, outgoing)
          // What the adapter answered by itself, since it is no request that the application could take.
          current?.settle()
        })
      })) as typeof createServer,
  }) as HttpServer
  server.timeout = limits.readerTime
  server.keepAliveTimeout = keepAlive
  const connections = new Connections(server, limits)
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
    get closing() {
      return connections.closing
    },
    async close(wait = deadline) {
      await connections.drain(drain)
      const timer = setTimeout(() => connections.cut(), wait)
      await connections.end()
      clearTimeout(timer)
    },
  }
}
