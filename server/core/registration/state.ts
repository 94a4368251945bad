// The state of an instance in its URL: the constructor's parameters by name, as canonical CBOR, sealed, in base64url
// (spec/protocol.md, "URLs"). One object has one URL: what is spelled otherwise is not found.

import { cbor, encodeCanonical } from '../../../lib/cbor/index.js'
import { DecodeError, EncodeError } from '../../../lib/errors.js'
import type { EncodeOptions } from '../../../lib/message/codec.js'
import { nameOf } from '../../../lib/message/unencodable.js'
import { isDict } from '../../../lib/plain.js'
import { setOwn } from '../../../lib/values/dict.js'
import { areSame } from '../../../lib/values/equality.js'
import type { Node } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { itemsOf } from '../../../lib/values/parts.js'
import type { StateParameter } from '../reflection/index.js'
import { readExpiry, withExpiry } from '../sealing/expiry.js'
import { Seals } from '../sealing/seals.js'

/** Characters that state takes in a URL at most: what servers, proxies and mail programs pass on. */
export const stateLimit = 2048

export interface StateCodec {
  /**
   * The path segment for an instance. Throws EncodeError for state that cannot travel or is too long, and for
   * what is to expire (milliseconds since 1970) where there is no secret.
   */
  seal(instance: object, expires?: number): string
  /**
   * The state in a segment; undefined for one that is no state of this class. `path` is that which the class was
   * found by, its own or a former one. Throws a Fault for what this server has not sealed, or has expired.
   */
  open(segment: string, path: string): Opened | undefined
  /** The same for an object in another one's state, which is sealed with that, and opens there alone. */
  readonly inside: Pick<StateCodec, 'seal' | 'open'>
}

export interface Opened {
  /** The constructor's parameters, in order. */
  readonly parameters: unknown[]
  /** Milliseconds since 1970. */
  readonly expires: number | undefined
}

interface StateParts {
  /** How errors name the class. */
  readonly label: string
  /** Where it is registered. */
  readonly path: string
  readonly parameters: readonly StateParameter[]
  /** What stands for an object in the state, and the object that a node there stands for. */
  readonly inline: NonNullable<EncodeOptions['inline']>
  readonly node: (node: Node) => unknown
  readonly seals: Seals
}

const unsealed = new Seals({ secret: false })

export function stateCodec({ label, path, parameters, inline, node, seals }: StateParts): StateCodec {
  const names = new Set(parameters.map(parameter => parameter.name))
  const depth = 16
  const limits = { depth, messageBytes: stateLimit }

  function seal(instance: object, by: Seals, expires?: number): string {
    const state: Record<string, unknown> = {}
    for (const { name, property, optional, fallback } of parameters) {
      const value: unknown = (instance as Record<string, unknown>)[property]
      if (value === undefined && !optional)
        throw new EncodeError(`the state "${property}" is undefined`, label)
      if (value === undefined) continue
      if (fallback !== undefined && areSame(fallback.value, value)) continue
      setOwn(state, name, value)
    }
    if (expires !== undefined && !by.canExpire)
      throw new EncodeError('its URL can expire only where the router has a secret', label)
    const encoded = encodeState(state)
    const body = expires === undefined ? encoded : withExpiry(encoded, expires)
    const segment = by.seal(path, body, expires !== undefined)
    if (segment.length > stateLimit) {
      const problem = `the state of ${label} takes ${segment.length} characters in its URL, more than ${stateLimit}`
      throw new EncodeError(problem, label)
    }
    return segment
  }

  function encodeState(state: object): Uint8Array {
    try {
      const bytes = encodeCanonical(state, { inline, limits: { depth } })
      // Encoded first, so that it is known to have an end.
      const found = strangerIn(state)
      if (found !== undefined) throw new EncodeError(`it holds ${nameOf(found)}`, '$')
      return bytes
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      const problem = `${error.problem}, so that no URL can carry it`
      throw new EncodeError(problem, error.path.replace('$', label), { cause: error })
    }
  }

  function open(segment: string, found: string, by: Seals): Opened | undefined {
    const body = by.open(found, segment, stateLimit)
    if (body === undefined) return undefined
    const { state: bytes, expires } = readExpiry(body)
    try {
      // Nodes stay nodes at first, so that the state can be compared with its one spelling.
      const state = cbor.decode(bytes, { limits, templates: false })
      if (!isDict(state) || !areEqual(encodeCanonical(state), bytes)) return undefined
      if (Object.keys(state).some(name => !names.has(name))) return undefined
      const revived = cbor.decode(bytes, { limits, templates: false, node }) as Record<string, unknown>
      if (parameters.some(({ name, optional }) => !optional && !Object.hasOwn(revived, name)))
        return undefined
      const values = parameters.map(({ name }) => (Object.hasOwn(revived, name) ? revived[name] : undefined))
      return { parameters: values, expires }
    } catch (error) {
      if (error instanceof DecodeError || error instanceof EncodeError) return undefined
      throw error
    }
  }

  return {
    seal: (instance, expires) => seal(instance, seals, expires),
    open: (segment, found) => open(segment, found, seals),
    inside: {
      seal: instance => seal(instance, unsealed),
      open: (segment, found) => open(segment, found, unsealed),
    },
  }
}

/**
 * Values that can be encoded, but would not come back from a URL: nodes, which lead elsewhere or mean nothing here, and
 * blobs, whose bytes are no part of it. Objects of this server are not among them: they are in state as themselves.
 */
function strangerIn(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const kind = kindOf(value)
  if (kind === 'node' || kind === 'blob') return value
  for (const item of itemsOf(value)) {
    const found = strangerIn(item)
    if (found !== undefined) return found
  }
  return undefined
}

const areEqual = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0
