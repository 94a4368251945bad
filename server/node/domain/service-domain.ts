// The service domain: the networks that a server serves, and the address that a request comes from, also behind proxies
// (spec/operations.md, "Who is served").

import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Fault } from '../../../lib/values/fault.js'
import type { Message, Sender, Senders } from '../../core/context/sender.js'
import type { Refusal } from '../../core/responses/refusal.js'
import { refusalOf } from '../../features/html/refusal-page.js'
import { type Hop, hopsOf, type ProxyHeader } from './forwarded.js'
import { Networks, normalAddress } from './networks.js'

/** As `server.properties` has it: it can be set while the server serves. */
export interface Domain {
  /**
   * Networks that are served, others get 403: networks and addresses (`10.0.0.0/8`, `fd00::/8`, `192.0.2.7`), and the
   * names `loopback`, `private`, `link-local` and `own`, this machine's. Default: `['own']` on an address that
   * other machines reach; else, and with `'any'`, whoever reaches it.
   */
  domain: readonly string[] | 'any'
  /**
   * Proxies in front, spelled likewise: of a request that one of them sends, what counts is the last address in
   * their `proxyHeader` that is none of theirs. Default: none, and no such header is believed.
   */
  proxies: readonly string[]
  /**
   * The header in which these proxies add, or set, where a request comes from. Only one can be right: what a proxy
   * doesn't write it passes on as its client wrote it. Default `x-forwarded-for`.
   */
  proxyHeader: ProxyHeader
}

const unknown: Sender = { address: undefined, secure: false }

/** Made once: it is sent to whoever asks most. */
const refused = refusalOf(
  new Fault("the address that this comes from is not in the server's service domain (serve: domain)", {
    status: 403,
    code: 'domain',
  }),
)

export class ServiceDomain implements Senders {
  #networks: Networks | 'any' = 'any'
  #proxies: Networks | undefined
  #header: ProxyHeader = 'x-forwarded-for'
  /** Of connections that no proxy has made: then all requests have one sender. */
  #senders = new WeakMap<object, Sender>()

  /** Counts from the next request on. Throws TypeError for networks that are none. */
  set({ domain, proxies, proxyHeader }: Domain): void {
    const networks = domain === 'any' ? domain : new Networks(domain)
    this.#proxies = proxies.length === 0 ? undefined : new Networks(proxies)
    this.#networks = networks
    this.#header = proxyHeader
    this.#senders = new WeakMap()
  }

  /** The refusal of a request, from its head alone; undefined where it is served. */
  refusal(incoming: Message): Refusal | undefined {
    if (this.#networks === 'any') return undefined
    const { address } = this.senderOf(incoming)
    return address !== undefined && this.#networks.has(address) ? undefined : refused
  }

  /** Does a connection carry requests of others? */
  isProxy({ remoteAddress }: Pick<Socket, 'remoteAddress'>): boolean {
    return remoteAddress !== undefined && this.#proxies?.has(remoteAddress) === true
  }

  /** Of who has made a connection. */
  addressOf({ remoteAddress }: Pick<Socket, 'remoteAddress'>): string | undefined {
    return remoteAddress === undefined ? undefined : normalAddress(remoteAddress)
  }

  senderOf({ headers, socket }: Message): Sender {
    if (socket === null) return unknown
    const known = this.#senders.get(socket)
    if (known !== undefined) return known
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return unknown
    // Bun's sockets have the property without TLS too.
    const secure = (socket as Partial<TLSSocket>).encrypted === true
    const direct = { address: normalAddress(remoteAddress), secure }
    if (this.#proxies?.has(remoteAddress)) return behind(this.#proxies, direct, hopsOf(headers, this.#header))
    this.#senders.set(socket, direct)
    return direct
  }
}

/** A proxy that says nothing speaks for itself, as when it looks whether the server is there. */
function behind(proxies: Networks, proxy: Sender, hops: readonly Hop[]): Sender {
  let sender = proxy
  for (const { address, protocol } of hops) {
    sender = { address: normalAddress(address), secure: protocol === 'https' }
    if (sender.address === undefined || !proxies.has(sender.address)) break
  }
  return sender
}
