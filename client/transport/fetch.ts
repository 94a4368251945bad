// The transport of browsers, and of everything else that has `fetch`.

import { interruptible } from '../../lib/interruptible.js'
import { checkArgument, fn } from '../../lib/options.js'
import { webStream } from '../../lib/web-stream.js'
import { type Transport, Unsent } from './transport.js'
import { withUploads } from './upload.js'

/**
 * A transport over `fetch`, or a function like it. Of a request that failed, it cannot tell whether it was sent. Browsers
 * follow redirects themselves, since no page or worker of theirs can see where one leads, and take no stream as a body
 * over HTTP/1.1: there, streams are gathered in a Blob, which they keep on disk where it is large. Throws TypeError for
 * anything but a function.
 */
export function fetchTransport(fetch: typeof globalThis.fetch = globalThis.fetch): Transport {
  checkArgument('fetchTransport', fetch, fn)
  const transport = overRequests(async request => {
    // `fetch` counts the bytes itself: browsers ignore the header, Node sends it twice.
    request.headers.delete('content-length')
    try {
      return await fetch(request)
    } catch (error) {
      // "fetch failed" says nothing; its cause does.
      throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error
    }
  })
  return Object.assign(transport, { keeps: inBrowser })
}

/** A transport over anything that answers a `Request`. */
export function overRequests(answer: (request: Request) => Response | Promise<Response>): Transport {
  const transport: Transport = async ({ method, url, headers, body, signal }) => {
    const streamed = body !== undefined && !(body instanceof Uint8Array)
    const given = !streamed
      ? (body as Uint8Array<ArrayBuffer> | undefined)
      : inBrowser
        ? await gathered(body)
        : webStream(body)
    signal?.throwIfAborted()
    let request: Request
    try {
      request = new Request(url, {
        method,
        headers,
        redirect: inBrowser ? 'follow' : 'manual',
        ...(given === undefined ? {} : { body: given }),
        ...(given instanceof ReadableStream ? { duplex: 'half' } : {}),
        ...(signal === undefined ? {} : { signal }),
      } as RequestInit)
    } catch (error) {
      throw new Unsent(error)
    }
    const response = await (signal === undefined ? answer(request) : unlessAborted(answer(request), signal))
    return {
      status: response.status,
      ...(response.redirected && { url: response.url }),
      header: name => response.headers.get(name) ?? undefined,
      // Older platforms don't have it, nor do stand-ins for `fetch`.
      ...(response.headers.getSetCookie && { cookies: response.headers.getSetCookie() }),
      body: response.body === null ? nothing() : pieces(response.body),
    }
  }
  return Object.assign(transport, { afterTurn })
}

/** Rejects once the signal is aborted: a router in this process may ignore it. */
function unlessAborted(answer: Response | Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * In a page, or a worker of one: a redirect that these ask to see arrives as an opaque answer without a Location (Fetch,
 * 4.4). Other platforms that have the names of browsers follow redirects as well where they are asked to.
 */
const inBrowser = 'window' in globalThis || 'WorkerGlobalScope' in globalThis

/** Bytes that are put into a Blob at a time, so that few of them are in the memory of scripts. */
const gatheredBytes = 4 * 2 ** 20

/** A stream as a Blob. Rejects with Unsent where the source throws. */
async function gathered(source: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: Blob[] = []
  let chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of source) {
      chunks.push(chunk)
      size += chunk.length
      if (size < gatheredBytes) continue
      parts.push(new Blob(chunks as Uint8Array<ArrayBuffer>[]))
      chunks = []
      size = 0
    }
  } catch (error) {
    throw new Unsent(error)
  }
  return new Blob([...parts, ...(chunks as Uint8Array<ArrayBuffer>[])])
}

interface NodePort {
  ref(): void
  unref(): void
}

const channel = typeof MessageChannel === 'undefined' ? undefined : new MessageChannel()
// Node's ports keep a process alive, as they should while a call waits; browsers' have no such methods.
const port =
  channel !== undefined && 'ref' in channel.port1 ? (channel.port1 as MessagePort & NodePort) : undefined
const waiting: (() => void)[] = []
if (channel !== undefined) {
  channel.port1.onmessage = () => {
    waiting.shift()?.()
    if (waiting.length === 0) port?.unref()
  }
  port?.unref()
}

function afterTurn(run: () => void): void {
  if (channel === undefined) {
    setTimeout(run, 0)
    return
  }
  if (waiting.push(run) === 1) port?.ref()
  channel.port2.postMessage(undefined)
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An answer without a body.
}

function pieces(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const reader = stream.getReader()
      return interruptible(
        () => reader.read() as Promise<IteratorResult<Uint8Array>>,
        () => reader.cancel(),
      )
    },
  }
}

/** There is nothing to load first; undici.ts has something in the same place. */
export const prepare = (): Promise<void> | undefined => undefined

const plain = fetchTransport((...parameters) => globalThis.fetch(...parameters))

export const defaultTransport: Transport =
  inBrowser && 'XMLHttpRequest' in globalThis
    ? withUploads(plain, async body =>
        body instanceof Uint8Array ? new Blob([body as Uint8Array<ArrayBuffer>]) : gathered(body),
      )
    : plain
