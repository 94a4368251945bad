// The handler: from a request to its answer, with middleware around it. A failure is answered by a Fault.

import { routerLimits, withLimits } from '../../../lib/limits.js'
import { unwaited } from '../../../lib/promises.js'
import type { Fault } from '../../../lib/values/fault.js'
import { currentContext, runIn } from '../context/current.js'
import type { Registry } from '../registration/registry.js'
import type { Exchange, Incoming } from '../requests/exchange.js'
import { revalidated } from '../responses/caching.js'
import { Refusal } from '../responses/refusal.js'
import { whenSent } from '../responses/sending.js'
import type { Seals } from '../sealing/seals.js'
import { undeclared } from '../sealing/undeclared.js'
import { dispatch, first } from './dispatch.js'
import { Opening } from './opening.js'
import type { HandlerOptions } from './options.js'
import type { Plugins } from './plugin.js'

export class Handler {
  readonly #opening: Opening
  readonly #seals: Seals
  readonly #plugins: Plugins
  readonly #registry: Registry

  /** Throws TypeError for limits that are none, and for a `defaultType` that no codec has. */
  constructor(parts: {
    readonly registry: Registry
    readonly options: HandlerOptions
    readonly seals: Seals
    readonly plugins: Plugins
  }) {
    const { registry, options, plugins } = parts
    const limits = withLimits(routerLimits, options.limits)
    const mended = (fault: Fault, exchange: Exchange) =>
      plugins.fault.reduce((now, hook) => hook(now, exchange), fault)
    const settings = { registry, options, limits, interceptor: plugins.interceptor, mended }
    this.#opening = new Opening(settings, plugins.representations, options.defaultType)
    this.#registry = registry
    this.#seals = parts.seals
    this.#plugins = plugins
  }

  async handle(incoming: Incoming): Promise<Response> {
    const exchange = this.#opening.begin(incoming)
    let response = await this.#answered(exchange, incoming)
    for (const hook of this.#plugins.after) {
      try {
        response = await hook(response, exchange)
      } catch (error) {
        drop(response)
        response = this.#refusal(exchange, error)
      }
    }
    return response
  }

  /** The answer where a hook fails that only looks at answers. */
  #refusal({ request, toFault }: Exchange, error: unknown): Response {
    const accept = request.headers.get('accept') ?? undefined
    return new Refusal(toFault(error), this.#plugins.representations).response(accept)
  }

  /** The answer before the `after` of middleware. */
  async #answered(exchange: Exchange, { exposed }: Incoming): Promise<Response> {
    let within = <T>(run: () => T): T => run()
    try {
      if (this.#seals.ready !== undefined) await this.#seals.ready
      if (exposed && !this.#seals.declared) throw new TypeError(undeclared)
      const early = this.#opening.answer(exchange) ?? first(this.#plugins.before, hook => hook(exchange))
      const response = early instanceof Promise ? await early : early
      if (response !== undefined) return await sent(exchange, response)
      const { observer, user } = exchange
      if (observer !== undefined && observer.user !== user) observer.entered(exchange.mount, user)
      // A context is kept where an object may ask for it, and within a call of another router, whose own it would find.
      if (this.#registry.contextual || currentContext() !== undefined)
        within = run => runIn(exchange.context, run)
      const answer = sent(exchange, await within(() => dispatch(exchange, this.#plugins)))
      return answer instanceof Promise ? await answer : answer
    } catch (error) {
      await exchange.spool.close()
      return within(() => failed(exchange, error))
    }
  }
}

/** Ends a body that nobody will read. */
function drop({ body }: Response): void {
  if (body !== null && !body.locked) unwaited(body.cancel())
}

/** A promise only where something is to be done once the body was sent, or where it is not sent. */
function sent({ request, spool }: Exchange, response: Response): Response | Promise<Response> {
  const isHead = request.method === 'HEAD'
  const answer = revalidated(request, response)
  return spool.used || isHead ? whenSent(answer, isHead, () => spool.close()) : answer
}

/** The answer of a Fault. `drawn`: objects in its details are drawn as in a result. */
async function failed({ responses, toFault, drawn }: Exchange, error: unknown): Promise<Response> {
  try {
    return await responses.fault(toFault(error), drawn)
  } catch (cause) {
    // The application's Fault has details that cannot travel, or a status that is no error's.
    const problem = cause instanceof Error ? cause.message : String(cause)
    return responses.fault(toFault(new Error(`a Fault that cannot be sent: ${problem}`, { cause: error })))
  }
}
