// From a request to arguments: envelopes, media types, and pages handed back as the objects they stand for.

import { codecs, json, text } from '../../../lib/codecs.js'
import type { RouterLimits } from '../../../lib/limits.js'
import { longBytes } from '../../../lib/long.js'
import type { Codec, DecodeOptions } from '../../../lib/message/codec.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import { Blob } from '../../../lib/values/blob.js'
import { isDict, setOwn } from '../../../lib/values/dict.js'
import { Fault } from '../../../lib/values/fault.js'
import { asText, Link } from '../../../lib/values/nodes.js'
import type { Face } from '../../features/html/representation.js'
import { type Accepting, type Arguments, refuseMany } from '../calling/arguments.js'
import { Revival, type Surroundings } from '../calling/references.js'
import { overLimit, readingFault } from '../faults/faults.js'
import type { Marks } from '../registration/marks.js'
import { type Origin, type Body as Received, readBody } from './body.js'
import { formArguments, typedIn, withBytes } from './form-arguments.js'
import { type Field, isForm, multipart, urlencoded, urlencodedFields, withoutMethod } from './form-fields.js'
import { multipartFields } from './multipart.js'
import { nothingKept } from './read-before.js'
import { lengthOf, receivedBody, startOf } from './received.js'
import type { Spool } from './spool.js'
import { percentDecode, urlencodedBody } from './urlencoded.js'

export interface Exchange extends Surroundings, Origin {
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
export function queryArguments(exchange: Exchange, accepting: Accepting): Given {
  const { query } = exchange
  if (query === '') return nothing
  if (query.includes('='))
    return fieldArguments(exchange, urlencodedFields(query, exchange.limits), accepting)
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
  return revived(exchange, asArguments(value, undefined, exchange.limits), met.nodes)
}

/** Arguments that came as fields. */
function fieldArguments(exchange: Exchange, fields: readonly Field[], accepting: Accepting): Given {
  exchange.face?.typed(typedIn(fields))
  const { options, met } = receiving(exchange)
  const { integerDigits, jsonFieldBytes } = exchange.limits
  let left = jsonFieldBytes
  const read = (text: string) => {
    const bytes = new TextEncoder().encode(text)
    if ((left -= bytes.length) < 0)
      throw overLimit(`more than ${jsonFieldBytes} bytes of JSON in fields`, 'jsonFieldBytes', jsonFieldBytes)
    return json.decode(bytes, options)
  }
  const reference = (url: string) => {
    met.nodes = true
    return new Link({ url })
  }
  const typed = exchange.face !== undefined
  const named = formArguments(fields, accepting, { json: read, reference, integerDigits, typed })
  return revived(exchange, named, met.nodes)
}

/** Does the body of a POST say that another method is meant, one that browsers don't have? */
export const saysMethod = ({ request, method }: Exchange, { verb }: Marks): boolean =>
  verb !== undefined && verb !== 'POST' && method === 'POST' && isForm(request)

/** Arguments of a request with a body. */
export async function bodyArguments(exchange: Exchange, operation: Accepting): Promise<Given> {
  const { request } = exchange
  const { marks } = operation
  const length = lengthOf(request)
  const type = mediaTypeOf(request.headers.get('content-type'))
  const standsIn = saysMethod(exchange, marks)
  const isBlob = marks.envelope === 'blob'
  const isFile = isBlob && isTheFile(request, type)
  const fielded = type === urlencoded ? !isBlob : type === multipart && request.method === 'POST' && !isFile
  if (standsIn || fielded) {
    const fields = await formFields(exchange, type, length)
    const own = standsIn ? withoutMethod(fields, marks) : fields
    const read = await withBytes(own, operation, exchange.limits.messageBytes)
    return fieldArguments(exchange, read, operation)
  }
  const codec = codecs.get(type)
  const received = receivedBody(exchange, length)
  const chunks = received instanceof Promise ? await received : received
  if (isFile || (codec === undefined && isBlob && (length !== 0 || type !== ''))) {
    if (chunks.remade) throw nothingKept()
    return {
      named: { [operation.parameters[0]?.name ?? '']: await rawBlob(exchange, chunks) },
      foreign: false,
    }
  }
  if (length === 0) return nothing
  const body = await decodedBody(exchange, length, chunks, () => known(codec, type))
  if (body?.long && !isBlob) refuseMany(operation, body.value)
  return body === undefined
    ? nothing
    : (body.long ? longRevived : revived)(
        exchange,
        asArguments(body.value, operation, exchange.limits),
        body.nodes,
      )
}

/**
 * Is a body of one of our types, or of a form, the blob itself, where one is taken? Its sender says so with a name for
 * it, as our client does; JSON from others is a file, since its type is not ours alone.
 */
const isTheFile = ({ headers }: Request, type: string): boolean =>
  type === 'application/json' || /^\s*form-data\b/i.test(headers.get('content-disposition') ?? '')

async function formFields(
  exchange: Exchange,
  type: string,
  length: number | undefined,
): Promise<readonly Field[]> {
  const { request, limits, spool } = exchange
  const chunks = await receivedBody(exchange, length)
  if (length === 0) return []
  if (type === urlencoded) return urlencodedBody(await readBody(chunks, limits.messageBytes), limits)
  try {
    const whole = chunks.type ?? request.headers.get('content-type') ?? ''
    return await multipartFields(whole, chunks, limits, spool)
  } catch (error) {
    throw readingFault(error, limits)
  }
}

/** The value in a body, and whether it holds nodes; undefined where there is no body, which needs no codec. */
async function decodedBody(
  exchange: Exchange,
  length: number | undefined,
  chunks: Received,
  codecFor: () => Codec,
  root?: DecodeOptions['root'],
): Promise<Body | undefined> {
  const { options, met } = receiving(exchange)
  let value: unknown
  let long = false
  const { messageBytes } = exchange.limits
  // A body that is sure to come, and that nobody can read, is not waited for.
  if (length !== undefined && length > 0) codecFor()
  // What is longer is decoded in parts, since nobody has been asked yet whether it is allowed.
  if (length !== undefined && length <= Math.min(longBytes, messageBytes) && exchange.spool.takes(length)) {
    const bytes = await readBody(chunks, messageBytes)
    if (bytes.length === 0) return undefined
    try {
      value = codecFor().decode(bytes, options)
    } catch (error) {
      throw readingFault(error, exchange.limits)
    }
  } else {
    long = true
    try {
      const present = await startOf(chunks)
      if (present === undefined) return undefined
      value = await codecFor().decodeStream(present, {
        ...options,
        sink: exchange.spool.sink,
        ...(root && { root }),
      })
    } catch (error) {
      throw readingFault(error, exchange.limits)
    }
  }
  return { value, nodes: met.nodes, long }
}

interface Body {
  readonly value: unknown
  readonly nodes: boolean
  /** Was it decoded in parts? */
  readonly long: boolean
}

/** The value in the body of a request that must have one, in one of our own types. `root` is told of it before blobs. */
export async function requestBody(exchange: Exchange, root?: DecodeOptions['root']): Promise<Body> {
  const { request } = exchange
  const type = mediaTypeOf(request.headers.get('content-type'))
  const codec = known(codecs.get(type), type)
  const length = lengthOf(request)
  const body = await decodedBody(exchange, length, await receivedBody(exchange, length), () => codec, root)
  if (body === undefined) throw new Fault('a body is missing', { code: 'malformed' })
  return body
}

function known(codec: Codec | undefined, type: string): Codec {
  if (codec !== undefined) return codec
  const expected = [...codecs.keys()].join(', ')
  const problem = type === '' ? 'a body without a Content-Type' : `a body of type ${type}`
  throw new Fault(`${problem}; expected one of ${expected}, ${urlencoded}, ${multipart}`, {
    status: 415,
    code: 'media_type',
  })
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
  const type = request.headers.get('content-type') ?? 'application/octet-stream'
  return new Blob(() => source, { 'content-type': type }, size)
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

function asArguments(
  value: unknown,
  operation: Accepting | undefined,
  limits: RouterLimits,
): Record<string, unknown> {
  if (value === null) return {}
  // 2012 clients send what the envelope "blob" calls for encoded, and by itself.
  const [only] = operation?.marks.envelope === 'blob' ? operation.parameters : []
  if (value instanceof Map) {
    const named: Record<string, unknown> = {}
    for (const [key, item] of value) {
      const name = asText(key)
      if (name === undefined) throw new Fault('argument names must be text', { code: 'malformed' })
      if (name.length > limits.keyBytes)
        throw overLimit(`argument names of more than ${limits.keyBytes} bytes`, 'keyBytes', limits.keyBytes)
      if (Object.hasOwn(named, name))
        throw new Fault(`argument "${name}" is given twice`, { code: 'malformed' })
      setOwn(named, name, item)
    }
    return named
  }
  if (isDict(value)) return value
  if (only !== undefined) return { [only.name]: value }
  throw new Fault('arguments must be a dict from name to value', { code: 'malformed' })
}

async function longRevived(
  exchange: Exchange,
  named: Record<string, unknown>,
  nodes: boolean,
): Promise<Given> {
  if (!nodes) return { named, foreign: false }
  const revival = new Revival(exchange)
  for (const [name, value] of Object.entries(named)) {
    const [argument] = await revival.longArgument(name, value)
    setOwn(named, name, argument)
  }
  return { named, foreign: revival.foreign, expires: revival.expires }
}

function revived(exchange: Exchange, named: Record<string, unknown>, nodes: boolean): Given {
  if (!nodes) return { named, foreign: false }
  const revival = new Revival(exchange)
  for (const [name, value] of Object.entries(named)) setOwn(named, name, revival.argument(name, value))
  return { named, foreign: revival.foreign, expires: revival.expires }
}
