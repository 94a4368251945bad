// The share of a server's places that one address may hold, so that nobody keeps all others out: of connections, of requests, and
// of requests whose bodies are still coming, which whoever sends slowly holds longest (spec/limits.md, "Shares").

import type { IncomingMessage } from 'node:http'
import { isIPv6, SocketAddress } from 'node:net'
import type { ServeLimits } from '../../../lib/limits.js'

type ShareLimits = Pick<ServeLimits, 'connections' | 'requests' | 'addressShare' | 'sendingShare'>

/** The places of one address. */
export interface Peer {
  readonly key: string
  connections: number
  requests: number
  /** Requests that have bodies; those whose body has come by now are found when it matters. */
  readonly senders: Set<IncomingMessage>
}

/** Is a body announced? */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

const most = (share: number, places: number): number => (share >= 1 ? places : Math.ceil(share * places))

export class Shares {
  readonly #limits: ShareLimits
  readonly #peers = new Map<string, Peer>()

  constructor(limits: ShareLimits) {
    this.#limits = limits
  }

  /** Of an address; undefined: of all whose address nobody knows. */
  of(address: string | undefined): Peer {
    const key = keyOf(address)
    let peer = this.#peers.get(key)
    if (peer === undefined)
      this.#peers.set(key, (peer = { key, connections: 0, requests: 0, senders: new Set() }))
    return peer
  }

  /** Takes a place for a connection, if there is one. A proxy has as many as it likes. */
  connect(peer: Peer, isProxy: boolean): boolean {
    const { addressShare, connections } = this.#limits
    const isFull = !isProxy && peer.connections >= most(addressShare, connections)
    if (!isFull) peer.connections++
    this.#forget(peer)
    return !isFull
  }

  disconnect(peer: Peer): void {
    peer.connections--
    this.#forget(peer)
  }

  /** Takes a place for a request; the limit that it is beyond, if there is none. */
  begin(peer: Peer, incoming: IncomingMessage): 'addressShare' | 'sendingShare' | undefined {
    const limit = this.#beyond(peer, incoming)
    if (limit === undefined) peer.requests++
    this.#forget(peer)
    return limit
  }

  #beyond(peer: Peer, incoming: IncomingMessage): 'addressShare' | 'sendingShare' | undefined {
    const { addressShare, sendingShare, requests } = this.#limits
    if (peer.requests >= most(addressShare, requests)) return 'addressShare'
    if (!hasBody(incoming)) return undefined
    if (this.#isFull(peer, most(sendingShare, requests))) return 'sendingShare'
    peer.senders.add(incoming)
    return undefined
  }

  #isFull({ senders }: Peer, most: number): boolean {
    if (senders.size < most) return false
    for (const incoming of senders) if (incoming.complete) senders.delete(incoming)
    return senders.size >= most
  }

  end(peer: Peer, incoming: IncomingMessage): void {
    peer.requests--
    peer.senders.delete(incoming)
    this.#forget(peer)
  }

  #forget(peer: Peer): void {
    if (peer.connections + peer.requests === 0) this.#peers.delete(peer.key)
  }

  /** Addresses that hold something. */
  get size(): number {
    return this.#peers.size
  }
}

/** Of IPv6 the network of 64 bits, since a customer has all addresses in one (RFC 6177). */
function keyOf(address = ''): string {
  if (!isIPv6(address)) return address
  const [start = '', end] = new SocketAddress({ address, family: 'ipv6' }).address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const first = groups(start)
  const last = end === undefined ? [] : groups(end)
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}
