// Responses: status, headers and body for what a call gave.

import type { Codec } from '../../../lib/message/codec.js'
import { type Blob, blob } from '../../../lib/values/blob.js'
import type { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { isStream } from '../../../lib/values/stream.js'
import type { Pages } from '../drawing/pages.js'
import { MethodFault, notFound, safeMethods } from '../faults/http.js'
import type { Marks } from '../registration/marks.js'
import { Created } from '../registration/reference.js'
import type { Namespace } from '../registration/registry.js'
import { inHeader, pipelinePath, referenceTo } from '../urls/paths.js'
import { caching, personal, tag, unkept } from './caching.js'
import { always, asItComes, type Headers, headersOf } from './headers.js'
import { rawBlob } from './raw-blob.js'
import type { Representation } from './representation.js'
import { respond } from './sending.js'

const vendor = (codec: Codec) => codec.type.startsWith('application/vnd.hyperglyph')

/** The operation that gave a result, and how it was asked for. */
export interface ResultSource {
  /** The name of the operation, for errors. */
  readonly label: string
  readonly marks: Marks
  readonly method: string
  readonly pages: Pages
  /** The Fault that travels for an error in the middle of a stream. */
  readonly toFault?: (error: unknown) => Fault
}

/** A value with the status and headers that it is sent with. */
interface Unencoded {
  readonly value: unknown
  readonly label: string
  readonly status: number
  readonly headers: Headers
  readonly pages: Pages
  readonly toFault?: ((error: unknown) => Fault) | undefined
}

export class Responses {
  /** The representation that answers are written in. */
  readonly codec: Representation
  /** The limit `answerBytes`. */
  readonly mostBytes: number
  readonly #path: string
  readonly #mount: string
  readonly #pipeline: boolean

  constructor(parts: {
    readonly codec: Representation
    readonly path: string
    readonly mount: string
    /** Do pages say where pipelines are posted to? */
    readonly pipeline: boolean
    readonly mostBytes: number
  }) {
    this.mostBytes = parts.mostBytes
    this.#pipeline = parts.pipeline
    this.codec = parts.codec
    this.#path = parts.path
    this.#mount = parts.mount
  }

  /** Headers, and those of the representation. */
  typed(headers: Headers): Headers {
    const { headers: own, type } = this.codec
    if (own !== undefined) return Object.assign(headers, own)
    headers['content-type'] = type
    return headers
  }

  async result(result: unknown, asked: ResultSource): Promise<Response> {
    try {
      return await this.#result(result, asked)
    } catch (error) {
      // It was not drawn, or not all of it.
      asked.pages.promises.meet(result)
      throw error
    }
  }

  async #result(value: unknown, { label, marks, method, pages, toFault }: ResultSource): Promise<Response> {
    if ((value === null || value === undefined) && !this.codec.showsNil)
      return new Response(null, {
        status: 204,
        headers: headersOf(caching(marks, method, pages.expiries.any)),
      })
    if (marks.redirect) {
      const location = pages.locationOf(value, this.#path)
      if (location !== undefined) {
        pages.promises.meet(value)
        return this.#seeOther(location, pages)
      }
    }
    const headers = headersOf(caching(marks, method, pages.expiries.any))
    if (isBlob(value) && !vendor(this.codec)) return rawBlob(blob(value), headers)
    if (!(value instanceof Created))
      return this.#encoded({ value, label, status: 200, headers, pages, toFault })
    const location = pages.locationOf(value.value, this.#path)
    if (location !== undefined) headers.location = inHeader(location)
    return this.#encoded({ value: value.value, label, status: 201, headers, pages })
  }

  /** 303 to the URL of an object. */
  redirect(object: object, pages: Pages): Response {
    pages.promises.meet(object)
    return this.#seeOther(pages.locationOf(object, this.#path) as string, pages)
  }

  #seeOther(location: string, pages: Pages): Response {
    const leaving = this.#leaving(location)
    if (leaving !== undefined) return leaving
    const headers = headersOf(pages.expiries.any ? unkept : undefined)
    headers.location = inHeader(location)
    return new Response(null, { status: 303, headers })
  }

  #leaving(location: string): Response | undefined {
    const page = this.codec.leaving?.(location)
    const headers = { ...always, ...this.codec.headers, 'cache-control': 'no-store' }
    return page && respond(page, 200, headers)
  }

  /**
   * The same request again, at the server where the object lives now: 307, or where that is a GET anyway
   * 303, the one redirect that the peers of 2012 know.
   */
  moved(
    base: string,
    { path, query, method }: { readonly path: string; readonly query: string; readonly method: string },
    pages: Pages,
  ): Response {
    const location = base + path.slice(1) + (query === '' ? '' : `?${query}`)
    if (method === 'GET') return this.#seeOther(location, pages)
    const leaving = this.#leaving(location)
    if (leaving !== undefined) return leaving
    const headers = headersOf(pages.expiries.any ? unkept : undefined)
    headers.location = inHeader(location)
    return new Response(null, { status: 307, headers })
  }

  /** At a mount's own path without the slash, the reader's base is one level up: what leads back down. */
  get #above(): string | undefined {
    if (this.#path !== '') return undefined
    const name = this.#mount.slice(this.#mount.lastIndexOf('/') + 1)
    return name.includes(':') ? `./${name}/` : `${name}/`
  }

  get #pipelineReference(): string {
    const above = this.#above
    return above === undefined ? referenceTo(this.#path, pipelinePath) : above + pipelinePath.slice(1)
  }

  /**
   * 308 to a path in its right spelling, whether something is there or not. Throws a Fault (404) where there is to be
   * none: others than us write URLs of files, and of nothing else.
   */
  respelt(location: string | undefined, method: string): Response {
    if (location === undefined || !safeMethods.has(method)) throw notFound()
    return new Response(null, { status: 308, headers: { ...always, location: inHeader(location) } })
  }

  async namespace(namespace: Namespace, pages: Pages): Promise<Response> {
    await pages.presence.decide(namespace)
    const value = pages.namespace(namespace, this.#path, this.#above)
    const headers = headersOf(personal)
    return this.#encoded({ value, label: namespace.name, status: 200, headers, pages })
  }

  /**
   * Throws where the Fault's details cannot travel, or its status is not one of an error. `pages`: what draws the objects in
   * them, as in results.
   */
  async fault(fault: Fault, pages?: Pages): Promise<Response> {
    if (!(fault.status >= 400 && fault.status <= 599)) {
      throw new RangeError(`the status of a Fault is 400 to 599, not ${fault.status}`, { cause: fault })
    }
    const headers = this.typed(headersOf(unkept))
    if (fault instanceof MethodFault) headers.allow = fault.allow
    const options = { mostBytes: this.mostBytes, from: this.#path }
    const drawing = pages && { ...options, inline: pages.inline }
    const bytes =
      pages === undefined || drawing === undefined
        ? this.codec.encode(fault, options)
        : await pages.encode('$', () => this.codec.encode(fault, drawing))
    return new Response(bytes as Uint8Array<ArrayBuffer>, { status: fault.status, headers })
  }

  async #encoded({ value, label, status, headers, pages, toFault }: Unencoded): Promise<Response> {
    const { inline, settle, unsent } = pages
    const options = { inline, settle, unsent, from: this.#path, mostBytes: this.mostBytes, fault: toFault }
    const root = this.#pipeline ? pages.top(value, this.#pipelineReference) : value
    const message = await pages.encode(label, () => this.codec.encodeMessage(root, options))
    if (pages.expiries.any) headers['cache-control'] = unkept
    else if (pages.isPersonal && headers['cache-control']?.startsWith('public'))
      headers['cache-control'] = personal
    const instead = this.codec.instead?.()
    if (instead !== undefined) return rawBlob(instead, headers, 'attachment')
    this.typed(headers)
    if (!(message instanceof Uint8Array)) {
      if (endIsUnknown(value)) asItComes(headers)
    } else if (status === 200) tag(headers, message, this.codec.type.slice(12) || 'html')
    return respond(message, status, headers)
  }
}

/** Ours or the platform's. */
const isBlob = (value: unknown): value is Blob =>
  typeof value === 'object' && value !== null && kindOf(value) === 'blob'

const endIsUnknown = (value: unknown): boolean =>
  isStream(value) || (isBlob(value) && value.size === undefined)
