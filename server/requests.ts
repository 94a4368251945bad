// From a request to arguments: envelopes, media types, and pages handed back as the objects they stand for.

import { type Blob, blob } from '../lib/blob.js'
import type { Codec, DecodeOptions } from '../lib/codec.js'
import { codecs, text } from '../lib/codecs.js'
import { Fault } from '../lib/fault.js'
import type { RouterLimits } from '../lib/limits.js'
import { mediaTypeOf } from '../lib/negotiate.js'
import { asText } from '../lib/nodes.js'
import type { Arguments } from './arguments.js'
import { bodyOf, type NodeBindings, type Body as Received, readBody } from './body.js'
import type { Face } from './face/face.js'
import { overLimit, readingFault } from './faults.js'
import type { Operation } from './members.js'
import { Revival, type Surroundings } from './revival.js'
import { type Spool, spoolMemory } from './spool.js'

export interface Exchange extends Surroundings {
  readonly request: Request
  readonly bindings: NodeBindings | undefined
  readonly query: string
  readonly method: string
  readonly limits: RouterLimits
  readonly spool: Spool
  /** Of an answer in HTML: told what was asked for, so that a form can be shown again. */
  readonly face: Face | undefined
}

export interface Given {
  readonly named: Arguments
  /** Do they hold links to other servers? */
  readonly foreign: boolean
  /** When the first of the URLs that led to objects in them expires. */
  readonly expires?: number | undefined
}

const nothing: Given = { named: {}, foreign: false }

/** Arguments of a request whose method has no body, or whose form put them into the URL. */
export function queryArguments(exchange: Exchange): Given {
  const { query } = exchange
  if (query === '') return nothing
  if (query.includes('=')) return { named: pairs(query, exchange.limits.fields), foreign: false }
  let bytes: Uint8Array
  try {
    bytes = percentDecode(query)
  } catch {
    throw new Fault('the query holds a malformed escape', { code: 'malformed' })
  }
  const { options, met } = receiving(exchange)
  let value: unknown
  try {
    value = text.decode(bytes, options)
  } catch (error) {
    throw readingFault(error, exchange.limits)
  }
  return revived(exchange, asArguments(value, undefined), met.nodes)
}

/** Name and value as forms of browsers and `curl` write them; values are text. */
function pairs(query: string, most: number): Arguments {
  // Counted before they are parsed, since each costs far more than its bytes.
  let fields = 1
  for (let at = query.indexOf('&'); at >= 0; at = query.indexOf('&', at + 1)) fields++
  if (fields > most) throw overLimit(`more than ${most} fields`, 'fields', most)
  const named: Record<string, unknown> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(named, name))
      throw new Fault(`argument "${name}" is given twice`, { code: 'malformed' })
    Object.defineProperty(named, name, { value, enumerable: true })
  }
  return named
}

function percentDecode(query: string): Uint8Array {
  if (/%(?![\dA-Fa-f]{2})/.test(query)) throw new URIError('malformed escape')
  const latin = query
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Uint8Array.from(latin, unit => unit.charCodeAt(0))
}

/** Arguments of a request with a body. */
export async function bodyArguments(exchange: Exchange, operation: Operation | undefined): Promise<Given> {
  const { request, limits } = exchange
  const length = lengthOf(request)
  const type = mediaTypeOf(request.headers.get('content-type'))
  const codec = codecs.get(type)
  const chunks = receivedBody(exchange, length)
  if (codec === undefined && operation?.marks.envelope === 'blob' && (length !== 0 || type !== '')) {
    return {
      named: { [operation.parameters[0]?.name ?? '']: await rawBlob(exchange, chunks) },
      foreign: false,
    }
  }
  if (length === 0) return nothing
  if (type === 'application/x-www-form-urlencoded') {
    return {
      named: pairs(new TextDecoder().decode(await readBody(chunks, limits.messageBytes)), limits.fields),
      foreign: false,
    }
  }
  const body = await decodedBody(exchange, length, chunks, () => known(codec, type))
  return body === undefined ? nothing : revived(exchange, asArguments(body.value, operation), body.nodes)
}

/** The value in a body, and whether it holds nodes; undefined where there is no body, which needs no codec. */
async function decodedBody(
  exchange: Exchange,
  length: number | undefined,
  chunks: Received,
  codecFor: () => Codec,
): Promise<Body | undefined> {
  const { options, met } = receiving(exchange)
  let value: unknown
  const { messageBytes } = exchange.limits
  if (length !== undefined && length <= Math.min(spoolMemory, messageBytes)) {
    const bytes = await readBody(chunks, messageBytes)
    if (bytes.length === 0) return undefined
    try {
      value = codecFor().decode(bytes, options)
    } catch (error) {
      throw readingFault(error, exchange.limits)
    }
  } else {
    try {
      const present = await startOf(chunks)
      if (present === undefined) return undefined
      value = await codecFor().decodeStream(present, { ...options, sink: exchange.spool.sink })
    } catch (error) {
      throw readingFault(error, exchange.limits)
    }
  }
  return { value, nodes: met.nodes }
}

interface Body {
  readonly value: unknown
  readonly nodes: boolean
}

/** The body of a request. Throws a Fault for one that is too long, as far as it says so, or compressed. */
function receivedBody({ request, bindings, limits }: Exchange, length: number | undefined): Received {
  const { bodyBytes } = limits
  if (length !== undefined && length > bodyBytes) throw tooMuch(bodyBytes)
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    // Not decoded here: a few bytes that stand for many would pass every limit on the way in.
    throw new Fault(`a body with Content-Encoding: ${encoding}; expected none`, {
      status: 415,
      code: 'media_type',
    })
  }
  const chunks = bodyOf(request, bindings)
  return length === undefined ? counted(chunks, bodyBytes) : chunks
}

const tooMuch = (limit: number) => overLimit(`body of more than ${limit} bytes`, 'bodyBytes', limit)

/** A body that has not said how long it is. */
async function* counted(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit) throw tooMuch(limit)
    yield chunk
  }
}

const lengthOf = (request: Request): number | undefined => {
  const header = request.headers.get('content-length')
  return header === null ? undefined : Number(header)
}

/** The value in the body of a request that must have one, in one of our own types. */
export async function requestBody(exchange: Exchange): Promise<Body> {
  const { request } = exchange
  const type = mediaTypeOf(request.headers.get('content-type'))
  const codec = known(codecs.get(type), type)
  const length = lengthOf(request)
  const body = await decodedBody(exchange, length, receivedBody(exchange, length), () => codec)
  if (body === undefined) throw new Fault('a body is missing', { code: 'malformed' })
  return body
}

function known(codec: Codec | undefined, type: string): Codec {
  if (codec !== undefined) return codec
  const expected = [...codecs.keys()].join(', ')
  const problem = type === '' ? 'a body without a Content-Type' : `a body of type ${type}`
  throw new Fault(`${problem}; expected one of ${expected}, application/x-www-form-urlencoded`, {
    status: 415,
    code: 'media_type',
  })
}

/** The body again, once its first piece has come; undefined where there is none. */
async function startOf(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done) return undefined
  return (async function* () {
    yield first.value
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
}

async function rawBlob(
  { request, spool, limits }: Exchange,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const sink = spool.sink()
  const { blobBytes } = limits
  let size = 0
  try {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > blobBytes) throw overLimit(`blob of more than ${blobBytes} bytes`, 'blobBytes', blobBytes)
      await sink.write(chunk)
    }
  } catch (error) {
    throw readingFault(error, limits)
  }
  const source = await sink.end()
  return blob(source, request.headers.get('content-type') ?? undefined)
}

/** What a decoder is told, and whether it met nodes, which may stand for objects. */
function receiving(exchange: Exchange): { options: DecodeOptions; met: { nodes: boolean } } {
  const met = { nodes: false }
  const node = (value: unknown) => {
    met.nodes = true
    return value
  }
  return { options: { limits: exchange.limits, templates: false, node }, met }
}

function asArguments(value: unknown, operation: Operation | undefined): Record<string, unknown> {
  if (value === null) return {}
  // 2012 clients send what the envelope "blob" calls for encoded, and by itself.
  const [only] = operation?.marks.envelope === 'blob' ? operation.parameters : []
  if (value instanceof Map) {
    const named: Record<string, unknown> = {}
    for (const [key, item] of value) {
      const name = asText(key)
      if (name === undefined) throw new Fault('argument names must be text', { code: 'malformed' })
      if (Object.hasOwn(named, name))
        throw new Fault(`argument "${name}" is given twice`, { code: 'malformed' })
      Object.defineProperty(named, name, {
        value: item,
        enumerable: true,
        writable: true,
        configurable: true,
      })
    }
    return named
  }
  if (isDict(value)) return value
  if (only !== undefined) return { [only.name]: value }
  throw new Fault('arguments must be a dict from name to value', { code: 'malformed' })
}

const isDict = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

function revived(exchange: Exchange, named: Record<string, unknown>, nodes: boolean): Given {
  if (!nodes) return { named, foreign: false }
  const revival = new Revival(exchange)
  for (const [key, value] of Object.entries(named)) {
    Object.defineProperty(named, key, { value: revival.value(value), enumerable: true })
  }
  return { named, foreign: revival.foreign, expires: revival.expires }
}
