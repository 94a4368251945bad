// Values as the JSON that other programs know, on one line, for `--json`. It says less than our own JSON, which marks
// values that JSON has no notation for.

import { handleOf } from '../client/calls/handles.js'
import { Blob } from '../lib/values/blob.js'
import { formatInstant } from '../lib/values/instant.js'
import { kindOf } from '../lib/values/kind.js'

/**
 * Times and durations are ISO 8601, bytes Base64, sets lists, integers have all their digits, maps whose keys
 * aren't all text are lists of pairs. Pages are their data, remote functions their URL, and blobs in a value their
 * type, size and name.
 */
export function plainJson(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return String(value)
    case 'function':
      return JSON.stringify(handleOf(value)?.node.url ?? null)
    case 'object':
      return value === null ? 'null' : ofObject(value)
    default:
      return JSON.stringify(value) ?? 'null'
  }
}

function ofObject(value: object): string {
  if (value instanceof Blob) {
    const { type, size, filename } = value
    return JSON.stringify({ type, size, filename })
  }
  switch (kindOf(value)) {
    case 'date':
      return JSON.stringify(formatInstant(value as Date))
    case 'bytes':
      return JSON.stringify(Buffer.from(value as Uint8Array).toString('base64'))
    case 'list':
      return list(value as readonly unknown[])
    case 'set':
      return list([...(value as Set<unknown>)])
    case 'map': {
      const pairs = [...(value as Map<unknown, unknown>)]
      return pairs.every(([key]) => typeof key === 'string')
        ? dict(pairs as [string, unknown][])
        : list(pairs)
    }
    case 'dict':
      return dict(Object.entries(value))
    default:
      return ofOther(value)
  }
}

const list = (items: readonly unknown[]): string => `[${items.map(plainJson).join(',')}]`

const dict = (entries: readonly (readonly [string, unknown])[]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${plainJson(value)}`).join(',')}}`

/** Nodes and durations have a `toJSON`; types of an application's own are not known here. */
function ofOther(value: object): string {
  const { toJSON } = value as { toJSON?: unknown }
  return typeof toJSON === 'function' ? plainJson(toJSON.call(value)) : dict(Object.entries(value))
}
