// The transport of Node: undici's `request`, which costs a tenth of `fetch`, with connections kept alive.

import { Agent, buildConnector, type Dispatcher, request as send } from 'undici'
import { interruptible } from '../lib/interruptible.js'
import { isPrivate } from './redirects.js'
import { Refused, type Transport, Unsent } from './transport.js'

/** Failures before a byte has left, of undici's own. Those of the system are known by the call that failed. */
const unsentCodes = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_INVALID_ARG'])
const unsentCalls = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa'])

function isUnsent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isUnsent)
  if (!(error instanceof Error)) return false
  if (error instanceof Refused) return true
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return unsentCodes.has(String(code)) || unsentCalls.has(String(syscall))
}

/** A transport over an undici dispatcher of the application's own: an Agent, a Pool, a ProxyAgent. */
export function undici(dispatcher: Dispatcher): Transport {
  return over(() => dispatcher)
}

function over(dispatcherFor: (url: string, from: string | undefined) => Dispatcher): Transport {
  const transport: Transport = async ({ method, url, headers, body, signal, from }) => {
    try {
      const response = await send(url, {
        dispatcher: dispatcherFor(url, from),
        method: method as Dispatcher.HttpMethod,
        headers,
        body: body as Uint8Array,
        ...(signal === undefined ? {} : { signal }),
      })
      const { 'content-encoding': encoding = 'identity' } = response.headers
      if (encoding !== 'identity') {
        response.body.on('error', () => undefined).destroy()
        throw new Error(`an answer with Content-Encoding: ${encoding}, which was not asked for`)
      }
      return {
        status: response.statusCode,
        header: name => {
          const value = response.headers[name]
          return Array.isArray(value) ? value.join(', ') : value
        },
        body: pieces(response.body),
        whole: () => response.body.bytes(),
      }
    } catch (error) {
      throw isUnsent(error) ? new Unsent(error) : error
    }
  }
  return Object.assign(transport, { afterTurn: (run: () => void) => process.nextTick(run) })
}

function pieces(body: Dispatcher.ResponseData['body']): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const iterator: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
      return interruptible(
        () => iterator.next(),
        () => {
          // Nobody is left to hear of it.
          body.on('error', () => undefined)
          body.destroy()
        },
      )
    },
  }
}

/** Names remembered that led to private addresses, the ones that were met last. */
const mostNames = 1000

/**
 * A transport of our own, whose redirects lead from no public address to a private one, also where both have names:
 * what counts is where a connection has ended up, which no name server can change afterwards. `connect` and
 * `isInside` are there for tests.
 */
export function guarded(
  connect: buildConnector.BuildOptions = {},
  isInside: (address: string) => boolean = isPrivateAddress,
): Transport {
  const connector = buildConnector(connect)
  const inside = new Set<string>()
  const agent = (refusing: boolean) =>
    new Agent({
      // Idle connections do not keep a process alive.
      keepAliveTimeout: 30_000,
      connect: (options, callback) =>
        connector(options, (...[error, socket]) => {
          if (error !== null) return callback(error, null)
          const leadsInside = socket.remoteAddress !== undefined && isInside(socket.remoteAddress)
          if (!leadsInside) return callback(null, socket)
          inside.add(options.hostname)
          if (inside.size > mostNames) inside.delete(inside.values().next().value as string)
          if (!refusing) return callback(null, socket)
          socket.destroy()
          callback(new Refused('a redirect from a public to a private address'), null)
        }),
    })
  const [open, refusing] = [agent(false), agent(true)]
  return over((url, from) => {
    if (from === undefined) return open
    const { host, hostname } = new URL(from)
    // Where a redirect stays at its host, its connections will do.
    const free = host === new URL(url).host || isPrivate(hostname) || inside.has(hostname)
    return free ? open : refusing
  })
}

/** As sockets spell addresses: without brackets, perhaps with a zone, `::ffff:127.0.0.1`. */
const isPrivateAddress = (address: string): boolean => {
  const [bare = ''] = address.split('%', 1)
  return isPrivate(bare.includes(':') ? new URL(`http://[${bare}]/`).hostname : bare)
}

/** One pool for all that don't bring their own. */
export const defaultTransport: Transport = guarded()
