// The handler: finds what a request is for, calls it, and turns what comes back into a response.

import { codecs } from '../../../lib/codecs.js'
import { type RouterLimits, routerLimits, withLimits } from '../../../lib/limits.js'
import { inParts } from '../../../lib/long.js'
import type { Codec } from '../../../lib/message/codec.js'
import { mediaTypeOf, negotiate } from '../../../lib/negotiate.js'
import { Fault } from '../../../lib/values/fault.js'
import { directoryAnswer } from '../../features/files/directory-answer.js'
import type { Below } from '../../features/files/subtrees.js'
import { type Asked, Face, html } from '../../features/html/representation.js'
import { faceFile } from '../../features/html/stylesheet.js'
import type { Identities, Visit } from '../../features/identity/visit.js'
import { Pipeline } from '../../features/pipeline/pipeline.js'
import { type Batch, readBatch } from '../../features/pipeline/steps.js'
import { unwantedBlobs } from '../../features/pipeline/unwanted.js'
import { unsaid } from '../../node/connections/exposure.js'
import type { HandlerOptions } from '../../router.js'
import { Guard } from '../access/guard.js'
import { type CallEntry, Calls } from '../calling/calls.js'
import { tell } from '../calling/gate.js'
import type { Permission } from '../calling/permission.js'
import { Context, type Log, report } from '../context/context.js'
import { currentContext, runIn } from '../context/current.js'
import type { Observer } from '../context/observer.js'
import { notFound, Pages } from '../drawing/pages.js'
import { overLimit, toFault } from '../faults/faults.js'
import type { Registry, Target } from '../registration/registry.js'
import { allow, methodOf, safeMethods, split } from '../requests/request-line.js'
import { type Exchange, requestBody } from '../requests/requests.js'
import { Spool } from '../requests/spool.js'
import { revalidated } from '../responses/caching.js'
import { Refusal } from '../responses/refusal.js'
import { codecsFrom } from '../responses/representation.js'
import { Responses } from '../responses/responses.js'
import { whenSent } from '../responses/sending.js'
import type { Seals } from '../sealing/seals.js'
import { OwnUrls } from '../urls/own-urls.js'
import { pipelinePath, respelling } from '../urls/paths.js'
import { CrossOrigin } from './cross-origin.js'
import type { Incoming } from './incoming.js'
import { performed } from './performed.js'

export class Handler {
  readonly #registry: Registry
  readonly #options: HandlerOptions
  readonly #seals: Seals
  readonly #limits: RouterLimits
  /** In the order of preference: what a client gets that accepts anything comes first. */
  readonly #codecs: readonly Codec[]
  readonly #crossOrigin: CrossOrigin
  readonly #identities: Identities | undefined
  readonly #place: Pick<Asked, 'root' | 'login'>

  constructor(registry: Registry, options: HandlerOptions, seals: Seals, identities?: Identities) {
    this.#identities = identities
    this.#place = { root: registry.root.name, login: () => identities?.login }
    this.#registry = registry
    this.#seals = seals
    this.#options = options
    this.#limits = withLimits(routerLimits, options.limits)
    this.#crossOrigin = new CrossOrigin(options.origins ?? [], options.trustedOrigins ?? [])
    this.#codecs = [...codecsFrom(options.defaultType), html]
  }

  async handle(incoming: Incoming): Promise<Response> {
    const visit = this.#identities?.begin(incoming.request, incoming.bindings, incoming.mount)
    if (visit === undefined) return this.#handle(incoming, undefined)
    const response = await this.#handle(incoming, visit)
    try {
      return await visit.finish(response)
    } catch (error) {
      const fault = this.#toFault(incoming.bindings?.observer)(error)
      return new Refusal(fault).response(incoming.request.headers.get('accept') ?? undefined)
    }
  }

  async #handle(incoming: Incoming, visit: Visit | undefined): Promise<Response> {
    const { request } = incoming
    const { path, mount, query, part } = split(request, incoming.mount, incoming.bindings?.incoming)
    const chosen = part === undefined ? this.#codecFor(request) : html
    const face =
      chosen === html
        ? new Face({ path, mount, method: request.method, query, part, ...this.#place })
        : undefined
    const codec = face?.representation ?? chosen
    const representation = codec ?? (this.#codecs[0] as Codec)
    const responses = new Responses(representation, path, mount, incoming.pipeline, this.#limits.answerBytes)
    const observer = incoming.bindings?.observer
    observer?.entered(mount, incoming.user)
    const spool = new Spool(this.#limits, this.#options.temporaryDirectory)
    let pages: Pages | undefined
    let within = <T>(run: () => T): T => run()
    try {
      if (this.#seals.ready !== undefined) await this.#seals.ready
      if (incoming.exposed && !this.#seals.said) throw new TypeError(unsaid)
      this.#crossOrigin.check(request)
      const { urlLength } = this.#limits
      if (request.url.length > urlLength) {
        throw overLimit(`a URL of more than ${urlLength} characters`, 'urlLength', urlLength, { status: 414 })
      }
      const method = methodOf(request)
      const right = respelling(request.url)
      const looksForFile = codec === undefined || right !== undefined
      const isFile = looksForFile && this.#registry.files.at(path, this.#registry.root) !== undefined
      if (right !== undefined) return responses.respelt(isFile ? right : undefined, request.method)
      if (codec === undefined && safeMethods.has(method) && !isFile) {
        const offered = [...codecs.keys(), html.type].join(', ')
        throw new Fault(`nothing acceptable: this server offers ${offered}`, {
          status: 406,
          code: 'not_acceptable',
        })
      }
      const user = visit === undefined ? incoming.user : ((await visit.user()) ?? incoming.user)
      if (user !== incoming.user) observer?.entered(mount, user)
      const own = new OwnUrls(this.#options.origins ?? [], request, mount)
      const context = new Context(() => request, this.#logOf(observer), user, incoming.bindings, visit)
      const { authorize, rights } = this.#options
      const guard = this.#registry.guarded ? new Guard(context, rights) : undefined
      const exchange: Exchange = {
        request,
        bindings: incoming.bindings,
        keeping: incoming.keeping,
        path,
        query,
        method,
        registry: this.#registry,
        limits: this.#limits,
        spool,
        own,
        face,
        enter: guard?.enter,
      }
      const drawn = new Pages(this.#registry, own.isHere, authorize === undefined, guard)
      pages = drawn
      const ask = () =>
        path === pipelinePath && incoming.pipeline
          ? this.#pipeline(exchange, context, drawn, responses, guard)
          : this.#answer(exchange, context, drawn, responses, guard)
      // What asks for no context pays for none. A call within another one's must not find that one's.
      if (this.#registry.contextual || currentContext() !== undefined) within = run => runIn(context, run)
      const response = await within(ask)
      const isHead = request.method === 'HEAD'
      const answer = revalidated(request, response)
      return spool.used || isHead ? await whenSent(answer, isHead, () => spool.close()) : answer
    } catch (error) {
      await spool.close()
      return within(() => this.#failed(error, responses, observer, pages))
    }
  }

  async #failed(
    error: unknown,
    responses: Responses,
    observer: Observer | undefined,
    pages: Pages | undefined,
  ): Promise<Response> {
    const toFault = this.#toFault(observer)
    try {
      return await responses.fault(toFault(error), pages)
    } catch (cause) {
      // The application's Fault has details that cannot travel, or a status that is none.
      const problem = cause instanceof Error ? cause.message : String(cause)
      return responses.fault(toFault(new Error(`a Fault that cannot be sent: ${problem}`, { cause: error })))
    }
  }

  #logOf(observer: Observer | undefined): Log {
    return this.#options.log ?? observer?.log ?? console
  }

  #toFault(observer: Observer | undefined): (error: unknown) => Fault {
    return error => {
      const fault = toFault(error, (logref, cause) => {
        report(this.#logOf(observer), logref, cause, { logref, ...(observer && { requestId: observer.id }) })
        observer?.failed(logref, cause)
      })
      return this.#identities?.asking(fault) ?? fault
    }
  }

  async #pipeline(
    exchange: Exchange,
    context: Context,
    pages: Pages,
    responses: Responses,
    guard: Guard | undefined,
  ): Promise<Response> {
    const observer = exchange.bindings?.observer
    observer?.reached({ kind: 'part', name: 'pipeline', path: pipelinePath })
    const toFault = this.#toFault(observer)
    allow(exchange.method, ['POST'])
    const calls = new Calls(this.#registry, this.#options, context, 'pipeline', guard)
    // Each refusal is told of once: with the step, or here where no step is begun.
    const refused: CallEntry[] = []
    const onCall = (entry: CallEntry) => refused.push(entry)
    const asking = new Calls(this.#registry, { ...this.#options, onCall }, context, 'pipeline', guard)
    const { path, own } = exchange
    const enter = async (url: string) => {
      const at = own.resolve(url, path)
      const target = at === undefined ? undefined : this.#registry.find(at, exchange.enter)
      if (target === undefined) throw notFound()
      await asking.enter(target)
    }
    // Uploads are stored for those alone who may call what they are for.
    let batch: Batch | undefined
    const read = (value: unknown) => inParts(readBatch(value, this.#limits.steps))
    const root = async (value: unknown) => {
      batch = await read(value)
      return unwantedBlobs(batch.steps, enter, () => {
        for (const entry of refused) tell(this.#options, context, entry)
      })
    }
    const { value } = await requestBody(exchange, calls.open ? undefined : root)
    const { steps, brief } = batch ?? (await read(value))
    const pipeline = new Pipeline({
      registry: this.#registry,
      calls,
      pages,
      surroundings: exchange,
      toFault,
      observer,
      limits: this.#limits,
    })
    const bound = (over: (fault: Fault) => void) => exchange.bindings?.running?.bound(over)
    return responses.pipeline(pipeline, steps, brief, pages, toFault, bound)
  }

  async #answer(
    exchange: Exchange,
    context: Context,
    pages: Pages,
    responses: Responses,
    guard: Guard | undefined,
  ): Promise<Response> {
    const { method, path } = exchange
    const below = this.#registry.files.at(path, this.#registry.root)
    const calls = new Calls(this.#registry, this.#options, context, 'request', guard)
    if (below !== undefined) return this.#files(below, exchange, calls, responses, pages)
    const target = this.#registry.find(path, exchange.enter)
    if (target === undefined) {
      const file = faceFile(path, method)
      if (file === undefined) throw await this.#nothing(exchange, calls)
      return file
    }
    exchange.bindings?.observer?.reached(target)
    if ('instance' in target) pages.expiries.at(path, target.expires)
    const moved = 'instance' in target ? pages.elsewhere(target.mapper, target.instance) : undefined
    if (moved !== undefined) return responses.moved(moved, path, exchange.query, method, pages)
    const toFault = this.#toFault(exchange.bindings?.observer)
    return this.#permitted(target, exchange, calls, permission =>
      performed(target, permission, { exchange, calls, pages, responses, toFault }),
    )
  }

  /** Asks before anything is drawn of what a request is for, or read for it. */
  async #permitted(
    target: Target,
    { face }: Exchange,
    calls: Calls,
    answer: (permission: Permission | undefined) => Promise<Response>,
  ): Promise<Response> {
    const permission = calls.open ? undefined : await calls.enter(target)
    face?.at(target)
    try {
      return await answer(permission)
    } catch (error) {
      if (permission?.refused) face?.forget()
      throw error
    }
  }

  /** Not found; of what an object hasn't those hear alone who may reach the object. */
  async #nothing({ path, enter }: Exchange, calls: Calls): Promise<Fault> {
    const above = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)
    const target = calls.open || above === '/' ? undefined : this.#registry.find(above, enter)
    if (target?.kind === 'instance') await calls.reach(target.instance)
    return notFound()
  }

  #files(
    below: Below,
    exchange: Exchange,
    calls: Calls,
    ...more: readonly [Responses, Pages]
  ): Promise<Response> {
    const target = { kind: 'function', mapper: below.mapper, below: below.names } as const
    exchange.bindings?.observer?.reached(target)
    const codec = this.#codecFor(exchange.request)
    return this.#permitted(target, exchange, calls, permission => {
      allow(exchange.method, ['GET', 'HEAD'])
      return directoryAnswer(below, { ...exchange, codec, permission }, calls, ...more)
    })
  }

  /** The codec of the answer; undefined where the client accepts none. */
  #codecFor(request: Request): Codec | undefined {
    const accept = request.headers.get('accept') ?? undefined
    if (accept === undefined || accept === '*/*') {
      // The Ruby client of 2012 says */*, and means the type that it sends.
      const sent = codecs.get(mediaTypeOf(request.headers.get('content-type')))
      return sent ?? this.#codecs[0]
    }
    return negotiate(accept, this.#codecs)
  }
}
