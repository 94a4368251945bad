// Networks: lists of addresses as an application writes them, and whether an address is in one. What names stand for is
// in lib/addresses.ts; the sets are Node's (net.BlockList), which takes IPv4 within IPv6 (`::ffff:10.0.0.1`) for what it is.

import { BlockList, isIP, SocketAddress } from 'node:net'
import { networkInterfaces } from 'node:os'
import { rangeOf } from '../../../lib/addresses.js'

/** The networks that names stand for, in ranges that the table of addresses knows. */
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['loopback'],
  private: ['private', 'uniqueLocal'],
  'link-local': ['linkLocal'],
  own: ['loopback'],
}

/** Milliseconds for which the machine's interfaces are not looked at again. */
const settled = 10_000
/** Addresses of which it is remembered whether they are in. */
const mostKnown = 10_000

export class Networks {
  readonly #given: readonly string[]
  readonly #ranges: ReadonlySet<string>
  #set: BlockList
  /** Asking the set takes as long as decoding a small request. */
  readonly #known = new Map<string, boolean>()
  /** When the machine's own networks were read, on the clock of `performance`. */
  #read: number

  /**
   * Of networks (`10.0.0.0/8`, `fd00::/8`), addresses, and the names `loopback`, `private`, `link-local` and `own`,
   * which stands for loopback and the networks that this machine has interfaces in. Throws TypeError for others.
   */
  constructor(networks: readonly string[]) {
    this.#given = networks
    this.#ranges = new Set(
      networks.flatMap(network =>
        Object.hasOwn(named, network) ? (named[network] as readonly string[]) : [],
      ),
    )
    this.#set = setOf(networks)
    this.#read = performance.now()
  }

  /** `address` as a socket gives it, a zone (`%eth0`) included. */
  has(address: string): boolean {
    const known = this.#known.get(address)
    if (known === true) return true
    // A network that was joined since, such as another network of a laptop, is found when somebody comes from there.
    if (this.#given.includes('own') && performance.now() - this.#read > settled) {
      this.#set = setOf(this.#given)
      this.#read = performance.now()
      this.#known.clear()
    } else if (known === false) return false
    const found = this.#contains(address)
    if (this.#known.size >= mostKnown) this.#known.clear()
    this.#known.set(address, found)
    return found
  }

  #contains(address: string): boolean {
    const plain = withoutZone(address)
    const family = familyOf(plain)
    return family !== undefined && (this.#ranges.has(rangeOf(plain) ?? '') || this.#set.check(plain, family))
  }
}

function setOf(networks: readonly string[]): BlockList {
  const set = new BlockList()
  for (const network of networks.flatMap(membersOf)) {
    const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network) ?? []
    const family = familyOf(withoutZone(address))
    if (family === undefined || Number(prefix ?? 0) > (family === 'ipv4' ? 32 : 128)) {
      const names = Object.keys(named).join(', ')
      throw new TypeError(`not a network, such as 10.0.0.0/8, an address, or one of ${names}: ${network}`)
    }
    if (prefix === undefined) set.addAddress(withoutZone(address), family)
    else set.addSubnet(withoutZone(address), Number(prefix), family)
  }
  return set
}

/** The networks that a name does not stand for by itself. */
function membersOf(network: string): readonly string[] {
  if (typeof network !== 'string') throw new TypeError(`a network is a text, not ${typeof network}`)
  if (network !== 'own') return Object.hasOwn(named, network) ? [] : [network]
  const own = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])
  return own.flatMap(({ cidr }) => cidr ?? [])
}

/** The zone of a link-local address says over which interface: here it has come already. */
const withoutZone = (address: string): string => address.replace(/%.*$/s, '')

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  ({ 4: 'ipv4', 6: 'ipv6' })[isIP(address) as 4 | 6] as 'ipv4' | 'ipv6' | undefined

/** One spelling of an address: IPv4 where it is that, without a zone; undefined for what is none. */
export function normalAddress(address: string): string | undefined {
  const plain = withoutZone(address)
  const family = familyOf(plain)
  if (family === undefined) return undefined
  return new SocketAddress({ address: plain, family }).address.replace(/^::ffff:(?=\d+\.)/, '')
}
