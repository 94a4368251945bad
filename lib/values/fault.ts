// Fault: the error that travels. On the wire it is the extension `error`.

import { text as aText, checkArgument, checkOptions, type Kinds, object, whole } from '../options.js'
import { isDict } from '../plain.js'
import { dropped, someParts } from '../promises.js'
import { type FaultCode, statusOf } from './fault-statuses.js'
import { type Attributes, asText, Extension, type NodeUrls } from './nodes.js'

export interface FaultOptions {
  /** A word for programs, such as `not_found`. Default `error`. */
  readonly code?: FaultCode | (string & {})
  /** The HTTP status of the answer that carries it, 400 to 599. Default: the one of the code, else 400. */
  readonly status?: number
  /** Which server or part it comes from. */
  readonly origin?: string
  /** Under which name the server's log has more. */
  readonly logref?: string
  /** Values for the caller, sent as the content: plain ones, and objects, but no streams or blobs. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

const statuses = whole(400, 599)

const kinds: Kinds = {
  code: aText,
  status: statuses,
  origin: aText,
  logref: aText,
  details: object,
  cause: true,
} satisfies Record<keyof FaultOptions, Kinds[string]>

/**
 * An error meant for the caller: `throw new Fault('no such user', { code: 'not_found' })`.
 * Anything else that a function throws reaches the caller as a `logref` alone.
 */
export class Fault extends Error {
  declare readonly name: 'error'
  readonly code: string
  readonly status: number
  readonly origin: string | undefined
  readonly logref: string
  readonly details: Readonly<Record<string, unknown>>
  /** The extension that a decoded Fault came as: attributes that nobody here knows are sent on with it. */
  readonly #came: Extension | undefined

  /**
   * `came`: the extension that it was decoded from, if it was. Throws TypeError for a message that is no text, and for
   * options that are none.
   */
  constructor(message: string, options: FaultOptions = {}, came?: Extension) {
    // It may be dropped before it is drawn, or refused here.
    const { details = {} } = options ?? {}
    dropped(details, someParts)
    checkArgument('Fault', message, aText)
    checkOptions('Fault', options, kinds)
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.#came = came
    this.code = options.code ?? 'error'
    this.status = options.status ?? statusOf(this.code)
    this.origin = options.origin
    this.logref = options.logref ?? ''
    this.details = details
  }

  /** As they came, `url` resolved where the base is known; else those that have a meaning here. */
  get attributes(): Attributes {
    if (this.#came !== undefined) return this.#came.attributes
    const attributes: Record<string, unknown> = {
      logref: this.logref,
      message: this.message,
      code: this.code,
    }
    if (this.status !== 400) attributes.status = this.status
    if (this.origin !== undefined) attributes.origin = this.origin
    return attributes
  }

  /** As it came, which may be no dict; else the details. */
  get content(): unknown {
    return this.#came === undefined ? this.details : this.#came.content
  }

  /** The URL that it names, if it names one. Throws TypeError for one that cannot be resolved. */
  get url(): string | undefined {
    return this.#came !== undefined && 'url' in this.#came.given ? this.#came.url : undefined
  }

  /** The Fault that a decoded `error` extension stands for; what it lacks, or has of another kind, takes its default. */
  static from(attributes: Attributes, content: unknown, urls?: NodeUrls): Fault {
    const text = (key: string) => asText(attributes[key])
    const { code, status } = attributes
    // Some number their errors: the number stays one in the attributes, and is a word here.
    const word = typeof code === 'number' || typeof code === 'bigint' ? String(code) : asText(code)
    const options = {
      ...defined('code', word),
      ...defined('origin', text('origin')),
      ...defined('logref', text('logref')),
      // A message that says none means 400, whatever the code.
      status: statuses.is(status) ? (status as number) : 400,
      details: isDict(content) ? content : {},
    }
    return new Fault(text('message') ?? '', options, new Extension('error', attributes, content, urls))
  }
}

// On the prototype, as Error's own name is: every instance says what it is on the wire.
Object.defineProperty(Fault.prototype, 'name', { value: 'error', writable: true, configurable: true })

const defined = <V>(key: string, value: V | undefined) => (value === undefined ? {} : { [key]: value })

export type Node = Extension | Fault
