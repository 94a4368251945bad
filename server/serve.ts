// Serving on a port: @hono/node-server around a router, and an end that loses no request.

import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, isIPv6 } from 'node:net'
import type { ServeLimits } from '../lib/limits.js'
import {
  boolean,
  checkArgument,
  checkOptions,
  either,
  having,
  type Kind,
  listOf,
  object,
  oneOf,
  shown,
  text,
  whole,
} from '../lib/options.js'
import { unwaited } from '../lib/promises.js'
import { toFault } from './core/faults/faults.js'
import type { Plugin } from './core/handler/plugin.js'
import { isUndeclared, undeclared } from './core/sealing/undeclared.js'
import { refusalOf } from './features/html/refusal-page.js'
import { mountedIn } from './hono.js'
import type { Http2Bindings, HttpBindings } from './node/connections/adapter.js'
import { Connections } from './node/connections/connections.js'
import { Hosts, hostName } from './node/connections/hosts.js'
import type { Running } from './node/connections/running.js'
import { isLoopback } from './node/domain/loopback.js'
import { ServiceDomain } from './node/domain/service-domain.js'
import { factoriesIn } from './node/factory/factory.js'
import { Fallback, type FallbackOptions } from './node/factory/fallback.js'
import { Ending } from './node/serving/ending.js'
import { Beat } from './node/serving/heartbeat.js'
import type { Observed } from './node/serving/observed.js'
import { outliveReaders } from './node/serving/outputs.js'
import { type Properties, type PropertyOptions, propertiesOf } from './node/serving/properties.js'
import type { Server } from './node/serving/server.js'
import { Serving, type ServingOptions } from './node/serving/serving.js'
import { closeAtSignals } from './node/serving/signals.js'
import { prepareTracing } from './node/serving/tracing.js'
import { Router } from './router.js'

export interface ServeOptions extends ServingOptions, Omit<PropertyOptions, 'limits'> {
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
  /** Of connections, and of all requests together; what a request may hold is the Router's to say. */
  readonly limits?: Partial<ServeLimits>
  /**
   * Is the server closed at SIGTERM and SIGINT, and the process ended after that? Default: yes, unless the program
   * has handlers for these signals itself; `true`: also then. The second signal ends the process at once.
   */
  readonly signals?: boolean
  /**
   * Plugins, added to the router, or to each router that is mounted in the application, behind its own (`use` of the
   * Router). Default: none.
   */
  readonly use?: readonly Plugin[]
  /** The factory at `/factory`: help, status, health, metrics and more. False: nothing. */
  readonly factory?: FallbackOptions | false
}

const kinds = {
  port: whole(0, 65_535),
  host: text,
  hosts: either(oneOf('any'), listOf(hostName)),
  domain: true,
  proxies: true,
  proxyHeader: true,
  headers: true,
  limits: object,
  log: either(oneOf('common', 'json'), having('a logger', 'error', 'warn', 'info')),
  logLevel: true,
  on: object,
  use: listOf(object),
  factory: either(oneOf(false), object),
  signals: boolean,
  drain: true,
  deadline: true,
  keepAlive: true,
  beat: true,
} satisfies Record<keyof ServeOptions, Kind | true>

/** A limit as Node takes it: of times, the longest that its timers know, and of bytes more than there can be. */
const finite = (limit: number): number => Math.min(Math.ceil(limit), 2 ** 31 - 1)

/** Anything that answers requests: a Router, or a Hono app that one is mounted in. */
export interface Fetcher {
  // biome-ignore lint/suspicious/noExplicitAny: Hono types what an adapter passes along in its own way.
  fetch(request: Request, bindings?: any): Response | Promise<Response>
}

/** Throws TypeError where nobody is there to use them: of routers that an application hides nothing is known. */
function usePlugins(app: object, plugins: readonly Plugin[]): void {
  const routers = plugins.length === 0 ? [] : mountedIn(app)
  if (plugins.length > 0 && routers.length === 0)
    throw new TypeError(
      'serve: use: no router is to be seen in this application; give the plugins to new Router',
    )
  for (const { use } of routers) use(plugins)
}

/**
 * Serves a router or a Hono app. Rejects with Node's error where the address is taken or not allowed; with
 * TypeError where other machines reach it, and a router has not said whether its URLs are sealed, and for an
 * option, a limit or a network that is none.
 */
export async function serve(app: Fetcher, options: ServeOptions = {}): Promise<Server> {
  checkArgument('serve', app, having('a router or Hono app', 'fetch'))
  checkOptions('serve', options, kinds)
  const { port = 8000, host = '127.0.0.1' } = options
  const pipeline = app instanceof Router
  const exposed = !isLoopback(host)
  if (exposed && isUndeclared(pipeline ? app.app : app)) throw new TypeError(`${host}: ${undeclared}`)
  const described = app instanceof Router ? app.app : app
  usePlugins(described, options.use ?? [])
  const fallback = options.factory === false ? undefined : new Fallback(described, options.factory ?? {})
  let hosts: Hosts | undefined
  /** The request that the adapter was handed, until it calls `fetch` for it, which it does at once. */
  let current: Running | undefined
  let observed: Observed | undefined
  const domain = new ServiceDomain()
  const whom = exposed ? ['own'] : 'any'
  const properties = propertiesOf(
    { ...options, domain: options.domain === undefined ? whom : options.domain },
    changed,
  )
  /** The same object for all, so that what is set counts for what comes. */
  const limits = { ...properties.limits }
  const fetch = (request: Request, bindings: HttpBindings | Http2Bindings) => {
    const running = current
    const observer = observed
    current = observed = undefined
    const answer = () => {
      const refusal = hosts?.refusal(bindings.incoming.headers.host)
      if (refusal !== undefined) return refusalOf(refusal).response(bindings.incoming.headers.accept)
      // Named one by one: to spread what the adapter gives costs as much as finding the function to call.
      const { incoming, outgoing } = bindings
      const given = { incoming, outgoing, pipeline, exposed, running, observer, domain }
      const failed = (error: unknown) => {
        const fault = toFault(error, (logref, cause) => {
          observer?.failed(logref, cause)
          serving.report(logref, cause)
        })
        return refusalOf(fault).response(incoming.headers.accept)
      }
      const ask = () =>
        fallback?.covers(incoming.url)
          ? fallback.answer(request, given, () => app.fetch(request, given))
          : app.fetch(request, given)
      // A router answers for itself.
      const sure = pipeline ? ask : () => new Promise<Response>(resolve => resolve(ask())).catch(failed)
      return observer?.span === undefined ? sure() : observer.span.run(sure)
    }
    return running === undefined ? answer() : running.answer(answer)
  }
  // Here, since a program that serves nothing needs neither it nor HTTP/2, whose types it asks for.
  const { createAdaptorServer } = await import('./node/connections/adapter.js')
  const server = createAdaptorServer({
    fetch,
    // For requests without a Host.
    hostname: isIPv6(host) ? `[${host}]` : host,
    serverOptions: {
      maxHeaderSize: finite(limits.headerBytes),
      // Node's own refusal says nothing: ours is in request-target.ts.
      requireHostHeader: false,
      headersTimeout: finite(limits.headerTime),
      // A body may take long, as long as it keeps coming: `senderTime` sees to that.
      requestTimeout: 0,
      connectionsCheckingInterval: Math.min(1000, Math.max(10, limits.headerTime / 4)),
    },
    // Before anything is made of a request, since shedding it must cost less than answering it.
    createServer: ((settings: object, listener: RequestListener) =>
      createServer(settings, (incoming, outgoing) => {
        const arrived = performance.now()
        connections.admit(incoming, outgoing, running => {
          current = running
          observed = serving.begin(incoming, outgoing, arrived)
          listener(incoming, outgoing)
          // A request that the adapter answered by itself, since it is no request that the application could take.
          current?.settle()
        })
      })) as typeof createServer,
  }) as HttpServer
  const connections = new Connections({
    server,
    limits,
    domain,
    observe: (incoming, outgoing) => {
      serving.begin(incoming, outgoing, performance.now())
    },
  })
  const serving = new Serving({ ...options, server, properties, domain })
  function changed({ limits: set, keepAlive }: Properties): void {
    Object.assign(limits, set)
    domain.set(properties)
    server.headersTimeout = finite(limits.headerTime)
    server.timeout = finite(limits.readerTime)
    server.keepAliveTimeout = keepAlive
    beat?.reset()
  }
  let beat: Beat | undefined
  changed(properties)
  await prepareTracing()
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
  const ending = new Ending({
    tell: stop => serving.hooks.emit('stop', stop),
    failed: error => serving.report('what a server was waiting for failed', error),
    drain: milliseconds => connections.drain(milliseconds),
    end: deadline => connections.end(deadline),
    cut: () => connections.cut(),
  })
  const served = {
    serving,
    server: { properties },
    phase: () => ending.phase,
    refused: () => connections.refused,
  }
  for (const factory of [...factoriesIn(described), ...(fallback ? [fallback.factory] : [])])
    factory.serve(served)
  const result: Server = {
    url: `http://${name}:${address.port}/`,
    port: address.port,
    properties,
    on: (hook, listener) => serving.hooks.on(hook, listener),
    waitUntil: ending.waitUntil,
    get closing() {
      return ending.phase !== 'serving'
    },
    async close(deadline = properties.deadline) {
      if (typeof deadline !== 'number' || !(deadline >= 0))
        throw new TypeError(`close: the deadline must be a number of milliseconds, not ${shown(deadline)}`)
      try {
        await ending.close(properties.drain, finite(deadline))
      } finally {
        beat?.end()
        forget?.()
        leave()
      }
    },
  }
  const leave = outliveReaders()
  const forget =
    options.signals === false ? undefined : closeAtSignals(() => result.close(), options.signals === true)
  beat = new Beat(
    () => properties.beat,
    () => serving.hooks.emit('beat', result),
  )
  unwaited(serving.hooks.emit('start', result))
  return result
}
