// The state of an instance in its URL: the constructor's parameters by name, as canonical CBOR in base64url
// (spec/protocol.md, "URLs"). One object has one URL: what is spelled otherwise is not found.

import { cbor, encodeCanonical } from '../lib/cbor/index.js'
import type { EncodeOptions } from '../lib/codec.js'
import { DecodeError, EncodeError } from '../lib/errors.js'
import type { Node } from '../lib/fault.js'
import { areSame } from '../lib/identity.js'
import type { Context } from './context.js'
import type { StateParameter } from './reflect.js'

/** Characters that state takes in a URL at most: what servers, proxies and mail programs pass on. */
export const stateLimit = 2048

export interface StateCodec {
  /** The path segment for an instance. Throws EncodeError for state that cannot travel or is too long. */
  seal(instance: object): string
  /** The constructor's parameters, in order; undefined for a segment that is no state of this class. */
  open(segment: string, context?: Context): unknown[] | undefined
}

export function stateCodec(
  label: string,
  parameters: readonly StateParameter[],
  inline: NonNullable<EncodeOptions['inline']>,
  node: (node: Node, context?: Context) => unknown,
): StateCodec {
  const names = new Set(parameters.map(parameter => parameter.name))
  const limits = { depth: 16, messageBytes: stateLimit }

  function seal(instance: object): string {
    const state: Record<string, unknown> = {}
    for (const { name, property, optional, fallback } of parameters) {
      const value: unknown = (instance as Record<string, unknown>)[property]
      if (value === undefined && !optional)
        throw new EncodeError(`the state "${property}" is undefined`, label)
      if (value === undefined) continue
      if (fallback !== undefined && areSame(fallback.value, value)) continue
      Object.defineProperty(state, name, { value, enumerable: true })
    }
    const segment = toBase64Url(encodeState(state))
    if (segment.length > stateLimit) {
      const problem = `the state of ${label} takes ${segment.length} characters in its URL, more than ${stateLimit}`
      throw new EncodeError(problem, label)
    }
    return segment
  }

  function encodeState(state: object): Uint8Array {
    try {
      return encodeCanonical(state, { inline })
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      const problem = `${error.problem}, so that no URL can carry it`
      throw new EncodeError(problem, error.path.replace('$', label), { cause: error })
    }
  }

  function open(segment: string, context?: Context): unknown[] | undefined {
    const bytes = segment.length <= stateLimit ? fromBase64Url(segment) : undefined
    if (bytes === undefined) return undefined
    try {
      // Nodes stay nodes at first, so that the state can be compared with its one spelling.
      const state = cbor.decode(bytes, { limits, templates: false })
      if (!isDict(state) || toBase64Url(encodeCanonical(state)) !== segment) return undefined
      if (Object.keys(state).some(name => !names.has(name))) return undefined
      const revive = (found: Node) => node(found, context)
      const revived = cbor.decode(bytes, { limits, templates: false, node: revive }) as Record<
        string,
        unknown
      >
      if (parameters.some(({ name, optional }) => !optional && !Object.hasOwn(revived, name)))
        return undefined
      return parameters.map(({ name }) => (Object.hasOwn(revived, name) ? revived[name] : undefined))
    } catch (error) {
      if (error instanceof DecodeError || error instanceof EncodeError) return undefined
      throw error
    }
  }

  return { seal, open }
}

const isDict = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const toBase64Url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

function fromBase64Url(text: string): Uint8Array | undefined {
  return /^[\w-]+$/.test(text) ? Buffer.from(text, 'base64url') : undefined
}
