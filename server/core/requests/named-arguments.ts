// Arguments by name, of whatever came: what leads to objects of this server replaced by these.

import type { RouterLimits } from '../../../lib/limits.js'
import { isDict } from '../../../lib/plain.js'
import { setOwn } from '../../../lib/values/dict.js'
import { asText } from '../../../lib/values/nodes.js'
import type { Accepting, NamedArguments } from '../calling/arguments.js'
import { References } from '../calling/references.js'
import { overLimit } from '../faults/faults.js'
import { malformed } from '../faults/http.js'
import type { Exchange } from './exchange.js'

/** Throws a Fault for what is no dict. */
export function asArguments(
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
      if (name === undefined) throw malformed('argument names must be text')
      if (name.length > limits.keyBytes)
        throw overLimit(`argument names of more than ${limits.keyBytes} bytes`, 'keyBytes', limits.keyBytes)
      if (Object.hasOwn(named, name)) throw malformed(`argument "${name}" is given twice`)
      setOwn(named, name, item)
    }
    return named
  }
  if (isDict(value)) return value
  if (only !== undefined) return { [only.name]: value }
  throw malformed('arguments must be a dict from name to value')
}

/** As `revived`, for what is long, with turns for others. */
export async function longRevived(
  exchange: Exchange,
  named: Record<string, unknown>,
  nodes: boolean,
): Promise<NamedArguments> {
  if (!nodes) return { named }
  const references = new References(exchange)
  for (const [name, value] of Object.entries(named)) {
    const [argument] = await references.longArgument(name, value)
    setOwn(named, name, argument)
  }
  return references.named(named)
}

/** Replaces what leads to objects here. `nodes`: is there anything that may? */
export function revived(exchange: Exchange, named: Record<string, unknown>, nodes: boolean): NamedArguments {
  if (!nodes) return { named }
  const references = new References(exchange)
  for (const [name, value] of Object.entries(named)) setOwn(named, name, references.argument(name, value))
  return references.named(named)
}
