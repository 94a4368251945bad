// The place of the factory under `serve`: behind the application, which is asked first, so that it can put something
// of its own in place of any section, and guards the factory with whatever it guards itself.

import { checkOptions, type Kind, text } from '../../../lib/options.js'
import { attempt } from '../../../lib/promises.js'
import type { NodeBindings } from '../../core/context/bindings.js'
import type { Observed } from '../serving/observed.js'
import { Factory, type FactoryOptions, factoryKinds } from './factory.js'

export interface FallbackOptions extends FactoryOptions {
  /** Its path. Default `/factory`. */
  readonly path?: string
}

const kinds = { path: text, ...factoryKinds } satisfies Record<keyof FallbackOptions, Kind>

export class Fallback {
  readonly factory: Factory
  readonly #path: string
  readonly #app: ReturnType<Factory['at']>

  /** Throws TypeError for a path or an option that is none. */
  constructor(described: object, given: FallbackOptions) {
    checkOptions('factory', given, kinds)
    const { path = '/factory', ...options } = given
    if (!/^\/[^?#]*[^/?#]$/.test(path)) throw new TypeError(`factory: ${JSON.stringify(path)} is no path`)
    this.#path = path
    this.factory = new Factory(described, options)
    this.#app = this.factory.at(path)
  }

  /** Is a request for the factory, as far as its path says? */
  covers(url: string | undefined): boolean {
    if (url === undefined || !url.startsWith(this.#path)) return false
    const next = url[this.#path.length]
    return next === undefined || next === '/' || next === '?'
  }

  /** The application's answer, or where nothing is there, the factory's. It only reads. */
  async answer(
    request: Request,
    bindings: NodeBindings & { readonly observer?: Observed | undefined },
    ask: () => Response | Promise<Response>,
  ): Promise<Response> {
    const own = await ask()
    // A router refuses a type that it hasn't before it looks what is asked for: nothing was found there either.
    const isNothing = own.status === 404 || (own.status === 406 && bindings.observer?.found === false)
    if (!isNothing || (request.method !== 'GET' && request.method !== 'HEAD')) return own
    attempt(
      () => own.body?.cancel(),
      () => undefined,
    )
    if (bindings.observer !== undefined) bindings.observer.within = 'factory.'
    return this.#app.fetch(request, bindings)
  }
}
