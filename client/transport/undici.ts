// The transport of Node: undici's connections, kept alive. It is loaded with the first request: it takes as long as all the
// rest of the client, which servers, tests in one process and `--help` need not wait for.

import type { buildConnector, Dispatcher } from 'undici'
import { isSpecialAddress } from '../../lib/addresses.js'
import { checkArgument, having } from '../../lib/options.js'
import { isPrivate } from './private-address.js'
import { Reception } from './reception.js'
import { Refused, type Transport, type TransportRequest, type TransportResponse } from './transport.js'

type Undici = typeof import('undici')

/** The dispatcher of a request, by its URL and that of the redirect that has led there. */
type DispatcherFor = (url: string, from: string | undefined) => Dispatcher

/**
 * A transport over an undici dispatcher of the application's own: an Agent, a Pool, a ProxyAgent. Throws TypeError for
 * anything else.
 */
export function undici(dispatcher: Dispatcher): Transport {
  checkArgument('undici', dispatcher, having('a dispatcher', 'dispatch'))
  return afterTicks(request => dispatch(() => dispatcher, request))
}

const afterTicks = (transport: Transport): Transport =>
  Object.assign(transport, { afterTurn: (run: () => void) => process.nextTick(run) })

/** By a handler of our own: undici's `request` makes a Node stream of every answer, which costs as much as all the rest. */
const dispatch = (dispatcherFor: DispatcherFor, request: TransportRequest): Promise<TransportResponse> =>
  new Promise((resolve, reject) => {
    const { url, headers, from } = request
    const method = request.method as Dispatcher.HttpMethod
    const body = request.body as Uint8Array
    const reception = new Reception(request, resolve, reject)
    if (reception.isLeft) return
    try {
      const { origin, path } = targetOf(url)
      dispatcherFor(url, from).dispatch({ origin, path, method, headers, body }, reception)
    } catch (error) {
      reception.onResponseError(undefined, error as Error)
    }
  })

/** A URL that is spelt as `URL` would spell it, which then need not be made: it costs as much as a small body. */
const plainUrl =
  /^(https?:\/\/[a-z0-9.-]+(?::\d+)?)(\/(?!\/)[\w.~!$&()*+,;=:@%/-]*(?:\?[\w.~!$&()*+,;=:@%/?-]+)?)$/

function targetOf(url: string): { origin: string; path: string } {
  const [, origin, path] = (!url.includes('/.') && plainUrl.exec(url)) || []
  if (origin !== undefined && path !== undefined) return { origin, path }
  const { origin: parsed, pathname, search } = new URL(url)
  return { origin: parsed, path: pathname + search }
}

let loaded: Undici | undefined

async function load(): Promise<void> {
  loaded = await import('undici')
}

/** Loads undici, so that the time of no call is spent on that; undefined once it is loaded. */
export const prepare = (): Promise<void> | undefined => (loaded === undefined ? load() : undefined)

/**
 * A transport of our own, whose redirects lead from no public address to a private one, also where both have names: the
 * address counts at which a connection has arrived, which no name server can change afterwards. `connect` and
 * `isInside` are there for tests.
 */
export function guarded(
  connect: buildConnector.BuildOptions = {},
  isInside: (address: string) => boolean = isSpecialAddress,
): Transport {
  let dispatcherFor: DispatcherFor | undefined
  const transport: Transport = request => {
    if (loaded === undefined) return load().then(() => transport(request))
    dispatcherFor ??= agents(loaded, connect, isInside)
    return dispatch(dispatcherFor, request)
  }
  return afterTicks(transport)
}

/** Names that are remembered with the addresses to which they led: those that were met last. */
const mostNames = 1000

/** Two agents: one for requests that may go anywhere, one that refuses connections to private addresses. */
function agents(
  { Agent, buildConnector }: Undici,
  connect: buildConnector.BuildOptions,
  isInside: (address: string) => boolean,
): DispatcherFor {
  const connector = buildConnector(connect)
  const inside = new Set<string>()
  /** A name may have led to both kinds of addresses: then its next connection may go to either. */
  const outside = new Set<string>()
  const remember = (names: Set<string>, name: string) => {
    names.add(name)
    if (names.size > mostNames) names.delete(names.values().next().value as string)
  }
  const agent = (refusing: boolean) =>
    new Agent({
      // Idle connections do not keep a process alive.
      keepAliveTimeout: 30_000,
      connect: (options, callback) =>
        connector(options, (...[error, socket]) => {
          if (error !== null) return callback(error, null)
          const leadsInside = socket.remoteAddress !== undefined && isInside(socket.remoteAddress)
          remember(leadsInside ? inside : outside, options.hostname)
          if (!leadsInside || !refusing) return callback(null, socket)
          socket.destroy()
          callback(new Refused('a redirect from a public to a private address'), null)
        }),
    })
  const [open, refusing] = [agent(false), agent(true)]
  return (url, from) => {
    if (from === undefined) return open
    const { host, hostname } = new URL(from)
    // A redirect that stays at its host goes by its connections.
    const comesFromInside = isPrivate(hostname) || (inside.has(hostname) && !outside.has(hostname))
    const free = host === new URL(url).host || comesFromInside
    return free ? open : refusing
  }
}

/** One pool for all sessions without a transport of their own. */
export const defaultTransport: Transport = guarded()
