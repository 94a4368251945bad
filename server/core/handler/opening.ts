// A request as it comes in: which representation answers it, and what can be answered by its first line alone.

import type { RouterLimits } from '../../../lib/limits.js'
import { Fault } from '../../../lib/values/fault.js'
import { overLimit } from '../faults/faults.js'
import { safeMethods } from '../faults/http.js'
import { Exchange, type ExchangeSettings, type Incoming } from '../requests/exchange.js'
import { split } from '../requests/request-line.js'
import { codecsFrom, type Representation } from '../responses/representation.js'
import { respelling } from '../urls/paths.js'
import { codecFor } from './negotiation.js'

export class Opening {
  readonly #settings: ExchangeSettings
  /** In the order of preference: what a client gets that accepts anything comes first. */
  readonly #representations: readonly [Representation, ...Representation[]]
  /** The one that answers for parts of pages. */
  readonly #parts: Representation | undefined

  /** Throws TypeError for a `defaultType` that no codec has. */
  constructor(settings: ExchangeSettings, more: readonly Representation[], defaultType: string | undefined) {
    this.#settings = settings
    const [first, ...others] = codecsFrom(defaultType)
    this.#representations = [first, ...others, ...more]
    this.#parts = more.find(({ parts }) => parts === true)
  }

  begin(incoming: Incoming): Exchange {
    const { request } = incoming
    const line = split(request, incoming.mount, incoming.bindings?.incoming)
    const { path, mount, query, part } = line
    const own = part === undefined ? undefined : this.#parts
    const chosen = own ?? codecFor(request, this.#representations)
    const rendering = chosen?.begin?.({
      path,
      mount,
      method: request.method,
      query,
      part,
      root: this.#settings.registry.root.name,
      login: () => exchange.login?.(),
    })
    const codec = rendering?.representation ?? chosen
    const representation = codec ?? this.#representations[0]
    const exchange = new Exchange(this.#settings, { incoming, line, codec, rendering, representation })
    exchange.observer?.entered(mount, incoming.user)
    return exchange
  }

  /** The answer that needs no more than the first line. Throws the Fault of a request that cannot be answered. */
  answer(exchange: Exchange): Response | undefined {
    const { request, path, registry, responses, method, limits } = exchange
    checkLength(request, limits)
    const right = respelling(request.url)
    if (right === undefined && exchange.codec !== undefined) return undefined
    const isBelow = registry.subtrees.at(path, registry.root) !== undefined
    if (right !== undefined) return responses.respelt(isBelow ? right : undefined, request.method)
    if (!safeMethods.has(method) || isBelow) return undefined
    const offered = new Set(this.#representations.map(({ type }) => type))
    throw new Fault(`nothing acceptable: this server offers ${[...offered].join(', ')}`, {
      code: 'not_acceptable',
    })
  }
}

function checkLength({ url }: Request, { urlLength }: RouterLimits): void {
  if (url.length <= urlLength) return
  throw overLimit(`a URL of more than ${urlLength} characters`, 'urlLength', urlLength, { status: 414 })
}
