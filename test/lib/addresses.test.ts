// Special addresses, by the registries of IANA (iana-ipv4-special-registry, iana-ipv6-special-registry): whatever they
// do not have as globally reachable is special, to its first and last address, and no further.

import { expect, test } from 'vitest'
import { isSpecialAddress, rangeOf } from '../../lib/addresses.js'

/** First address, last address, RFC. */
const notReachable: readonly (readonly [first: string, last: string, rfc: string])[] = [
  ['0.0.0.0', '0.255.255.255', 'RFC 791'],
  ['10.0.0.0', '10.255.255.255', 'RFC 1918'],
  ['100.64.0.0', '100.127.255.255', 'RFC 6598'],
  ['127.0.0.0', '127.255.255.255', 'RFC 1122'],
  ['169.254.0.0', '169.254.255.255', 'RFC 3927'],
  ['172.16.0.0', '172.31.255.255', 'RFC 1918'],
  ['192.0.0.0', '192.0.0.255', 'RFC 6890'],
  ['192.0.2.0', '192.0.2.255', 'RFC 5737'],
  ['192.168.0.0', '192.168.255.255', 'RFC 1918'],
  ['198.18.0.0', '198.19.255.255', 'RFC 2544'],
  ['198.51.100.0', '198.51.100.255', 'RFC 5737'],
  ['203.0.113.0', '203.0.113.255', 'RFC 5737'],
  ['224.0.0.0', '239.255.255.255', 'RFC 5771'],
  ['240.0.0.0', '255.255.255.255', 'RFC 1112, 8190'],
  ['::', '::', 'RFC 4291'],
  ['::1', '::1', 'RFC 4291'],
  ['::ffff:0.0.0.0', '::ffff:0.255.255.255', 'RFC 4291'],
  ['::ffff:10.0.0.0', '::ffff:10.255.255.255', 'RFC 4291'],
  ['::ffff:192.168.0.0', '::ffff:192.168.255.255', 'RFC 4291'],
  ['::ffff:0:10.0.0.0', '::ffff:0:10.255.255.255', 'RFC 6145'],
  ['64:ff9b::10.0.0.0', '64:ff9b::10.255.255.255', 'RFC 6052'],
  ['64:ff9b::127.0.0.0', '64:ff9b::127.255.255.255', 'RFC 6052'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', 'RFC 8215'],
  ['100::', '100::ffff:ffff:ffff:ffff', 'RFC 6666'],
  ['2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 4380'],
  ['2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff', 'RFC 5180'],
  ['2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 4843'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 3849'],
  ['2002:a00::', '2002:aff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 3056, 1918'],
  ['2002:7f00:1::', '2002:7f00:1:ffff:ffff:ffff:ffff:ffff', 'RFC 3056, 1122'],
  ['2002:c0a8::', '2002:c0a8:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 3056, 1918'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 9637'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 9602'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 4193'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 4291'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 3879'],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'RFC 4291'],
]

test.each(notReachable)('%s to %s are special: %s', (first, last) => {
  expect([first, last].map(isSpecialAddress)).toEqual([true, true])
})

test.each([
  // Beside the ranges above.
  ['1.0.0.0'],
  ['9.255.255.255'],
  ['11.0.0.0'],
  ['100.63.255.255'],
  ['100.128.0.0'],
  ['126.255.255.255'],
  ['128.0.0.0'],
  ['169.253.255.255'],
  ['169.255.0.0'],
  ['172.15.255.255'],
  ['172.32.0.0'],
  ['191.255.255.255'],
  ['192.0.1.0'],
  ['192.0.3.0'],
  ['192.167.255.255'],
  ['192.169.0.0'],
  ['198.17.255.255'],
  ['198.20.0.0'],
  ['223.255.255.255'],
  ['::ffff:8.8.8.8'],
  ['::ffff:0:8.8.8.8'],
  ['64:ff9b::8.8.8.8'],
  ['2001:200::'],
  ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db9::'],
  ['2002:808:808::'],
  ['2003::'],
  ['2606:4700::1111'],
  ['3ffe::'],
  // In the registries, as globally reachable.
  ['192.31.196.1'],
  ['192.52.193.1'],
  ['192.175.48.1'],
  ['2001:3::1'],
  ['2001:4:112::1'],
  ['2001:20::1'],
  ['2001:30::1'],
  ['2620:4f:8000::1'],
])('%s is not special', address => {
  expect(isSpecialAddress(address)).toBe(false)
})

test.each([
  ['fe80::1%eth0', true],
  ['FE80::1', true],
  ['::FFFF:7f00:1', true],
  ['::127.0.0.1', true],
  // No addresses: names, and spellings that only URLs know, which resolve them.
  ['127.1', false],
  ['0x7f000001', false],
  ['2130706433', false],
  ['example.org', false],
  ['10.example', false],
  ['', false],
])('%j is special: %s', (address, expected) => {
  expect(isSpecialAddress(address)).toBe(expected)
})

test.each([
  ['127.0.0.1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::1', 'loopback'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'carrierGradeNat'],
  ['fd00::1', 'uniqueLocal'],
  ['fe80::1%2', 'linkLocal'],
  ['example.org', undefined],
])('%s is in the range %s', (address, range) => {
  expect(rangeOf(address)).toBe(range)
})
