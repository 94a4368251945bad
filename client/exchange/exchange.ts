// One request and its answer: headers, redirects, retries, and the value in the answer.

import { codecs, text } from '../../lib/codecs.js'
import { describeUrl } from '../../lib/describe-url.js'
import { DecodeError, LimitError } from '../../lib/errors.js'
import type { Codec } from '../../lib/message/codec.js'
import { mediaTypeOf } from '../../lib/negotiate.js'
import { Blob } from '../../lib/values/blob.js'
import type { Node } from '../../lib/values/fault.js'
import { Fault } from '../../lib/values/fault.js'
import { Link } from '../../lib/values/nodes.js'
import { NetworkError, RemoteError, type Sent } from '../errors.js'
import { isRepeatable, type RequestBody, renewed } from '../transport/body.js'
import { drawnAt } from '../transport/freshness.js'
import { type TransportRequest, type TransportResponse, Unsent } from '../transport/transport.js'
import { watched } from '../transport/upload.js'
import { type Answered, drain, ending, guarded, limited, whole } from './answer-body.js'
import { Deadline } from './deadline.js'
import { originOf } from './origin-of.js'
import { wrongPart } from './part.js'
import { asUtf8, becomesGet, hasUser, isRedirect, isSameRequest, nextUrl } from './redirects.js'
import { remoteError } from './refused.js'
import { isSafe, pauseAfter } from './retry.js'
import type { Origin, Session } from './session.js'

/** A request of a call, without the headers that all have. */
export interface CallRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestBody
  /** The same request for another URL, where arguments hold URLs that are relative to this one. */
  readonly again?: (url: string) => Promise<CallRequest>
  /** The URL whose answer refers to this one; undefined for the links and forms of pages (redirects.ts). */
  readonly from?: string
}

/** CBOR first. The peers of 2012 pass over names that they do not know; any other type arrives as a blob. */
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
 * Sends a request, follows redirects, and decodes the answer. `caller` is the origin of the form or link: an answer of the
 * same server is taken to have the same pipeline. `begun` is the time at which the call was asked for, if that is not now
 * (deadline.ts). Throws RemoteError, NetworkError, DecodeError, or the signal's reason.
 */
export function exchange(
  session: Session,
  first: CallRequest,
  caller?: Origin,
  begun?: number,
): Promise<unknown> {
  const deadline = Deadline.of(session, begun)
  const result = follow(session, first, caller, deadline)
  if (deadline.signal === undefined) return result
  return result.catch(error => {
    deadline.end()
    throw error
  })
}

async function follow(
  session: Session,
  first: CallRequest,
  caller: Origin | undefined,
  deadline: Deadline,
): Promise<unknown> {
  const { redirects } = session.limits
  const { onUpload } = session
  let { method, url, body, again, from } = first
  let ofCall = first.headers ?? {}
  /** The redirect with which an unsafe request was answered. */
  let answered: number | undefined
  let attempt = 0
  // Redirects lead to no other URLs, but the links and forms of a server may.
  const problem = problemOf(url)
  if (problem !== undefined) throw new NetworkError({ method, url, problem, sent: 'no' })
  if (from !== undefined && redirects < 1) throw tooMany(method, from, redirects)
  for (let count = from === undefined ? 0 : 1; ; ) {
    const headers = { accept, ...session.headersFor(url), ...ofCall }
    const plain: TransportRequest = { method, url, headers, body, signal: deadline.signal, from }
    const request = onUpload === undefined ? plain : watched(plain, body, session.transport, onUpload)
    let response: TransportResponse
    try {
      response = await send(session, request, deadline, answered)
      if (!isRedirect(response.status)) {
        const { url: end = url } = response
        return await answer(session, { method, url: end, response, deadline }, request, caller)
      }
    } catch (error) {
      const pause = pauseAfter(error, { method, body }, attempt++, session)
      if (pause === undefined || deadline.passed) throw error
      // An answer that says to come again too late is better than none.
      if (error instanceof RemoteError && pause >= deadline.left) throw error
      await deadline.pause(pause)
      body = renewed(body)
      continue
    }
    await drain(response)
    const { status } = response
    if (count++ >= redirects) throw tooMany(method, url, redirects, status)
    let next = nextUrl(method, url, status, response.header('location'))
    if (again !== undefined && isRepeatable(body) && isSameRequest(status, method, url, next)) {
      // The URLs in its arguments are relative to another one now.
      const moved = await again(next)
      next = moved.url
      body = moved.body
      ofCall = moved.headers ?? {}
    } else if (becomesGet(status, method)) {
      if (!isSafe(method)) answered = status
      method = 'GET'
      body = undefined
      ofCall = {}
      again = undefined
    } else if (!isRepeatable(body)) {
      const problem = 'a redirect of a streamed body, which can be sent once only'
      throw new NetworkError({ method, url, problem, sent: 'answered', status })
    } else body = renewed(body)
    from = url
    url = next
    attempt = 0
  }
}

/** The reason why nothing is sent to a URL; undefined for the others. */
function problemOf(url: string): string | undefined {
  if (!/^https?:\/\//.test(url)) return 'not an http(s) URL'
  return hasUser(url) ? 'a URL with a user in it, which no server gives' : undefined
}

function tooMany(method: string, url: string, redirects: number, status?: number): NetworkError {
  return new NetworkError({
    method,
    url,
    problem: `more than ${redirects} redirects`,
    sent: 'answered',
    status,
  })
}

/** `redirect`: the status with which an unsafe request was answered, which has led to this one. */
async function send(
  { cache, transport }: Session,
  request: TransportRequest,
  deadline: Deadline,
  redirect: number | undefined,
): Promise<TransportResponse> {
  const { method, url } = request
  const sent = (unsent: boolean): Sent => (redirect !== undefined ? 'answered' : unsent ? 'no' : 'unknown')
  if (deadline.passed) throw deadline.reason(method, url, sent(true), redirect)
  try {
    const answering = cache === undefined ? transport(request) : cache.answer(request, transport)
    if (deadline.signal === undefined) return await answering
    // A transport may ignore the signal, and so may its bodies.
    return ending(await deadline.race(answering, () => deadline.signal?.reason), deadline)
  } catch (cause) {
    const unsent = cause instanceof Unsent
    if (deadline.passed) throw deadline.reason(method, url, sent(unsent), redirect)
    const reason = unsent ? cause.cause : cause
    throw new NetworkError({
      method,
      url,
      problem: describeFailure(reason),
      sent: sent(unsent),
      cause: reason,
      status: redirect,
    })
  }
}

/** Node's AggregateErrors, of addresses that were tried in turn, have a code and no message. */
function describeFailure(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason)
  return reason.message || ('code' in reason ? String(reason.code) : String(reason))
}

async function answer(
  session: Session,
  answered: Answered,
  request: TransportRequest,
  caller: Origin | undefined,
): Promise<unknown> {
  const { url, response, deadline } = answered
  const { status } = response
  if (status >= 300 && !(status === 304 && isConditional(request))) {
    const node = (codec: Codec) => received(session, answered, codec, caller)
    throw await remoteError(session, answered, node)
  }
  const range = status === 206 ? wrongPart(request.headers.range, response.header) : undefined
  if (range !== undefined) {
    await drain(response)
    throw new RemoteError({ method: answered.method, url, status, fault: undefined, message: range })
  }
  if (status === 204 || status === 205 || status === 304) {
    await drain(response)
    deadline.end()
    return null
  }
  const header = response.header('content-type')
  // A blob of one of our types, such as a JSON file, says with this header that it is no message; a part is none.
  const isBlob = status === 206 || response.header('content-disposition') !== undefined
  const codec = isBlob ? undefined : codecs.get(mediaTypeOf(header))
  const location = status === 201 ? response.header('location') : undefined
  if (location !== undefined && (codec === undefined || response.header('content-length') === '0')) {
    // The object that was created did not come along: a link to it.
    await drain(response)
    deadline.end()
    return session.receive(new Link({ method: 'GET', url: asUtf8(location) }, null, { base: url }), {
      session,
      codec: codec ?? text,
      drawn: drawnAt(response.header),
    })
  }
  if (codec !== undefined) return decode(session, answered, codec, caller)
  const length = lengthOf(response)
  if (header === undefined && length === 0) {
    deadline.end()
    return null
  }
  // A body of another type is a blob, with the URL that it came from.
  const attributes = { 'content-type': header ?? 'application/octet-stream', url }
  return new Blob(limited(answered, length, session.limits.blobBytes), attributes, length)
}

/** Does a request of a form, or of the application, ask for changes only? A cache takes the answers to its own itself. */
const isConditional = ({ headers }: TransportRequest): boolean =>
  Object.keys(headers).some(name => name.startsWith('if-'))

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
  return pipeline !== undefined && url.startsWith(originOf(pipeline)) ? pipeline : undefined
}

/** Makes of the nodes of one answer the objects for the caller: they have one origin. */
function received(
  session: Session,
  { url, response }: Answered,
  codec: Codec,
  caller: Origin | undefined,
): (node: Node) => unknown {
  const drawn = drawnAt(response.header)
  const origin: Origin = { session, codec, drawn, pipeline: pipelineFor(url, caller) }
  return node => session.receive(node, origin)
}

async function decode(
  session: Session,
  answered: Answered,
  codec: Codec,
  caller: Origin | undefined,
): Promise<unknown> {
  const { method, url, response } = answered
  const at = `${method} ${describeUrl(url)}`
  const options = {
    baseUrl: url,
    limits: session.limits,
    node: received(session, answered, codec, caller),
    broken: (error: unknown) => {
      if (error instanceof DecodeError) return located(error, at)
      if (!(error instanceof Fault)) return error
      return new RemoteError({ method, url, status: error.status, fault: error, message: error.message })
    },
  }
  try {
    const length = lengthOf(response)
    if (length === undefined || length > Math.min(wholeBytes, session.limits.messageBytes)) {
      return await codec.decodeStream(guarded(answered), options)
    }
    return codec.decode(await whole(answered), options)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    session.cache?.forget(url)
    throw located(error, at)
  }
}

/** The error again, with the request whose answer cannot be read. */
function located(error: DecodeError, request: string): DecodeError {
  const problem = `${request}: ${error.problem}`
  return error instanceof LimitError
    ? new LimitError(problem, error.offset, { limit: error.limit, cause: error })
    : new DecodeError(problem, error.offset, { cause: error })
}
