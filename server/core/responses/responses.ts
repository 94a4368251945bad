// Responses: status, headers and body for what a call gave.

import { EncodeLimitError } from '../../../lib/errors.js'
import type { Codec } from '../../../lib/message/codec.js'
import { unwaited } from '../../../lib/met.js'
import { type Blob, blob } from '../../../lib/values/blob.js'
import type { Fault } from '../../../lib/values/fault.js'
import { kindOf } from '../../../lib/values/kind.js'
import { Items, isStream } from '../../../lib/values/stream.js'
import { Answers } from '../../features/pipeline/answers.js'
import type { Pipeline } from '../../features/pipeline/pipeline.js'
import type { Step } from '../../features/pipeline/steps.js'
import { notFound, type Pages } from '../drawing/pages.js'
import { MethodFault, tooMuchToSay } from '../faults/faults.js'
import type { Marks } from '../registration/marks.js'
import { Created } from '../registration/reference.js'
import type { Namespace } from '../registration/registry.js'
import { safeMethods } from '../requests/request-line.js'
import { inHeader, pipelinePath, referenceTo } from '../urls/paths.js'
import { caching, personal, tag, unkept } from './caching.js'
import { always, asItComes, type Headers, headersOf } from './headers.js'
import { rawBlob } from './raw-blob.js'
import type { Representation } from './representation.js'
import { respond } from './sending.js'

const vendor = (codec: Codec) => codec.type.startsWith('application/vnd.hyperglyph')

export class Responses {
  readonly #codec: Representation
  readonly #path: string
  readonly #mount: string
  readonly #pipeline: boolean
  readonly #mostBytes: number

  /** `pipeline`: do pages say where pipelines are posted to? `mostBytes`: the limit `answerBytes`. */
  constructor(codec: Representation, path: string, mount: string, pipeline: boolean, mostBytes: number) {
    this.#mostBytes = mostBytes
    this.#pipeline = pipeline
    this.#codec = codec
    this.#path = path
    this.#mount = mount
  }

  #typed(headers: Headers): Headers {
    const { headers: own, type } = this.#codec
    if (own !== undefined) return Object.assign(headers, own)
    headers['content-type'] = type
    return headers
  }

  /** `label` names what gave the result, for errors. */
  async result(
    result: unknown,
    named: { readonly label: string; readonly marks: Marks },
    method: string,
    pages: Pages,
    fault?: (error: unknown) => Fault,
  ): Promise<Response> {
    try {
      return await this.#result(result, named, method, pages, fault)
    } catch (error) {
      // It was not drawn, or not all of it.
      pages.promises.meet(result)
      throw error
    }
  }

  async #result(
    result: unknown,
    { label, marks }: { readonly label: string; readonly marks: Marks },
    method: string,
    pages: Pages,
    fault?: (error: unknown) => Fault,
  ): Promise<Response> {
    if ((result === null || result === undefined) && !this.#codec.showsNil)
      return new Response(null, {
        status: 204,
        headers: headersOf(caching(marks, method, pages.expiries.any)),
      })
    if (marks.redirect) {
      const location = pages.locationOf(result, this.#path)
      if (location !== undefined) {
        pages.promises.meet(result)
        return this.#seeOther(location, pages)
      }
    }
    const headers = headersOf(caching(marks, method, pages.expiries.any))
    if (isBlob(result) && !vendor(this.#codec)) return rawBlob(blob(result), headers)
    if (!(result instanceof Created)) return this.#encoded(result, label, 200, headers, pages, fault)
    const location = pages.locationOf(result.value, this.#path)
    if (location !== undefined) headers.location = inHeader(location)
    return this.#encoded(result.value, label, 201, headers, pages)
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
    const page = this.#codec.leaving?.(location)
    const headers = { ...always, ...this.#codec.headers, 'cache-control': 'no-store' }
    return page && respond(page, 200, headers)
  }

  /**
   * The same request again, at the server where the object lives now: 307, or where that is a GET anyway
   * 303, the one redirect that the peers of 2012 know.
   */
  moved(base: string, path: string, query: string, method: string, pages: Pages): Response {
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
    const page = pages.namespace(namespace, this.#path, this.#above)
    return this.#encoded(page, namespace.name, 200, headersOf(personal), pages)
  }

  /**
   * Throws where the Fault's details cannot travel, or its status is not one of an error. `pages`: what draws the objects in
   * them, as in results.
   */
  async fault(fault: Fault, pages?: Pages): Promise<Response> {
    if (!(fault.status >= 400 && fault.status <= 599)) {
      throw new RangeError(`the status of a Fault is 400 to 599, not ${fault.status}`, { cause: fault })
    }
    const headers = this.#typed(headersOf(unkept))
    if (fault instanceof MethodFault) headers.allow = fault.allow
    const options = { mostBytes: this.#mostBytes, from: this.#path }
    const drawing = pages && { ...options, inline: pages.inline }
    const bytes =
      pages === undefined || drawing === undefined
        ? this.#codec.encode(fault, options)
        : await pages.encode('$', () => this.#codec.encode(fault, drawing))
    return new Response(bytes as Uint8Array<ArrayBuffer>, { status: fault.status, headers })
  }

  async #encoded(
    value: unknown,
    label: string,
    status: number,
    headers: Headers,
    pages: Pages,
    fault: ((error: unknown) => Fault) | undefined = undefined,
  ): Promise<Response> {
    const { inline, settle, unsent } = pages
    const options = { inline, settle, unsent, from: this.#path, mostBytes: this.#mostBytes, fault }
    const root = this.#pipeline ? pages.top(value, this.#pipelineReference) : value
    const message = await pages.encode(label, () => this.#codec.encodeMessage(root, options))
    if (pages.expiries.any) headers['cache-control'] = unkept
    else if (pages.isPersonal && headers['cache-control']?.startsWith('public'))
      headers['cache-control'] = personal
    const instead = this.#codec.instead?.()
    if (instead !== undefined) return rawBlob(instead, headers, 'attachment')
    this.#typed(headers)
    if (!(message instanceof Uint8Array)) {
      if (endIsUnknown(value)) asItComes(headers)
    } else if (status === 200) tag(headers, message, this.#codec.type.slice(12) || 'html')
    return respond(message, status, headers)
  }

  /**
   * A stream of `[step, status, value]` as steps finish, and at last how many they were. What is there at once
   * goes out whole; the rest as it comes.
   */
  async pipeline(
    pipeline: Pipeline,
    steps: readonly Step[],
    brief: ReadonlySet<number>,
    pages: Pages,
    toFault: (error: unknown) => Fault,
    bound: (over: (fault: Fault) => void) => void,
  ): Promise<Response> {
    const headers = this.#typed(headersOf(unkept))
    /** In the place of answers that cannot be encoded. */
    const instead = new Map<unknown, unknown>()
    const recover = (item: unknown, error: unknown) => {
      // The number of steps is always said.
      if (!Array.isArray(item)) return item
      const tooMuch = error instanceof EncodeLimitError
      const fault = tooMuch ? tooMuchToSay(this.#mostBytes, 413) : toFault(error)
      // What has not started would run for an answer that cannot be sent.
      if (tooMuch) pipeline.stop(fault)
      const failed = [item[0], fault.status, fault]
      instead.set(item, failed)
      return failed
    }
    const bounds = { mostBytes: this.#mostBytes, together: true }
    const { inline } = pages
    const options = { inline, settle: pages.settle, recover, from: this.#path, ...bounds }
    const outcomes = pipeline.start(steps)
    const answers = new Answers(outcomes, brief, pages, toFault)
    const timeIsUp = new Promise<never>((_, reject) =>
      bound(fault => {
        pipeline.stop(fault)
        answers.stop(fault)
        reject(fault)
      }),
    )
    unwaited(timeIsUp)
    if (await answers.complete()) {
      const finished = answers.finished()
      const items = new Items([...finished, outcomes.length])
      const message = this.#codec.encodeMessage(items, options)
      const promised = pages.settle()
      if (promised === undefined) return respond(message, 200, headers)
      // By getters: each answer waits for its own.
      unwaited(promised)
      answers.restore(finished.map(item => instead.get(item) ?? item))
    }
    const leaving = () => pipeline.abandon()
    const settle = () => {
      const settled = pages.settle()
      return settled && Promise.race([settled, timeIsUp])
    }
    asItComes(headers)
    const message = this.#codec.encodeStream(answers.stream(leaving), { ...options, settle })
    return respond(message, 200, headers)
  }
}

/** Ours or the platform's. */
const isBlob = (value: unknown): value is Blob =>
  typeof value === 'object' && value !== null && kindOf(value) === 'blob'

const endIsUnknown = (value: unknown): boolean =>
  isStream(value) || (isBlob(value) && value.size === undefined)
