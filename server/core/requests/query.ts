// Arguments in a URL: fields, or a value in the text format.

import { text } from '../../../lib/codecs.js'
import { type Accepting, type NamedArguments, noArguments } from '../calling/arguments.js'
import { readingFault } from '../faults/faults.js'
import { malformed } from '../faults/http.js'
import type { Exchange } from './exchange.js'
import { fieldArguments } from './form.js'
import { urlencodedFields } from './form-fields.js'
import { receiving } from './message.js'
import { asArguments, revived } from './named-arguments.js'
import { percentDecode } from './urlencoded.js'

/** Arguments of a request whose method has no body, or whose form put them into the URL. */
export function queryArguments(exchange: Exchange, accepting: Accepting): NamedArguments {
  const { query } = exchange
  if (query === '') return noArguments
  if (query.includes('='))
    return fieldArguments(exchange, urlencodedFields(query, exchange.limits), accepting)
  let bytes: Uint8Array
  try {
    bytes = percentDecode(query)
  } catch {
    throw malformed('the query holds a malformed escape')
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
