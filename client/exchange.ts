// One request and its answer: headers, redirects, retries of what is safe, and the value in the answer.

import { Blob } from '../lib/blob.js'
import type { Codec } from '../lib/codec.js'
import { codecs, text } from '../lib/codecs.js'
import { DecodeError, LimitError } from '../lib/errors.js'
import type { Node } from '../lib/fault.js'
import { Fault } from '../lib/fault.js'
import { mediaTypeOf } from '../lib/negotiate.js'
import { Link } from '../lib/nodes.js'
import { drain, guarded, start, whole } from './answer-body.js'
import { describeUrl, NetworkError, RemoteError } from './errors.js'
import { drawnAt } from './freshness.js'
import { becomesGet, isRedirect, nextUrl, redirectLimit } from './redirects.js'
import type { Origin, Session } from './session.js'
import { type TransportRequest, type TransportResponse, Unsent } from './transport.js'

export interface Exchange {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
}

/** What a node in an answer becomes for the caller. */
export type Receive = (node: Node, origin: Origin) => unknown

/** CBOR first; the peers of 2012 read what they know, and whatever else comes is a blob. */
const accept = [
  'application/vnd.hyperglyph+cbor',
  'application/vnd.hyperglyph;q=0.9',
  'application/vnd.hyperglyph+json;q=0.8',
  'application/json;q=0.7',
  '*/*;q=0.1',
].join(', ')

/** Answers up to this size are read whole before they are decoded. */
const wholeBytes = 262_144

/**
 * Sends, follows, and decodes. `caller` is where the form or link came from: an answer of the same server is
 * taken to have the same pipeline. Throws RemoteError, NetworkError, DecodeError, or the signal's reason.
 */
export async function exchange(
  session: Session,
  first: Exchange,
  receive: Receive,
  caller?: Origin,
): Promise<unknown> {
  const signal = signalOf(session)
  let { method, url, body } = first
  let own = first.headers ?? {}
  for (let count = 0; ; count++) {
    const headers = { accept, ...session.headersFor(url), ...own }
    const request: TransportRequest = { method, url, headers, body, signal }
    const response = await send(session, request, count > 0 && !isSafe(first.method))
    if (!isRedirect(response.status)) return answer(session, request, response, receive, caller)
    await drain(response)
    if (count >= redirectLimit) {
      throw new NetworkError(method, url, `more than ${redirectLimit} redirects`, 'unknown')
    }
    const next = nextUrl(method, url, response.header('location'))
    if (becomesGet(response.status, method)) {
      method = 'GET'
      body = undefined
      own = {}
    } else if (body !== undefined && !(body instanceof Uint8Array)) {
      throw new NetworkError(
        method,
        url,
        'a redirect of a streamed body, which can be sent once only',
        'unknown',
      )
    }
    url = next
  }
}

function signalOf({ signal, timeout }: Session): AbortSignal | undefined {
  if (timeout === undefined) return signal
  const limit = AbortSignal.timeout(timeout)
  return signal === undefined ? limit : AbortSignal.any([signal, limit])
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** `after`: this is where the answer to an unsafe request has led, so that something may have been done. */
async function send(session: Session, request: TransportRequest, after: boolean): Promise<TransportResponse> {
  const { method, url, signal } = request
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    try {
      const { cache, transport } = session
      return await (cache === undefined ? transport(request) : cache.answer(request, transport))
    } catch (cause) {
      if (signal?.aborted) throw signal.reason
      const unsent = cause instanceof Unsent
      const reason = unsent ? cause.cause : cause
      if (!isSafe(method) || attempt >= session.retries) {
        throw new NetworkError(
          method,
          url,
          describeFailure(reason),
          unsent && !after ? 'no' : 'unknown',
          reason,
        )
      }
      await new Promise(resolve => setTimeout(resolve, 50 * 4 ** attempt))
    }
  }
}

/** Node's AggregateErrors, of addresses that were tried in turn, have a code and no message. */
function describeFailure(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason)
  return reason.message || ('code' in reason ? String(reason.code) : String(reason))
}

async function answer(
  session: Session,
  request: TransportRequest,
  response: TransportResponse,
  receive: Receive,
  caller: Origin | undefined,
): Promise<unknown> {
  const { status } = response
  if (status >= 400) throw await remoteError(session, request, response)
  if (status === 204 || status === 205) {
    await drain(response)
    return null
  }
  const header = response.header('content-type')
  const codec = codecs.get(mediaTypeOf(header))
  const location = status === 201 ? response.header('location') : undefined
  if (location !== undefined && (codec === undefined || response.header('content-length') === '0')) {
    // What was created, where it does not come along.
    await drain(response)
    return receive(new Link({ method: 'GET', url: location }, null, request.url), {
      session,
      codec: codec ?? text,
      drawn: drawnAt(response.header),
    })
  }
  if (codec !== undefined) return decode(session, request, response, codec, receive, caller)
  const length = lengthOf(response)
  if (header === undefined && length === 0) return null
  // What isn't ours arrives as a blob that knows where it came from.
  const attributes = { 'content-type': header ?? 'application/octet-stream', url: request.url }
  return new Blob(response.body, attributes, length)
}

/** Bytes of the body, where they are known: not if a transport decompresses it. */
function lengthOf(response: TransportResponse): number | undefined {
  const length = response.header('content-length')
  return length === undefined || response.header('content-encoding') !== undefined
    ? undefined
    : Number(length)
}

/** The pipeline of the caller, where the answer came from the same origin. */
function pipelineFor(url: string, caller: Origin | undefined): string | undefined {
  const pipeline = caller?.pipeline
  if (pipeline === undefined) return undefined
  const end = pipeline.indexOf('/', pipeline.indexOf('//') + 2) + 1
  return url.startsWith(pipeline.slice(0, end)) ? pipeline : undefined
}

async function decode(
  session: Session,
  { url, method, signal }: TransportRequest,
  response: TransportResponse,
  codec: Codec,
  receive: Receive,
  caller: Origin | undefined,
): Promise<unknown> {
  const origin: Origin = {
    session,
    codec,
    drawn: drawnAt(response.header),
    pipeline: pipelineFor(url, caller),
  }
  const at = `${method} ${describeUrl(url)}`
  const options = {
    baseUrl: url,
    limits: session.limits,
    node: (node: Node) => receive(node, origin),
    broken: (error: unknown) => {
      if (error instanceof DecodeError) return located(error, at)
      if (!(error instanceof Fault)) return error
      return new RemoteError({ method, url, status: error.status, fault: error, message: error.message })
    },
  }
  try {
    const length = lengthOf(response)
    if (length === undefined || length > Math.min(wholeBytes, session.limits.messageBytes)) {
      return await codec.decodeStream(guarded(response.body, method, url, signal), options)
    }
    return codec.decode(await whole(response, method, url, signal), options)
  } catch (error) {
    throw error instanceof DecodeError ? located(error, at) : error
  }
}

/** The error again, with the request whose answer cannot be read. */
function located(error: DecodeError, request: string): DecodeError {
  const problem = `${request}: ${error.problem}`
  return error instanceof LimitError
    ? new LimitError(problem, error.limit, error.offset, { cause: error })
    : new DecodeError(problem, error.offset, { cause: error })
}

async function remoteError(
  session: Session,
  { method, url, signal }: TransportRequest,
  response: TransportResponse,
): Promise<RemoteError> {
  const { status } = response
  const type = mediaTypeOf(response.header('content-type'))
  const bytes = await start(response.body).catch(() => {
    if (signal?.aborted) throw signal.reason
    return new Uint8Array(0)
  })
  const codec = codecs.get(type)
  let value: unknown
  try {
    value = codec?.decode(bytes, { limits: session.limits })
  } catch {
    // An error page that does not parse is still an error with its status.
    value = undefined
  }
  if (value instanceof Fault)
    return new RemoteError({ method, url, status, fault: value, message: value.message })
  const line = codec === undefined && type.startsWith('text/plain') ? firstLines(bytes) : ''
  return new RemoteError({ method, url, status, fault: undefined, message: line || `(${type || 'no body'})` })
}

/** Of a traceback the last line says what happened. */
function firstLines(bytes: Uint8Array): string {
  const lines = new TextDecoder().decode(bytes).trim().split('\n')
  return (lines.at(-1) ?? '').slice(0, 200)
}
