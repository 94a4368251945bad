// How the arguments of a request travel: in its URL, as fields, as a blob, or as a value in one of our own types.

import { codecs } from '../../../lib/codecs.js'
import { mediaTypeOf } from '../../../lib/negotiate.js'
import { type Accepting, type NamedArguments, noArguments, refuseMany } from '../calling/arguments.js'
import type { Marks } from '../registration/marks.js'
import { rawBlob } from './blob.js'
import type { Exchange } from './exchange.js'
import { fieldArguments, formFields } from './form.js'
import { withBytes } from './form-arguments.js'
import { isForm, multipart, urlencoded, withoutMethod } from './form-fields.js'
import { decodedBody, known } from './message.js'
import { asArguments, longRevived, revived } from './named-arguments.js'
import { nothingKept } from './read-before.js'
import { lengthOf, receivedBody } from './received.js'

export { queryArguments } from './query.js'

/** Does the body of a POST say that another method is meant, one that browsers don't have? */
export const methodInForm = ({ request, method }: Exchange, { verb }: Marks): boolean =>
  verb !== undefined && verb !== 'POST' && method === 'POST' && isForm(request)

/** Arguments of a request with a body. */
export async function bodyArguments(exchange: Exchange, operation: Accepting): Promise<NamedArguments> {
  const { request } = exchange
  const { marks } = operation
  const length = lengthOf(request)
  const type = mediaTypeOf(request.headers.get('content-type'))
  const inForm = methodInForm(exchange, marks)
  const isBlob = marks.envelope === 'blob'
  const isFile = isBlob && isTheFile(request, type)
  const fielded = type === urlencoded ? !isBlob : type === multipart && request.method === 'POST' && !isFile
  if (inForm || fielded) {
    const fields = await formFields(exchange, type, length)
    const own = inForm ? withoutMethod(fields, marks) : fields
    const read = await withBytes(own, operation, exchange.limits.messageBytes)
    return fieldArguments(exchange, read, operation)
  }
  const codec = codecs.get(type)
  const received = receivedBody(exchange, length)
  const chunks = received instanceof Promise ? await received : received
  if (isFile || (codec === undefined && isBlob && (length !== 0 || type !== ''))) {
    if (chunks.remade) throw nothingKept()
    return { named: { [operation.parameters[0]?.name ?? '']: await rawBlob(exchange, chunks) } }
  }
  if (length === 0) return noArguments
  const body = await decodedBody(exchange, { length, chunks, codecFor: () => known(codec, type) })
  if (body?.long && !isBlob) refuseMany(operation, body.value)
  return body === undefined
    ? noArguments
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
