// The factory: the sections that operators and newcomers find beside an application. They are registered functions, like
// those of any application, so that browsers, clients and curl can use them.

import type { IncomingMessage } from 'node:http'
import {
  checkArgument,
  checkOptions,
  either,
  fn,
  having,
  type Kind,
  listOf,
  name,
  oneOf,
  text,
  webUrl,
} from '../../../lib/options.js'
import { blob } from '../../../lib/values/blob.js'
import { Fault } from '../../../lib/values/fault.js'
import { type Allowed, type Rule, ruleOf } from '../../core/access/rules.js'
import type { NodeBindings } from '../../core/context/bindings.js'
import type { Context } from '../../core/context/context.js'
import { report } from '../../core/context/log.js'
import { toFault } from '../../core/faults/faults.js'
import { doc, safe } from '../../core/registration/decorators.js'
import { respelling } from '../../core/urls/paths.js'
import { files } from '../../features/files/files.js'
import { refusalOf } from '../../features/html/refusal-page.js'
import {
  application,
  type Mounted,
  mountedIn,
  mountOf,
  type WebApplication,
  type WebContext,
} from '../../hono.js'
import { Router } from '../../router.js'
import { isLoopback } from '../domain/loopback.js'
import { health, ready } from './health.js'
import { help } from './help.js'
import { metrics, metricsType, openMetrics, type Register } from './metrics.js'
import { openapi } from './openapi.js'
import { type Served, status } from './status.js'
import { Visitor } from './visitor.js'

export const sections = ['help', 'status', 'health', 'ready', 'metrics', 'openapi.json', 'static'] as const
export type Part = (typeof sections)[number]

export interface FactoryOptions {
  /** Sections that are not there. */
  readonly deny?: readonly Part[]
  /**
   * Sections that other machines reach, besides `health` and `ready`. Default: none, or `'all'` where the server listens
   * on an address of this machine alone, and no proxy says that it passes something on; with `allow` none.
   */
  readonly open?: readonly Part[] | 'all'
  /**
   * Users who see what isn't open, from wherever they come, as in `allow(…)`: those whom the routers of the application
   * `identify`, or its middleware. They are told of everything that is registered. Default: nobody.
   */
  readonly allow?: readonly Allowed[]
  /** A directory that is served as `static`, as by `files(…)`. Default: none. */
  readonly static?: string
  /** A registry of `prom-client`, whose metrics are added to those of the server. */
  readonly register?: Register
  /** The URL of the application, where a proxy in front has another path. Default: the origin that is asked. */
  readonly base?: string
  /** Of the OpenAPI document. Default: the name of the router, and 0.0.0. */
  readonly title?: string
  readonly version?: string
}

const sectionNames = listOf(oneOf(...sections))

export const factoryKinds = {
  deny: sectionNames,
  open: either(oneOf('all'), sectionNames),
  allow: listOf(either(name, fn)),
  static: name,
  register: having('a registry of prom-client', 'metrics'),
  base: webUrl,
  title: text,
  version: text,
} satisfies Record<keyof FactoryOptions, Kind>

/** The factory of an application: to be mounted by hand, `app.route('/ops', factory(router).app)`. */
export class Factory {
  /** A Hono application. */
  readonly app = application()
  readonly #described: object
  readonly #options: FactoryOptions
  readonly #rule: Rule | undefined
  /** Of requests under way. */
  readonly #visitors = new WeakMap<Request, Visitor>()
  #served: Served | undefined

  /**
   * Throws RegistrationError for what `allow` cannot be, and for a `static` that is no directory; TypeError for an
   * option that is none.
   */
  constructor(described: object, options: FactoryOptions = {}) {
    checkArgument('factory', described, having('a router or Hono app', 'fetch'))
    checkOptions('factory', options, factoryKinds)
    this.#options = options
    this.#rule = options.allow === undefined ? undefined : ruleOf(options.allow)
    this.#described = described instanceof Router ? described.app : described
    const guard = (context: WebContext, next: () => Promise<void>) => this.#guarded(context, next)
    factories.set(guard, this)
    this.app.use('*', guard)
    this.app.get(
      '/metrics',
      answered(async context => {
        const type = metricsType(context.req.header('accept') ?? '', options.register)
        return context.body(await this.#metrics(type), 200, { ...always, 'content-type': type })
      }),
    )
    this.app.get(
      '/openapi.json',
      answered(async context => context.json(this.#openapi(context.req.raw), 200, always)),
    )
    this.app.route('/', this.#router().app)
  }

  /** The application below a path. */
  at(path: string): WebApplication {
    return application().route(path, this.app) as WebApplication
  }

  get #mounted(): readonly Mounted[] {
    const own = new Set(mountedIn(this.app).map(({ registry }) => registry))
    return mountedIn(this.#described).filter(({ registry }) => !own.has(registry))
  }

  /** Told by `serve` what there is to tell of. */
  serve(served: Served): void {
    this.#served = served
  }

  #isDenied(section: string): boolean {
    const { deny = [], static: directory } = this.#options
    if (deny.some(name => name === section)) return true
    return section === 'static' && directory === undefined
  }

  #isOpen(section: string, context: WebContext): boolean {
    if (section === 'health' || section === 'ready') return true
    const { open = this.#rule === undefined && isLocal(context) ? 'all' : [] } = this.#options
    return open === 'all' || open.some(name => name === section)
  }

  /** The one guard before all sections. The root, which lists them, belongs to the help. */
  async #guarded(context: WebContext, next: () => Promise<void>): Promise<Response | undefined> {
    const section = context.req.path.slice(mountOf(context).length).split('/')[1] || 'help'
    const refuse = (fault: Fault) => refusalOf(fault).response(context.req.header('accept'))
    if (this.#isDenied(section) || respelling(context.req.raw.url) !== undefined)
      return refuse(new Fault('nothing is here', { status: 404, code: 'not_found' }))
    const isOpen = this.#isOpen(section, context)
    if (!isOpen && this.#rule === undefined) {
      return refuse(
        new Fault(`${section} is not open to other machines (factory: open)`, {
          status: 403,
          code: 'forbidden',
        }),
      )
    }
    const visitor = new Visitor(context, this.#mounted)
    const enter = async (): Promise<Response | undefined> => {
      const { observer } = context.env ?? {}
      observer?.entered(mountOf(context), visitor.user)
      if (raw.has(section)) observer?.reached(section, `/${section}`)
      this.#visitors.set(context.req.raw, visitor)
      await next()
      return undefined
    }
    if (section === 'health' || section === 'ready') return enter()
    try {
      await visitor.identify()
      const fault = await visitor.refusal(this.#rule, section)
      if (!isOpen && fault !== undefined) return await visitor.finish(refuse(fault))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return visitor.finish(refuse(error))
    }
    await enter()
    await visitor.finish(context.res)
    return undefined
  }

  #router(): Router {
    const mounted = () => this.#mounted
    const baseOf = (request: Request) => this.#baseOf(request)
    const guardsOf = (request: Request) => this.#visitors.get(request)?.guards
    const members: Record<string, unknown> = {
      help: doc('What can be called, and how')(
        safe({ args: ['name'] })(function (this: Context, name = '') {
          return help(mounted(), baseOf(this.request), name, guardsOf(this.request))
        }),
      ),
      status: doc('What the server is doing')(safe(() => status(this.#said()))),
      health: doc('Is the process alive?')(safe(() => health())),
      ready: doc('Is it to be sent requests? 503 once it is about to stop')(
        safe(() => ready(this.#served?.phase() ?? 'serving')),
      ),
      metrics: doc('Figures for Prometheus; /metrics, without the last slash, for what reads nothing else')(
        safe(async () => blob(await this.#metrics(openMetrics), openMetrics)),
      ),
      ...(this.#options.static === undefined ? {} : { static: files(this.#options.static) }),
    }
    const shown = Object.entries(members).filter(([name]) => !this.#isDenied(name))
    return new Router(Object.fromEntries(shown), { name: 'factory', secret: false, pipeline: false })
  }

  #said(): Served {
    if (this.#served === undefined) {
      throw new Fault('there are no figures: the server was not started by `serve`', {
        status: 501,
        code: 'not_implemented',
      })
    }
    return this.#served
  }

  #metrics(type: string): Promise<string> {
    return metrics(this.#said(), type, this.#options.register)
  }

  #openapi(request: Request) {
    const mounted = this.#mounted
    const { title = mounted[0]?.registry.root.name ?? 'hyperglyph', version = '0.0.0' } = this.#options
    const guards = this.#visitors.get(request)?.guards
    return openapi(mounted, {
      title,
      version,
      base: this.#baseOf(request),
      ...(guards === undefined ? {} : { guards }),
    })
  }

  /** As whoever asks has reached it: what is copied from here must lead back. */
  #baseOf(request: Request): string {
    return (this.#options.base ?? new URL(request.url).origin).replace(/\/$/, '')
  }
}

const always = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The answer of a section that is no registered function; a Fault is said as one, and any other error logged. */
const answered =
  (section: (context: WebContext) => Promise<Response>) =>
  async (context: WebContext): Promise<Response> => {
    try {
      return await section(context)
    } catch (error) {
      const { observer } = context.env ?? {}
      const fault = toFault(error, (logref, cause) => {
        report(observer?.log ?? console, logref, cause)
        observer?.failed(logref, cause)
      })
      return refusalOf(fault).response(context.req.header('accept'))
    }
  }

/** Sections that are no registered functions: programs that ask for them know nothing of pages. */
const raw: ReadonlySet<string> = new Set(['metrics', 'openapi.json'])

const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** Does somebody on this machine ask? Not where a proxy passes it on, and not where nothing is known. */
function isLocal(context: WebContext): boolean {
  if (forwarding.some(name => context.req.header(name) !== undefined)) return false
  const env = context.env as
    | (NodeBindings & { readonly incoming?: Partial<Pick<IncomingMessage, 'socket'>> })
    | undefined
  if (env?.exposed !== undefined) return !env.exposed
  return isLoopback(env?.incoming?.socket?.localAddress ?? '')
}

/** By their guards, which stand in the routes of the application that they are mounted in. */
const factories = new WeakMap<object, Factory>()

export function factoriesIn(app: object): Factory[] {
  const { routes } = app as { readonly routes?: readonly { readonly handler: object }[] }
  return Array.isArray(routes) ? routes.flatMap(({ handler }) => factories.get(handler) ?? []) : []
}

/** To be mounted by hand. `app` is the router, or the application whose routers are described. */
export const factory = (app: object, options?: FactoryOptions): Factory => new Factory(app, options)
