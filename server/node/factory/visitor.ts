// A visitor of the factory, as the application's routers know them: what they are let see, and what they are told of.

import type { Fault } from '../../../lib/values/fault.js'
import { Guard } from '../../core/access/guard.js'
import type { Rule } from '../../core/access/rules.js'
import { RequestContext } from '../../core/context/request-context.js'
import type { IdentifiedRequest } from '../../features/identity/identified-request.js'
import type { Mounted, WebContext } from '../../hono.js'
import type { Guards } from './description.js'

export class Visitor {
  readonly #web: WebContext
  readonly #mounted: readonly Mounted[]
  #visits: readonly IdentifiedRequest[] = []
  #seesAll = false
  /** Undefined where nobody is known. */
  user: unknown

  constructor(web: WebContext, mounted: readonly Mounted[]) {
    this.#web = web
    this.#mounted = mounted
  }

  /** By the first router that knows somebody, else by middleware. Throws a Fault for credentials that are wrong. */
  async identify(): Promise<void> {
    const { req, env } = this.#web
    const knowing = this.#mounted.filter(({ identities }) => !identities.idle)
    this.#visits = knowing.map(({ identities, path }) => identities.begin(req.raw, env, path))
    for (const visit of this.#visits) this.user ??= await visit.user()
    this.user ??= this.#web.get('user') ?? env?.observer?.user
  }

  /** The Fault by which a rule keeps them out; undefined where it doesn't, and then they are told of everything. */
  async refusal(rule: Rule | undefined, section: string): Promise<Fault | undefined> {
    if (rule === undefined) return undefined
    const label = `factory.${section}`
    const { rights } = this.#mounted.find(({ rights }) => rights !== undefined) ?? {}
    const guard = new Guard(this.#context, rights)
    const asked = { object: undefined, member: section, label, args: [], via: 'request' } as const
    this.#seesAll = await guard.keeps([rule], guard.of(asked))
    return this.#seesAll ? undefined : guard.refusal(label)
  }

  /** They are told of what pages show them. */
  get guards(): Guards | undefined {
    if (this.#seesAll) return undefined
    return ({ registry, rights }) => (registry.guarded ? new Guard(this.#context, rights) : undefined)
  }

  get #context(): RequestContext {
    const { req, env } = this.#web
    return new RequestContext({
      request: req.raw,
      log: env?.observer?.log ?? console,
      user: this.user,
      bindings: env,
    })
  }

  /** Adds challenges, cookies, and what the answer depends on. */
  async finish(response: Response): Promise<Response> {
    let finished = response
    for (const visit of this.#visits) finished = await visit.finish(finished)
    return finished
  }
}
