// The URLs of nodes: what is resolved without a URL parser comes out as with one.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { resolveUrl } from '../../../lib/values/nodes.js'

const part = fc.constantFrom('a', 'b-c', 'D_e', '0', '..', '.', '%41', '%2e%2e', 'x y', 'ä', '', 'c:', '@')
const path = fc.array(part, { maxLength: 5 }).map(parts => parts.join('/'))
const base = fc
  .tuple(
    fc.constantFrom('http://a.example', 'https://b.example:8443', 'http://A.example', 'http://[::1]:80'),
    path,
    fc.constantFrom('', '/', '?q=1/2', '#f/g', '/x?y'),
  )
  .map(([origin, directory, end]) => `${origin}/${directory}${end}`)
const reference = fc
  .tuple(fc.constantFrom('', './', '../', '../../', '../../../', '/', '//'), path, fc.constantFrom('', '/'))
  .map(parts => parts.join(''))

it('resolves references as the URL Standard says, whatever the base', () => {
  fc.assert(
    fc.property(reference, base, base, (found, one, other) => {
      fc.pre(found !== '' && URL.canParse(found, one) && URL.canParse(found, other))
      // In turn, since the base that was used last is remembered.
      for (const at of [one, other, one, one]) expect(resolveUrl(found, at)).toBe(new URL(found, at).href)
    }),
    { numRuns: 5_000 },
  )
})

it.each([
  ['bio', 'http://a.example/User/x/', 'http://a.example/User/x/bio'],
  ['./User/x/', 'http://a.example/', 'http://a.example/User/x/'],
  ['../../../../User/x/', 'http://a.example/_pipeline', 'http://a.example/User/x/'],
  ['../hello/', 'http://a.example/api/User/', 'http://a.example/api/hello/'],
])('%s at %s is %s', (found, at, expected) => {
  expect(resolveUrl(found, at)).toBe(expected)
})
