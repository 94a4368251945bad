// One request and its answer: everything that belongs to it, for each part of the server that helps to answer it.

import type { RouterLimits } from '../../../lib/limits.js'
import type { Codec } from '../../../lib/message/codec.js'
import type { Fault } from '../../../lib/values/fault.js'
import type { Via } from '../access/access.js'
import { Guard } from '../access/guard.js'
import { Calls } from '../calling/calls.js'
import type { Interceptor } from '../calling/interceptor.js'
import type { CallOptions } from '../calling/options.js'
import type { LookupScope } from '../calling/references.js'
import type { NodeBindings } from '../context/bindings.js'
import type { Context } from '../context/context.js'
import type { Cookies } from '../context/cookies.js'
import { type Log, report } from '../context/log.js'
import type { Observer } from '../context/observer.js'
import { type ContextSource, RequestContext } from '../context/request-context.js'
import type { Session } from '../context/session.js'
import { Pages } from '../drawing/pages.js'
import { toFault } from '../faults/faults.js'
import type { Enter } from '../registration/mappers.js'
import { Offers } from '../registration/offers.js'
import type { Registry } from '../registration/registry.js'
import type { Login, Rendering, Representation } from '../responses/representation.js'
import { Responses } from '../responses/responses.js'
import { OwnUrls } from '../urls/own-urls.js'
import type { ExchangeOptions } from './options.js'
import type { Keeping, Origin } from './origin.js'
import { methodOf, type RequestLine } from './request-line.js'
import { Spool } from './spool.js'

/** A request as the web layer hands it over. */
export interface Incoming extends Origin {
  /** The path that the router is mounted at, without a final slash; empty at the root or where it's hidden. */
  readonly mount: string
  readonly user: unknown
  /** Are pipelines answered? */
  readonly pipeline: boolean
  /** Does `serve` listen where other machines reach it? */
  readonly exposed: boolean
}

/** The parts of a router that all its requests share. */
export interface ExchangeSettings {
  readonly registry: Registry
  readonly options: ExchangeOptions
  readonly limits: RouterLimits
  readonly interceptor: Interceptor | undefined
  /** The Fault that is answered in the place of one, by the hooks of middleware. May throw. */
  readonly mended: (fault: Fault, exchange: Exchange) => Fault
}

/** How the request is to be answered. */
interface Answering {
  readonly incoming: Incoming
  readonly line: RequestLine
  /** Undefined where the client accepts none that there is. */
  readonly codec: Codec | undefined
  readonly rendering: Rendering | undefined
  /** The representation of answers, whatever the client accepts. */
  readonly representation: Representation
}

/** One for every request. Its costly members are made when they are asked for. */
export class Exchange implements Origin, LookupScope, ContextSource {
  readonly #settings: ExchangeSettings
  readonly request: Request
  readonly bindings: NodeBindings | undefined
  readonly keeping: Keeping | undefined
  /** Within the mount. */
  readonly path: string
  readonly mount: string
  readonly query: string
  /** The codec of the answer; undefined where the client accepts none that there is. */
  readonly codec: Codec | undefined
  /** Of an answer that depends on what was asked, such as HTML. */
  readonly rendering: Rendering | undefined
  /** Are pipelines answered? */
  readonly pipeline: boolean
  readonly responses: Responses
  readonly spool: Spool
  /** The caller, as middleware in front has set it, until a `before` sets another. */
  user: unknown
  /** Of whoever keeps them; undefined where nobody does. */
  cookies: Cookies | undefined
  session: (() => Session) | undefined
  /** Where people log in. */
  login: (() => Login | undefined) | undefined
  #method: string | undefined
  #own: OwnUrls | undefined
  #context: RequestContext | undefined
  #guard: Guard | undefined
  #offers: Offers | undefined
  #calls: Calls | undefined
  #pages: Pages | undefined

  constructor(settings: ExchangeSettings, { incoming, line, codec, rendering, representation }: Answering) {
    const { path, mount, query } = line
    this.#settings = settings
    this.request = incoming.request
    this.bindings = incoming.bindings
    this.keeping = incoming.keeping
    this.user = incoming.user
    this.pipeline = incoming.pipeline
    this.path = path
    this.mount = mount
    this.query = query
    this.codec = codec
    this.rendering = rendering
    const { limits, options } = settings
    const { answerBytes: mostBytes } = limits
    this.responses = new Responses({ codec: representation, path, mount, pipeline: this.pipeline, mostBytes })
    this.spool = new Spool(limits, options.temporaryDirectory)
  }

  get options(): ExchangeOptions {
    return this.#settings.options
  }

  get registry(): Registry {
    return this.#settings.registry
  }

  get limits(): RouterLimits {
    return this.#settings.limits
  }

  get observer(): Observer | undefined {
    return this.bindings?.observer
  }

  /** The method that is meant. Throws a Fault for a header `Method` that names none. */
  get method(): string {
    return (this.#method ??= methodOf(this.request))
  }

  get log(): Log {
    return this.#settings.options.log ?? this.observer?.log ?? console
  }

  get own(): OwnUrls {
    return (this.#own ??= new OwnUrls(this.#settings.options.origins ?? [], this.request, this.mount))
  }

  /** From now on it is settled who calls. */
  get context(): Context {
    return (this.#context ??= new RequestContext(this))
  }

  /** Undefined where nothing is kept from anybody. */
  get guard(): Guard | undefined {
    const { registry, options } = this.#settings
    return registry.guarded ? (this.#guard ??= new Guard(this.context, options.rights)) : undefined
  }

  get enter(): Enter | undefined {
    return this.guard?.enter
  }

  /** What is offered to this caller now; made where something is conditional. */
  readonly offers = (): Offers => (this.#offers ??= new Offers(this.guard, this.context))

  /** The calls of this request; those of a pipeline are had by `callsBy`. */
  get calls(): Calls {
    return (this.#calls ??= this.callsBy('request'))
  }

  /** Calls that come in some way, with the options of the router, or others. */
  callsBy(via: Via, options: CallOptions = this.options): Calls {
    const { registry, interceptor } = this.#settings
    const { context, guard, offers } = this
    return new Calls({ registry, options, context, guard, offers, via, interceptor })
  }

  get pages(): Pages {
    return (this.#pages ??= this.#newPages())
  }

  #newPages(): Pages {
    const { registry, options } = this.#settings
    const inlining = options.authorize === undefined
    return new Pages({
      registry,
      isHere: this.own.isHere,
      inlining,
      guard: this.guard,
      offers: this.offers,
    })
  }

  /** The pages that were drawn, if any were. */
  get drawn(): Pages | undefined {
    return this.#pages
  }

  /** The Fault that travels for an error; an accident is logged and told of. */
  readonly toFault = (error: unknown): Fault => {
    const fault = this.#faultOf(error)
    try {
      return this.#settings.mended(fault, this)
    } catch (problem) {
      return this.#faultOf(problem)
    }
  }

  #faultOf(error: unknown): Fault {
    const { observer } = this
    return toFault(error, (logref, cause) => {
      report(this.log, logref, cause, { logref, ...(observer && { requestId: observer.id }) })
      observer?.failed(logref, cause)
    })
  }
}
