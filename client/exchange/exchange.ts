// One request and its answer: headers, redirects, retries of what is safe, and the value in the answer.

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
import { type Answered, bounded, drain, ending, guarded, whole } from './answer-body.js'
import { Deadline } from './deadline.js'
import { wrongPart } from './part.js'
import { asUtf8, becomesGet, hasUser, isRedirect, isSameRequest, nextUrl } from './redirects.js'
import { remoteError } from './refused.js'
import { isSafe, pauseAfter } from './retry.js'
import type { Origin, Session } from './session.js'

export interface Exchange {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestBody
  /** The same request for another URL, where arguments hold URLs that are relative to this one. */
  readonly again?: (url: string) => Promise<Exchange>
  /** The URL whose answer has led here, where that is no page's link or form (redirects.ts). */
  readonly from?: string
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
 * taken to have the same pipeline; `begun` is when the call was asked for, if not now (deadline.ts). Throws
 * RemoteError, NetworkError, DecodeError, or the signal's reason.
 */
export function exchange(
  session: Session,
  first: Exchange,
  receive: Receive,
  caller?: Origin,
  begun?: number,
): Promise<unknown> {
  const deadline = Deadline.of(session, begun)
  const result = travel(session, first, receive, caller, deadline)
  if (deadline.signal === undefined) return result
  return result.catch(error => {
    deadline.end()
    throw error
  })
}

async function travel(
  session: Session,
  first: Exchange,
  receive: Receive,
  caller: Origin | undefined,
  deadline: Deadline,
): Promise<unknown> {
  const { redirects } = session.limits
  const { onUpload } = session
  let { method, url, body, again } = first
  let own = first.headers ?? {}
  let before: number | undefined
  let { from } = first
  let attempt = 0
  // Redirects lead nowhere else; what a server says of its links and forms may.
  if (!/^https?:\/\//.test(url)) throw new NetworkError(method, url, 'not an http(s) URL', 'no')
  if (hasUser(url))
    throw new NetworkError(method, url, 'a URL with a user in it, which no server gives', 'no')
  if (from !== undefined && redirects < 1) throw tooMany(method, from, redirects)
  for (let count = from === undefined ? 0 : 1; ; ) {
    const headers = { accept, ...session.headersFor(url), ...own }
    const plain: TransportRequest = { method, url, headers, body, signal: deadline.signal, from }
    const request = onUpload === undefined ? plain : watched(plain, body, session.transport, onUpload)
    let response: TransportResponse
    try {
      response = await send(session, request, deadline, before)
      if (!isRedirect(response.status)) {
        const { url: end = url } = response
        const answered = { method, url: end, response, deadline }
        return await answer(session, answered, request, receive, caller)
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
      // What its URLs are relative to has changed.
      const moved = await again(next)
      next = moved.url
      body = moved.body
      own = moved.headers ?? {}
    } else if (becomesGet(status, method)) {
      if (!isSafe(method)) before = status
      method = 'GET'
      body = undefined
      own = {}
      again = undefined
    } else if (!isRepeatable(body)) {
      const problem = 'a redirect of a streamed body, which can be sent once only'
      throw new NetworkError(method, url, problem, 'answered', undefined, status)
    } else body = renewed(body)
    from = url
    url = next
    attempt = 0
  }
}

function tooMany(method: string, url: string, redirects: number, status?: number): NetworkError {
  return new NetworkError(method, url, `more than ${redirects} redirects`, 'answered', undefined, status)
}

/** `before`: the redirect with which an unsafe request was answered, and that has led here. */
async function send(
  { cache, transport }: Session,
  request: TransportRequest,
  deadline: Deadline,
  before: number | undefined,
): Promise<TransportResponse> {
  const { method, url } = request
  const sent = (unsent: boolean): Sent => (before !== undefined ? 'answered' : unsent ? 'no' : 'unknown')
  if (deadline.passed) throw deadline.reason(method, url, sent(true), before)
  try {
    const answering = cache === undefined ? transport(request) : cache.answer(request, transport)
    if (deadline.signal === undefined) return await answering
    // A transport may not care for the signal, nor may the bodies that it gives.
    return ending(await deadline.race(answering, () => deadline.signal?.reason), deadline)
  } catch (cause) {
    const unsent = cause instanceof Unsent
    if (deadline.passed) throw deadline.reason(method, url, sent(unsent), before)
    const reason = unsent ? cause.cause : cause
    throw new NetworkError(method, url, describeFailure(reason), sent(unsent), reason, before)
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
  receive: Receive,
  caller: Origin | undefined,
): Promise<unknown> {
  const { url, response, deadline } = answered
  const { status } = response
  if (status >= 300 && !(status === 304 && isConditional(request))) {
    const node = (codec: Codec) => received(session, answered, codec, receive, caller)
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
    // What was created, where it does not come along.
    await drain(response)
    deadline.end()
    return receive(new Link({ method: 'GET', url: asUtf8(location) }, null, url), {
      session,
      codec: codec ?? text,
      drawn: drawnAt(response.header),
    })
  }
  if (codec !== undefined) return decode(session, answered, codec, receive, caller)
  const length = lengthOf(response)
  if (header === undefined && length === 0) {
    deadline.end()
    return null
  }
  // What isn't ours arrives as a blob that knows where it came from.
  const attributes = { 'content-type': header ?? 'application/octet-stream', url }
  return new Blob(bounded(answered, length, session.limits.blobBytes), attributes, length)
}

/** Did a form, or the application, ask only for what has changed? Nobody else did: caches take their own answers. */
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
  if (pipeline === undefined) return undefined
  const end = pipeline.indexOf('/', pipeline.indexOf('//') + 2) + 1
  return url.startsWith(pipeline.slice(0, end)) ? pipeline : undefined
}

/** What the nodes of one answer become: they share where they came from. */
function received(
  session: Session,
  { url, response }: Answered,
  codec: Codec,
  receive: Receive,
  caller: Origin | undefined,
): (node: Node) => unknown {
  const drawn = drawnAt(response.header)
  const origin: Origin = { session, codec, drawn, pipeline: pipelineFor(url, caller) }
  return node => receive(node, origin)
}

async function decode(
  session: Session,
  answered: Answered,
  codec: Codec,
  receive: Receive,
  caller: Origin | undefined,
): Promise<unknown> {
  const { method, url, response } = answered
  const at = `${method} ${describeUrl(url)}`
  const options = {
    baseUrl: url,
    limits: session.limits,
    node: received(session, answered, codec, receive, caller),
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
    ? new LimitError(problem, error.limit, error.offset, { cause: error })
    : new DecodeError(problem, error.offset, { cause: error })
}
