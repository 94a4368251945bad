// Answers that a client keeps: a cache of its own after RFC 9111, between exchanges and any transport.
// The reasons against undici's are in spec/decisions.md, "Client".

import { interruptible } from '../../lib/interruptible.js'
import { withLimits } from '../../lib/limits.js'
import { concatenate } from '../../lib/values/blob.js'
import { type Freshness, freshnessOf, isFresh } from './freshness.js'
import type { Transport, TransportRequest, TransportResponse } from './transport.js'

interface KeptAnswer {
  readonly url: string
  readonly status: number
  readonly type: string | undefined
  readonly body: Uint8Array
  readonly freshness: Freshness
}

export interface CacheLimits {
  /** Bytes kept in all, with their keys and an allowance for each entry. Default 16 MiB. */
  readonly bytes?: number
  /** Bytes of one answer; larger ones aren't kept. Default 1 MiB. */
  readonly entryBytes?: number
}

const defaultCacheLimits: Required<CacheLimits> = { bytes: 16 * 2 ** 20, entryBytes: 2 ** 20 }

/** Bytes of an entry beside its body and key, roughly. */
const entryOverhead = 500

/** Headers of requests that are about the cache itself, or about a part: these pass it by. */
const goesBy = (name: string): boolean =>
  name === 'cache-control' || name === 'pragma' || name === 'range' || name.startsWith('if-')

/**
 * Answers to GETs, in memory; the ones that were used longest ago make room. An answer is used again only for a request
 * with the same headers, all of them: that keeps to any `Vary`, and an answer to one user's credentials is never given to
 * another's.
 */
export class MemoryCache {
  readonly #bytes: number
  readonly #entryBytes: number
  /** By key, the one used last at the end. */
  readonly #entries = new Map<string, KeptAnswer>()
  readonly #keysOf = new Map<string, Set<string>>()
  #size = 0

  /** Throws TypeError for limits that there are not, or that are no whole number of 0 or more. */
  constructor(limits: CacheLimits = {}) {
    const { bytes, entryBytes } = withLimits(defaultCacheLimits, limits)
    this.#bytes = bytes
    this.#entryBytes = entryBytes
  }

  /** Bytes that are kept now. */
  get size(): number {
    return this.#size
  }

  /** The answer to a request: a kept one, confirmed by the server if it is not fresh, or one of the server's. */
  async answer(request: TransportRequest, transport: Transport): Promise<TransportResponse> {
    const { method, headers } = request
    if (method !== 'GET') return this.#unsafe(request, transport)
    if (Object.keys(headers).some(goesBy)) return transport(request)
    const url = request.url.split('#', 1)[0] as string
    const key = `${url}\n${JSON.stringify(headers)}`
    const entry = this.#entries.get(key)
    if (entry !== undefined) {
      const response = isFresh(entry.freshness)
        ? this.#again(key, entry)
        : await this.#confirmed(key, entry, request, transport)
      if (response !== undefined) return response
    }
    const requested = Date.now()
    return this.#kept(key, url, await transport(request), requested)
  }

  /** After a change at a URL, all that is kept of it is invalid, whoever has asked for it (RFC 9111 4.4). */
  async #unsafe(request: TransportRequest, transport: Transport): Promise<TransportResponse> {
    const response = await transport(request)
    if (request.method !== 'HEAD' && response.status < 400) this.forget(request.url)
    return response
  }

  /** Drops all that is kept of a URL: an answer that cannot be read would be confirmed by the server, again and again. */
  forget(url: string): void {
    if (this.#keysOf.size === 0) return
    const keys = this.#keysOf.get(url.split('#', 1)[0] as string)
    if (keys !== undefined) for (const key of keys) this.#delete(key)
  }

  /** The entry, if the server confirms it, or its answer (RFC 9111 4.3). Undefined for a 304 about another entry. */
  async #confirmed(
    key: string,
    entry: KeptAnswer,
    request: TransportRequest,
    transport: Transport,
  ): Promise<TransportResponse | undefined> {
    const { headers: kept } = entry.freshness
    const { etag, 'last-modified': modified } = kept
    const headers = {
      ...request.headers,
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(modified === undefined ? {} : { 'if-modified-since': modified }),
    }
    const requested = Date.now()
    const response = await transport({ ...request, headers })
    if (response.status !== 304) return this.#kept(key, entry.url, response, requested)
    for await (const _ of response.body) {
      // It has none; reading on frees the connection.
    }
    const named = response.header('etag')
    const other = named !== undefined && named.replace(/^W\//, '') !== etag?.replace(/^W\//, '')
    // Headers that the 304 does not have stay as they were (RFC 9111 3.2).
    const freshness = freshnessOf(name => response.header(name) ?? kept[name], requested)
    this.#delete(key)
    if (other) return undefined
    const confirmed = { ...entry, freshness: freshness ?? entry.freshness }
    if (freshness !== undefined) this.#set(key, confirmed)
    return responseOf(confirmed)
  }

  #again(key: string, entry: KeptAnswer): TransportResponse {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return responseOf(entry)
  }

  /** An answer, which is kept once it has been read to its end, if that is allowed. */
  #kept(key: string, url: string, response: TransportResponse, requested: number): TransportResponse {
    const { status, header } = response
    // A server in trouble says nothing about its answers of before.
    if (status < 500) this.#delete(key)
    const freshness = status === 200 || status === 204 ? freshnessOf(header, requested) : undefined
    if (freshness === undefined || Number(header('content-length') ?? 0) > this.#entryBytes) return response
    const keep = (body: Uint8Array) =>
      this.#set(key, { url, status, type: header('content-type'), body, freshness })
    return { status, header, body: recorded(response.body, this.#entryBytes, keep) }
  }

  #set(key: string, entry: KeptAnswer): void {
    this.#delete(key)
    this.#entries.set(key, entry)
    const keys = this.#keysOf.get(entry.url)
    if (keys === undefined) this.#keysOf.set(entry.url, new Set([key]))
    else keys.add(key)
    this.#size += costOf(key, entry)
    for (const [oldest] of this.#entries) {
      if (this.#size <= this.#bytes) break
      this.#delete(oldest)
    }
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#size -= costOf(key, entry)
    const keys = this.#keysOf.get(entry.url)
    keys?.delete(key)
    if (keys?.size === 0) this.#keysOf.delete(entry.url)
  }
}

const costOf = (key: string, { body }: KeptAnswer): number => body.length + 2 * key.length + entryOverhead

/** The pieces of a body as they come. `keep` gets a copy of all of them, which pins no buffer of the network's. */
function recorded(
  body: AsyncIterable<Uint8Array>,
  most: number,
  keep: (whole: Uint8Array) => void,
): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  let pieces: Uint8Array[] = []
  let size = 0
  const next = async () => {
    const piece = await iterator.next()
    if (!piece.done) {
      size += piece.value.length
      // A copy: the application may get the bytes themselves.
      if (size <= most) pieces.push(new Uint8Array(piece.value))
      else pieces = []
    } else if (size <= most) keep(concatenate(pieces))
    return piece
  }
  return interruptible(next, () => iterator.return?.())
}

function responseOf({ status, type, body, freshness }: KeptAnswer): TransportResponse {
  const headers: Record<string, string | undefined> = {
    'content-type': type,
    'content-length': String(body.length),
    etag: freshness.headers.etag,
    age: String(Math.max(0, Math.floor((Date.now() - freshness.born) / 1000))),
  }
  return { status, header: name => headers[name], body: once(body.slice()) }
}

/** A copy, which the application may write to. */
async function* once(body: Uint8Array): AsyncGenerator<Uint8Array> {
  if (body.length > 0) yield new Uint8Array(body)
}

const caches = new WeakMap<Transport, MemoryCache>()

/** The cache of all that goes over a transport and brings none of its own. */
export function cacheOf(transport: Transport): MemoryCache {
  const known = caches.get(transport)
  if (known !== undefined) return known
  const cache = new MemoryCache()
  caches.set(transport, cache)
  return cache
}
