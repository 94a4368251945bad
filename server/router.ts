// The router: an application registers with it, and a web server runs it. It puts together the core, who calls, HTML and
// pipelines.

import {
  boolean,
  checkArgument,
  checkOptions,
  either,
  fn,
  having,
  type Kind,
  listOf,
  name,
  object,
  oneOf,
  text,
  webUrl,
} from '../lib/options.js'
import { attempt, ignored } from '../lib/promises.js'
import { type Allowed, ruleOf } from './core/access/rules.js'
import type { NodeBindings } from './core/context/bindings.js'
import type { Context } from './core/context/context.js'
import type { Log } from './core/context/log.js'
import { RegistrationError } from './core/faults/registration-error.js'
import { CrossOrigin } from './core/handler/cross-origin.js'
import { Handler } from './core/handler/handler.js'
import type { HandlerOptions } from './core/handler/options.js'
import { type Plugin, Plugins } from './core/handler/plugin.js'
import { classNameOf, isClass } from './core/reflection/index.js'
import { minifiedNames } from './core/registration/minified.js'
import { type Class, type Locate, type RegistrationOptions, Registry } from './core/registration/registry.js'
import { hasMiddleware, withHeadersBefore } from './core/responses/earlier-headers.js'
import { type SealingOptions, Seals } from './core/sealing/seals.js'
import { undeclaredHandlers } from './core/sealing/undeclared.js'
import { html } from './features/html/plugin.js'
import { type IdentityOptions, IdentityProviders } from './features/identity/identity-providers.js'
import { identity } from './features/identity/middleware.js'
import { pipeline } from './features/pipeline/endpoint.js'
import { application, mountOf, registered, type WebApplication, type WebContext } from './hono.js'

export interface RouterOptions extends HandlerOptions, SealingOptions, IdentityOptions {
  /** Plugins, in the order in which they are added (spec/extending.md). Default: none. */
  readonly use?: readonly Plugin[]
  /**
   * Origins, such as `https://app.example`, whose pages may call this server from a browser, besides its own and
   * `origins`. Pages of others may only read, by GET. `'any'` is for a server that is meant for everyone, and goes by no
   * cookie and no address. How much of an answer a page gets to see is CORS's affair (`hono/cors`).
   */
  readonly trustedOrigins?: readonly string[] | 'any'
  /** Places instances on other servers, for classes that have no `locate` of their own. */
  readonly locate?: Locate
  /** The rule, as in `allow(…)`, of everything that has none of its own; an empty list: all who have logged in. */
  readonly allow?: readonly Allowed[]
  /** The name of the root page. Default `Router`. */
  readonly name?: string
}

const identification = either(fn, having('basic(…), bearer(…) or session(…)', 'identify'))

const kinds = {
  identify: either(identification, listOf(identification)),
  use: listOf(object),
  allow: listOf(either(name, fn)),
  authorize: fn,
  rights: fn,
  onCall: fn,
  around: fn,
  secret: true,
  seal: true,
  origins: listOf(webUrl),
  trustedOrigins: either(oneOf('any'), listOf(text)),
  locate: fn,
  name,
  limits: object,
  pipeline: boolean,
  defaultType: text,
  log: having('a logger', 'error', 'warn', 'info'),
  temporaryDirectory: name,
} satisfies Record<keyof RouterOptions, Kind | true>

// biome-ignore lint/suspicious/noExplicitAny: functions and classes of any parameters can be registered.
export type Members = Record<string, any>

/**
 * Serves functions, classes and namespaces of them: `new Router({ User, hello: (name = 'World') => … })`.
 * Functions get the request's context as `this`.
 */
export class Router<Api extends Members = Members> {
  declare readonly '~remote'?: Api
  /** A Hono application, to be mounted below any path of another one: `app.route('/api', router.app)`. */
  readonly app: WebApplication
  /** Base URLs of this server, from its options. */
  readonly origins: readonly string[]
  readonly #registry: Registry
  readonly #log: Log
  /** A warning was written. One is enough: a minifier prints all names. */
  #toldOfNames = false

  /**
   * Throws RegistrationError, which says what cannot be registered and what to do, and TypeError for an option that is
   * misspelt, or has a value that it cannot have, such as a secret that is too short.
   */
  constructor(members: Api & ThisType<Context> = {} as Api, options: RouterOptions = {}) {
    checkArgument('Router', members, {
      ...object,
      expected: 'an object of functions, classes and namespaces',
    })
    checkOptions('Router', options, kinds)
    const seals = new Seals(options)
    const otherwise = options.allow === undefined ? [] : [ruleOf(options.allow)]
    const { name = 'Router', locate, authorize, log = console, use = [] } = options
    this.#log = log
    this.#registry = new Registry({ name, locate, seals, otherwise, authorized: authorize !== undefined })
    const identities = new IdentityProviders(this.#registry.root, options)
    for (const [name, member] of Object.entries(members)) this.#register(name, member)
    this.origins = options.origins ?? []
    const { secret: _, ...rest } = options
    const own = [
      { middleware: new CrossOrigin(this.origins, options.trustedOrigins ?? []) },
      ...(identities.idle ? [] : [{ middleware: identity(identities) }]),
      html,
      pipeline,
      ...(options.around === undefined ? [] : [{ interceptor: options.around }]),
    ]
    const used = new Set<Plugin>()
    const handling = (added: readonly Plugin[]) => {
      for (const plugin of added) used.add(plugin)
      const plugins = new Plugins([...own, ...used])
      for (const { members = {} } of added)
        for (const [name, member] of Object.entries(members)) this.#register(name, member)
      return new Handler({ registry: this.#registry, options: rest, seals, plugins })
    }
    let handler = handling(use)
    this.app = application()
    const answer = (context: WebContext) => {
      const { env, req } = context
      const response = handler.handle({
        request: req.raw,
        bindings: env,
        keeping: req,
        mount: mountOf(context),
        user: context.get('user'),
        pipeline: rest.pipeline ?? env?.pipeline ?? false,
        exposed: env?.exposed ?? false,
      })
      return hasMiddleware(context) ? response.then(answer => withHeadersBefore(context, answer)) : response
    }
    if (!seals.declared) undeclaredHandlers.add(answer)
    registered(answer, {
      registry: this.#registry,
      identities,
      rights: options.rights,
      use(plugins) {
        const added = plugins.filter(plugin => !used.has(plugin))
        if (added.length > 0) handler = handling(added)
      },
    })
    this.app.all('*', answer)
  }

  #register(name: string, member: unknown, options?: RegistrationOptions): void {
    this.#registry.add(name, member, options)
    const names = this.#toldOfNames ? [] : minifiedNames(name, member)
    if (names.length === 0) return
    this.#toldOfNames = true
    const warning =
      `${name} seems to be minified: callers know its arguments as ${names.join(', ')}, until the next build. ` +
      "Declare the names, args('name', …), or tell the minifier to leave the server alone"
    // A log that fails keeps nothing from being served.
    attempt(() => this.#log.warn(warning), ignored)
  }

  /** Answers a request: servers, tests and Hono's `mount` call it. */
  get fetch(): (request: Request, bindings?: NodeBindings) => Response | Promise<Response> {
    return (request, bindings) => this.app.fetch(request, bindings)
  }

  /** `@router.add()` on a class registers it under its own name. */
  add(options?: RegistrationOptions): <C extends Class>(type: C, context?: ClassDecoratorContext) => C
  /** Registers under its own name; returns what it was given. Throws RegistrationError. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Members.
  add<M extends Class | ((...parameters: any[]) => unknown)>(member: M, options?: RegistrationOptions): M
  /** Registers under a name. */
  add<M>(name: string, member: M, options?: RegistrationOptions): M
  add(...parameters: unknown[]): unknown {
    const [first, second, third] = parameters
    if (typeof first === 'function') {
      this.#register(ownNameOf(first), first, second as RegistrationOptions)
      return first
    }
    if (typeof first === 'string') {
      this.#register(first, second, third as RegistrationOptions | undefined)
      return second
    }
    // An import gives undefined for a member that isn't there, or not yet.
    if (parameters.length > 0 && (typeof first !== 'object' || first === null || Array.isArray(first))) {
      throw new RegistrationError(`router.add: expected a function, a class or a name, not ${String(first)}`)
    }
    return (type: Class, context?: ClassDecoratorContext) => {
      const name = context?.name ?? ownNameOf(type)
      if (typeof type !== 'function') throw new RegistrationError('@router.add() registers classes')
      this.#register(name, type, first as RegistrationOptions | undefined)
      return type
    }
  }
}

/** The name that a function or class is registered under by itself. */
function ownNameOf(member: unknown): string {
  if (isClass(member)) return classNameOf(member)
  const name = typeof member === 'function' ? member.name : ''
  if (name === '')
    throw new RegistrationError('what has no name of its own needs one: router.add(name, member)')
  return name
}
