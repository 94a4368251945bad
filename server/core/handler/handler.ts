// The handler: from a request to its answer, around which middleware stands, and what an answer is when that fails.

import { routerLimits, withLimits } from '../../../lib/limits.js'
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

  /** Throws TypeError for limits that are none, and a `defaultType` that no codec has. */
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
    const { after, representations } = this.#plugins
    let response = await this.#answered(exchange, incoming)
    if (after.length === 0) return response
    try {
      for (const hook of after) response = await hook(response, exchange)
      return response
    } catch (error) {
      const accept = incoming.request.headers.get('accept') ?? undefined
      return new Refusal(exchange.toFault(error), representations).response(accept)
    }
  }

  async #answered(exchange: Exchange, { exposed }: Incoming): Promise<Response> {
    let within = <T>(run: () => T): T => run()
    try {
      if (this.#seals.ready !== undefined) await this.#seals.ready
      if (exposed && !this.#seals.said) throw new TypeError(undeclared)
      const early = this.#opening.answer(exchange) ?? first(this.#plugins.before, hook => hook(exchange))
      const response = early instanceof Promise ? await early : early
      if (response !== undefined) return await sent(exchange, response)
      const { observer, user } = exchange
      if (observer !== undefined && observer.user !== user) observer.entered(exchange.mount, user)
      // What asks for no context pays for none. A call within another one's must not find that one's.
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

/** A promise only where something is to be done once the body was sent, or where it is not sent. */
function sent({ request, spool }: Exchange, response: Response): Response | Promise<Response> {
  const isHead = request.method === 'HEAD'
  const answer = revalidated(request, response)
  return spool.used || isHead ? whenSent(answer, isHead, () => spool.close()) : answer
}

async function failed({ responses, toFault, drawn }: Exchange, error: unknown): Promise<Response> {
  try {
    return await responses.fault(toFault(error), drawn)
  } catch (cause) {
    // The application's Fault has details that cannot travel, or a status that is none.
    const problem = cause instanceof Error ? cause.message : String(cause)
    return responses.fault(toFault(new Error(`a Fault that cannot be sent: ${problem}`, { cause: error })))
  }
}
