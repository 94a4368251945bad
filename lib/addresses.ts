// IP addresses: which are special, and which are in a network. The tables are those of ipaddr.js, which follow the
// registries of IANA; what a name stands for is not known here (spec/security.md, "Other servers").

import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Ranges that the registries of special addresses have as globally reachable. Every other special one is not: private,
 * shared, reserved, multicast, for documents, for measurements.
 */
const reachable = new Set<string>([
  'unicast',
  'as112',
  'as112v6',
  'amt',
  'orchid2',
  'droneRemoteIdProtocolEntityTags',
])

/** Where an IPv6 address carries an IPv4 one, and at which byte: RFC 6145, 6052 and 3056; those of RFC 4291 are below. */
const carried: Readonly<Record<string, number>> = { rfc6145: 12, rfc6052: 12, '6to4': 2 }

/** Is this an address that the internet does not reach? False for what is no address. `host` without brackets. */
export function isSpecialAddress(host: string): boolean {
  const address = addressOf(host)
  return address !== undefined && isSpecial(address)
}

function isSpecial(address: Address): boolean {
  const range: string = address.range()
  if (address.kind() === 'ipv4') return !reachable.has(range)
  const bytes = address.toByteArray()
  // For use within a network, with prefixes of its own (RFC 8215).
  if (range === 'rfc6052' && bytes[5] === 1) return true
  // IPv4-compatible ones (RFC 4291) stand in no table: the unspecified address and loopback are among them.
  const at = carried[range] ?? (bytes.slice(0, 12).every(byte => byte === 0) ? 12 : undefined)
  return at === undefined ? !reachable.has(range) : isSpecial(ipaddr.fromByteArray(bytes.slice(at, at + 4)))
}

/** The name of the range that an address is in, as ipaddr.js has them (`loopback`, `private`); undefined for no address. */
export const rangeOf = (text: string): string | undefined => addressOf(text)?.range()

/** IPv4 within IPv6 (`::ffff:10.0.0.1`) is taken for what it is. */
function addressOf(text: string): Address | undefined {
  // Of IPv4 only the usual spelling: what else there is, such as `0x7f.1`, is none to a socket.
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
  return isAddress ? ipaddr.process(text) : undefined
}
