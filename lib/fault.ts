// Fault: the error that travels. On the wire it is the extension `error`.

import { isDict } from './dict.js'
import { type Attributes, asText, type Extension } from './nodes.js'

export interface FaultOptions {
  /** A word for programs, such as `not_found`. Default `error`. */
  readonly code?: string
  /** The HTTP status of the answer that carries it. Default 400 when thrown by an application. */
  readonly status?: number
  /** Which server or part it comes from. */
  readonly origin?: string
  /** Under which name the server's log has more. */
  readonly logref?: string
  /** Plain values for the caller, sent as the content. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * An error meant for the caller: `throw new Fault('no such user', { code: 'not_found', status: 404 })`.
 * Anything else that a function throws reaches the caller as a `logref` alone.
 */
export class Fault extends Error {
  declare readonly name: 'error'
  readonly code: string
  readonly status: number
  readonly origin: string | undefined
  readonly logref: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code ?? 'error'
    this.status = options.status ?? 400
    this.origin = options.origin
    this.logref = options.logref ?? ''
    this.details = options.details ?? {}
  }

  get attributes(): Attributes {
    const attributes: Record<string, unknown> = {
      logref: this.logref,
      message: this.message,
      code: this.code,
    }
    if (this.status !== 400) attributes.status = this.status
    if (this.origin !== undefined) attributes.origin = this.origin
    return attributes
  }

  get content(): unknown {
    return this.details
  }

  /** The Fault that a decoded `error` extension stands for; what it lacks takes its default. */
  static from(node: { readonly attributes: Attributes; readonly content: unknown }): Fault {
    const text = (key: string) => asText(node.attributes[key])
    const { status } = node.attributes
    return new Fault(text('message') ?? '', {
      ...defined('code', text('code')),
      ...defined('origin', text('origin')),
      ...defined('logref', text('logref')),
      ...defined('status', typeof status === 'number' ? status : undefined),
      details: isDict(node.content) ? node.content : {},
    })
  }
}

// On the prototype, as Error's own name is: every instance says what it is on the wire.
Object.defineProperty(Fault.prototype, 'name', { value: 'error', writable: true, configurable: true })

const defined = <V>(key: string, value: V | undefined) => (value === undefined ? {} : { [key]: value })

export type Node = Extension | Fault
