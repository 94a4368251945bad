// Following links and submitting forms: from a node and arguments to a request (spec/protocol.md, "Forms").

import { text } from '../../lib/codecs.js'
import { interruptible } from '../../lib/interruptible.js'
import type { Codec, Pieces } from '../../lib/message/codec.js'
import { type Blob, blob } from '../../lib/values/blob.js'
import { kindOf } from '../../lib/values/kind.js'
import { Form, type Input, Link } from '../../lib/values/nodes.js'
import { RemoteError } from '../errors.js'
import { type Bounds, bounded } from '../exchange/deadline.js'
import { type Exchange, exchange, type Receive } from '../exchange/exchange.js'
import type { Origin } from '../exchange/session.js'
import { isFresh } from '../transport/freshness.js'
import { requireAddress } from './address.js'
import { type Encoded, encode, type Wait } from './arguments.js'
import { NamedArguments } from './named.js'
import { isThenable } from './travel.js'

type Arguments = Map<string, unknown>

/** What a form may ask a client to send (the 2012 text, "requests"). */
const formHeaders = new Map(
  ['If-None-Match', 'Accept', 'If-Match', 'If-Unmodified-Since', 'If-Modified-Since'].map(name => [
    name.toLowerCase(),
    name,
  ]),
)
/** What could end a header, or is no part of one. */
const unsendable = /[^\t\x20-\x7e\x80-\xff]/
const linkHeaders = new Map([['accept', 'Accept']])

/** Calls what a node offers. Throws TypeError, before anything is sent, for arguments that it doesn't take. */
export async function submit(
  node: Link | Form,
  label: string,
  parameters: readonly unknown[],
  origin: Origin,
  receive: Receive,
  begun?: number,
): Promise<unknown> {
  const bounds = { session: origin.session, begun }
  if (node instanceof Link) {
    if (parameters.length > 0) throw new TypeError(`${label} takes no arguments`)
    if (node.inline && isStillGood(node, origin)) return node.content
    const method = node.method.toUpperCase()
    if (method !== 'GET') throw new TypeError(`${label}: cannot follow a link by ${JSON.stringify(method)}`)
    const request = { method, url: requireAddress(node, label), headers: headersOf(node, linkHeaders, label) }
    const form = () => requestOf(formAt(request.url), label, new Map(), origin, bounds)
    return unlessUnsafe(request, form, origin, receive, begun)
  }
  const named = argumentsFor(node, label, parameters, origin.codec)
  const form = () => requestOf(formAt(requireAddress(node, label)), label, named, origin, bounds)
  const request = await requestOf(node, label, named, origin, bounds)
  return unlessUnsafe(request, form, origin, receive, begun)
}

const formAt = (url: string): Form => new Form({ url })

/**
 * What a page has as safe need not be so at a server of another release, behind the same address. That one answers
 * 405: it has done nothing, and says that it wants a POST.
 */
async function unlessUnsafe(
  request: Exchange,
  form: () => Promise<Exchange>,
  origin: Origin,
  receive: Receive,
  begun: number | undefined,
): Promise<unknown> {
  try {
    return await exchange(origin.session, request, receive, origin, begun)
  } catch (error) {
    if (request.method !== 'GET' || !wantsPost(error, request.url)) throw error
    return exchange(origin.session, await form(), receive, origin, begun)
  }
}

function wantsPost(error: unknown, url: string): boolean {
  if (!(error instanceof RemoteError) || error.code !== 'method_not_allowed' || error.url !== url)
    return false
  const { allow } = error.details
  return Array.isArray(allow) && allow.includes('POST')
}

/** What travelled with a page stands for the result as long as it is fresh; unless something else is said, for good. */
function isStillGood({ given }: Link, { drawn }: Origin): boolean {
  const maxAge = given['max-age']
  return typeof maxAge !== 'number' || isFresh({ born: drawn, lifetime: maxAge * 1000 })
}

function headersOf(
  node: Link | Form,
  allowed: ReadonlyMap<string, string>,
  label: string,
): Record<string, string> {
  const { headers } = node.given
  const sent: Record<string, string> = {}
  if (typeof headers !== 'object' || headers === null) return sent
  for (const [name, value] of headers instanceof Map ? headers : Object.entries(headers)) {
    const key = String(name).toLowerCase()
    if (!allowed.has(key))
      throw new TypeError(`${label} asks for the header ${String(name)}, which is not allowed`)
    const text = String(value)
    if (unsendable.test(text))
      throw new TypeError(`${label} asks for a value of ${key} that no header can have`)
    sent[key] = text
  }
  return sent
}

/** The arguments by name, in the form's order. */
export function argumentsFor(
  form: Form,
  label: string,
  parameters: readonly unknown[],
  codec: Codec,
): Arguments {
  const { inputs } = form
  const [only] = parameters
  const named = only instanceof NamedArguments ? only.values : undefined
  if (named !== undefined) checkNames(inputs, named, label)
  else if (parameters.length > inputs.length) {
    const names = inputs.map(input => input.argument).join(', ') || 'none'
    throw new TypeError(
      `${label}: ${parameters.length} arguments, where it takes ${inputs.length} (${names})`,
    )
  }
  const result: Arguments = new Map()
  for (const [index, input] of inputs.entries()) {
    const name = input.argument
    const value =
      named === undefined ? parameters[index] : Object.hasOwn(named, name) ? named[name] : undefined
    if (value !== undefined) result.set(name, value)
    else if (!input.optional) throw new TypeError(`${label}: missing argument "${name}"`)
    // Servers of 2012 may not know their own defaults; ours do, and theirs may have changed since.
    else if (codec === text) result.set(name, input.value)
  }
  return result
}

function checkNames(
  inputs: readonly Input[],
  values: Readonly<Record<string, unknown>>,
  label: string,
): void {
  const names = new Set(inputs.map(input => input.argument))
  for (const name of Object.keys(values)) {
    if (!names.has(name))
      throw new TypeError(`${label}: it takes no argument "${name}", but ${[...names].join(', ')}`)
  }
}

const defaultEnvelopes: Readonly<Record<string, string>> = {
  GET: 'query',
  POST: 'form',
  PUT: 'blob',
  PATCH: 'blob',
  DELETE: 'none',
}

/** Which envelopes go with which method. */
const possible: Readonly<Record<string, readonly string[]>> = {
  GET: ['none', 'query'],
  POST: ['none', 'form', 'blob'],
  PUT: ['form', 'blob'],
  PATCH: ['form', 'blob'],
  DELETE: ['none', 'query', 'form', 'blob'],
}

async function requestOf(
  form: Form,
  label: string,
  given: Arguments,
  origin: Origin,
  bounds: Bounds,
): Promise<Exchange> {
  const { method } = form
  const url = requireAddress(form, label)
  /** Until the arguments are there, nothing is sent. */
  const wait: Wait = promise => bounded(promise, bounds, { method, url, sent: 'no' })
  const headers = headersOf(form, formHeaders, label)
  const envelope = form.envelope ?? defaultEnvelopes[method] ?? ''
  // Servers of 2012 resolve the URLs in arguments against nothing.
  const from = origin.codec === text ? undefined : url
  const again = (next: string) =>
    requestOf(new Form({ ...form.given, url: next }), label, given, origin, bounds)
  if (!possible[method]?.includes(envelope)) {
    throw new TypeError(`${label}: cannot send a ${method} with the envelope "${envelope}"`)
  }
  switch (envelope) {
    case 'none':
      if (given.size > 0) throw new TypeError(`${label} takes no arguments`)
      return method === 'POST' ? { method, url, headers, body: new Uint8Array(0) } : { method, url, headers }
    case 'query': {
      if (given.size === 0) return { method, url, headers }
      const { bytes, relative } = await encode(text, given, from, wait)
      return { method, url: withQuery(url, bytes), headers, ...(relative && { again }) }
    }
    case 'blob':
      return blobRequest(label, given, { method, url, headers }, wait)
    default: {
      const { codec } = origin
      // In the text of 2012 an ordered dict; elsewhere a dict does, which is shorter.
      const value = codec === text ? given : Object.fromEntries(given)
      const { bytes: body, relative } = await encode(codec, value, from, wait)
      const type = { 'content-type': codec.type }
      const sent = { ...headers, ...type, ...lengthOf(body) }
      return { method, url, headers: sent, body, ...(relative && { again }) }
    }
  }
}

const lengthOf = (body: Uint8Array | AsyncIterable<Uint8Array>): Record<string, string> =>
  body instanceof Uint8Array ? { 'content-length': String(body.length) } : {}

/** The arguments as an ordered dict in the text of 2012, percent-encoded: it holds no raw `=`. */
function withQuery(url: string, bytes: Encoded['bytes']): string {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('a blob cannot travel in a URL')
  let query = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    query += /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  const target = new URL(url)
  target.search = query
  return target.href
}

async function blobRequest(
  label: string,
  given: Arguments,
  request: Exchange,
  wait: Wait,
): Promise<Exchange> {
  const [entry, ...more] = given
  if (entry === undefined || more.length > 0)
    throw new TypeError(`${label} takes exactly one argument, a blob`)
  const [name, value] = entry
  const content = asBlob(isThenable(value) ? await wait(Promise.resolve(value)) : value)
  if (content === undefined) throw new TypeError(`${label}: "${name}" must be a blob, bytes or text`)
  const disposition = `form-data; name="${name.replace(/[\r\n"\\]/g, '_')}"`
  const headers: Record<string, string> = {
    ...request.headers,
    'content-type': content.type,
    'content-disposition': disposition,
  }
  if (content.size !== undefined) headers['content-length'] = String(content.size)
  return { ...request, headers, body: content.memory ?? piecesOf(content) }
}

function piecesOf(content: Blob): Pieces {
  const iterator = content.chunks()[Symbol.asyncIterator]()
  const again = content.isOnce ? undefined : () => piecesOf(content)
  return Object.assign(
    interruptible(
      () => iterator.next(),
      () => iterator.return?.(),
    ),
    { again, size: () => content.size },
  )
}

function asBlob(value: unknown): Blob | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array || value instanceof ReadableStream)
    return blob(value)
  return typeof value === 'object' && value !== null && kindOf(value) === 'blob'
    ? blob(value as Blob)
    : undefined
}
