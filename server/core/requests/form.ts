// Arguments that came as fields: of a form in a body, or in a URL.

import { json } from '../../../lib/codecs.js'
import { Link } from '../../../lib/values/nodes.js'
import type { Accepting, NamedArguments } from '../calling/arguments.js'
import { overLimit, readingFault } from '../faults/faults.js'
import { readBody } from './body.js'
import type { Exchange } from './exchange.js'
import { formArguments, typedIn } from './form-arguments.js'
import { type Field, urlencoded } from './form-fields.js'
import { receiving } from './message.js'
import { multipartFields } from './multipart.js'
import { revived } from './named-arguments.js'
import { receivedBody } from './received.js'
import { urlencodedBody } from './urlencoded.js'

/** Arguments that came as fields. */
export function fieldArguments(
  exchange: Exchange,
  fields: readonly Field[],
  accepting: Accepting,
): NamedArguments {
  exchange.rendering?.typed(typedIn(fields))
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
  const typed = exchange.rendering !== undefined
  const named = formArguments(fields, accepting, { json: read, reference, integerDigits, typed })
  return revived(exchange, named, met.nodes)
}

/** The fields of a body. */
export async function formFields(
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
