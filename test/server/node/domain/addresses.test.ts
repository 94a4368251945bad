// Which addresses are in which networks, and which of those that proxies name is the sender's: without sockets, for
// spellings that no socket of this machine gives.

import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { ProxyHeader } from '../../../../server/node/domain/forwarded.js'
import { Networks, normalAddress } from '../../../../server/node/domain/networks.js'
import { ServiceDomain } from '../../../../server/node/domain/service-domain.js'

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '::ffff:a01:203', true],
  ['10.0.0.0/8', '::10.1.2.3', false],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::1', false],
  ['2001:DB8:0:0::1', '2001:db8::1', true],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['fe80::1%eth1', 'fe80::1%eth0', true],
  ['loopback', '127.9.9.9', true],
  ['loopback', '::1', true],
  ['loopback', '128.0.0.1', false],
  ['private', '172.31.0.1', true],
  ['private', '172.32.0.1', false],
  ['private', '192.168.7.7', true],
  ['private', 'fd12::1', true],
  ['private', '127.0.0.1', false],
  ['link-local', '169.254.1.1', true],
  ['link-local', 'fe80::9%3', true],
  ['own', '127.0.0.1', true],
  ['own', '::1', true],
  ['own', '198.51.100.1', false],
])('of the network %s the address %s is a part: %s', (network, address, expected) => {
  const networks = new Networks([network])
  expect(networks.has(address)).toBe(expected)
  expect(networks.has(address)).toBe(expected)
})

test.each([
  '10.0.0.0/33',
  '2001:db8::/129',
  '10.0.0.0/',
  '10.0.0/8',
  '010.0.0.1',
  'intern',
  '',
  '1.2.3.4/8/8',
])('%j is no network', network => {
  expect(() => new Networks([network])).toThrow(/^not a network, such as/)
})

test.each([
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::FFFF:7f00:1', '127.0.0.1'],
  ['FE80::1%eth0', 'fe80::1'],
  ['2001:db8:0:0:0::1', '2001:db8::1'],
  ['unknown', undefined],
  ['127.1', undefined],
])('the address %s is spelled %s', (address, expected) => {
  expect(normalAddress(address)).toBe(expected)
})

const proxy = '10.0.0.1'

function senderOf(headers: IncomingHttpHeaders, proxyHeader: ProxyHeader = 'x-forwarded-for', from = proxy) {
  const domain = new ServiceDomain()
  domain.set({ domain: 'any', proxies: ['10.0.0.0/8', '::1'], proxyHeader })
  return domain.senderOf({ headers, socket: { remoteAddress: from } as Socket })
}

describe('behind proxies the sender is the last that none of them is', () => {
  test.each([
    [undefined, proxy],
    ['', proxy],
    ['192.0.2.1', '192.0.2.1'],
    ['203.0.113.66, 192.0.2.1', '192.0.2.1'],
    ['203.0.113.66, 192.0.2.1, 10.0.0.9', '192.0.2.1'],
    ['203.0.113.66,192.0.2.1 ,10.0.0.9,::1', '192.0.2.1'],
    ['10.0.0.7, 10.0.0.8', '10.0.0.7'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1, unknown', undefined],
    ['192.0.2.1, ', undefined],
    ['127.0.0.1, <script>', undefined],
  ])('X-Forwarded-For: %s gives %s', (value, expected) => {
    expect(senderOf(value === undefined ? {} : { 'x-forwarded-for': value }).address).toBe(expected)
  })

  test.each([
    [undefined, proxy],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', '192.0.2.60'],
    ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for=127.0.0.1, for=192.0.2.1', '192.0.2.1'],
    ['for=192.0.2.1;by="a, for=127.0.0.1"', '192.0.2.1'],
    ['for="192.0.2.1:80", for=10.0.0.2', '192.0.2.1'],
    ['for="_gazonk", for=unknown', undefined],
    ['for="127.0.0.1', undefined],
    ['for="127.0.0.1, for=192.0.2.1', '192.0.2.1'],
    [`${'"\\'.repeat(4000)}, for=192.0.2.1`, '192.0.2.1'],
    ['proto=https', undefined],
    ['for=192.0.2.1, for="_SEVKISEK"', undefined],
  ])('Forwarded: %s gives %s', (value, expected) => {
    const headers = { 'x-forwarded-for': '127.0.0.1', ...(value === undefined ? {} : { forwarded: value }) }
    expect(senderOf(headers, 'forwarded').address).toBe(expected)
  })
})

test('the header that the proxies do not write is not believed', () => {
  const headers = { forwarded: 'for=127.0.0.1', 'x-forwarded-for': '192.0.2.1' }
  expect(senderOf(headers).address).toBe('192.0.2.1')
})

test.each(['192.0.2.9', '::ffff:192.0.2.9', '127.0.0.1'])(
  'of %s, which is no proxy, no header is believed',
  from => {
    expect(
      senderOf({ 'x-forwarded-for': '10.0.0.1', forwarded: 'for=10.0.0.1' }, undefined, from).address,
    ).toBe(normalAddress(from))
  },
)

test.each([
  [{ 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }, undefined, true],
  [{ 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http' }, undefined, false],
  [{ 'x-forwarded-for': '192.0.2.1, 10.0.0.2', 'x-forwarded-proto': 'HTTPS' }, undefined, true],
  [{ 'x-forwarded-for': '192.0.2.1, 10.0.0.2', 'x-forwarded-proto': 'https, http' }, undefined, true],
  [{ 'x-forwarded-for': '192.0.2.1' }, undefined, false],
  [{ forwarded: 'for=192.0.2.1;proto=https' }, 'forwarded', true],
] as const)('a proxy that says %o says whether it was https', (headers, header, expected) => {
  expect(senderOf(headers, header).secure).toBe(expected)
})

test.each([
  [true, true],
  // As Bun has it without TLS.
  [false, false],
  [undefined, false],
])('a connection whose socket says encrypted: %s is secure: %s', (encrypted, expected) => {
  const domain = new ServiceDomain()
  domain.set({ domain: 'any', proxies: [], proxyHeader: 'x-forwarded-for' })
  const socket = {
    remoteAddress: '192.0.2.1',
    ...(encrypted === undefined ? {} : { encrypted }),
  } as TLSSocket
  expect(domain.senderOf({ headers: {}, socket }).secure).toBe(expected)
})
