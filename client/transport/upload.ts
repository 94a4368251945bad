// The bytes of a request's body that have gone up, for `onUpload`: counted as a transport takes them, or by a browser's
// XMLHttpRequest, since its `fetch` tells nothing of them.

import { interruptible } from '../../lib/interruptible.js'
import { attempt, ignored } from '../../lib/promises.js'
import { blob } from '../../lib/values/blob.js'
import type { RequestBody } from './body.js'
import { type Transport, type TransportRequest, type TransportResponse, Unsent } from './transport.js'

export interface UploadProgress {
  /** Bytes of the body that have gone up. */
  readonly sent: number
  /**
   * Bytes of the whole body; undefined where a blob's size is not known. With blobs that come as a stream it may be too
   * small by some in a thousand, until the last call.
   */
  readonly total: number | undefined
}

export type OnUpload = (progress: UploadProgress) => unknown

/** Bytes that are handed over at a time. */
const handedBytes = 65_536

/** The request for a transport, with calls of `onUpload` as its body goes. Errors of these are ignored. */
export function watched(
  request: TransportRequest,
  body: RequestBody,
  transport: Transport,
  onUpload: OnUpload,
): TransportRequest {
  if (body === undefined) return request
  const onSent = (sent: number, total: number | undefined) => {
    // The total that is known beforehand may be too small.
    const progress = { sent, total: total === undefined ? undefined : Math.max(sent, total) }
    attempt(() => onUpload(progress), ignored)
  }
  if (transport.tellsSent) return { ...request, onSent }
  const length = request.headers['content-length']
  const total =
    body instanceof Uint8Array ? body.length : length === undefined ? body.size?.() : Number(length)
  return { ...request, body: counted(body, total, onSent) }
}

/** A piece has gone when the next is asked for. */
function counted(
  body: NonNullable<RequestBody>,
  total: number | undefined,
  onSent: (sent: number, total: number | undefined) => void,
): AsyncIterable<Uint8Array> {
  const source = body instanceof Uint8Array ? once(body) : body[Symbol.asyncIterator]()
  /** Bytes that have not been handed over: a source may give all at once. */
  let rest = new Uint8Array(0) as Uint8Array
  let sent = 0
  let last = 0
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (last > 0) onSent((sent += last), total)
    last = 0
    while (rest.length === 0) {
      const piece = await source.next()
      if (piece.done) {
        if (sent !== total) onSent(sent, sent)
        return piece
      }
      rest = piece.value
    }
    const value = rest.subarray(0, handedBytes)
    rest = rest.subarray(value.length)
    last = value.length
    return { value, done: false }
  }
  return interruptible(next, () => source.return?.())
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/**
 * The transport of a browser, but for requests that tell of their bodies: these go by XMLHttpRequest, where there is
 * one, whose answers arrive as a whole. `gather` makes of a body one that browsers send.
 */
export function withUploads(
  transport: Transport,
  gather: (body: NonNullable<TransportRequest['body']>) => Promise<Blob>,
): Transport {
  const telling: Transport = async request => {
    const { body, onSent, signal } = request
    if (body === undefined || onSent === undefined) return transport(request)
    const content = await gather(body)
    signal?.throwIfAborted()
    return upload(request, content, onSent)
  }
  return Object.assign(telling, { ...transport, tellsSent: true })
}

function upload(
  { method, url, headers, signal }: TransportRequest,
  content: Blob,
  onSent: NonNullable<TransportRequest['onSent']>,
): Promise<TransportResponse> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => {
      request.abort()
      reject(signal?.reason)
    }
    try {
      request.open(method, url)
      request.responseType = 'blob'
      // The browser states the length itself.
      for (const [name, value] of Object.entries(headers))
        if (name !== 'content-length') request.setRequestHeader(name, value)
    } catch (error) {
      return reject(new Unsent(error))
    }
    request.upload.onprogress = ({ loaded, total }) => onSent(loaded, total)
    request.onload = () =>
      resolve({
        status: request.status,
        ...(request.responseURL !== '' && request.responseURL !== url && { url: request.responseURL }),
        header: name => request.getResponseHeader(name) ?? undefined,
        body: blob(request.response as Blob).chunks(),
      })
    request.onerror = () => reject(new TypeError('the request failed'))
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    request.send(content)
  })
}
