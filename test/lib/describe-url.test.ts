// URLs for people: without what they carry.

import { expect, test } from 'vitest'
import { describeUrl } from '../../lib/describe-url.js'

const described: readonly (readonly [url: string, described: string])[] = [
  ['http://a.example/', '/'],
  ['http://a.example', '/'],
  ['http://a.example/hello/', '/hello/'],
  ['http://a.example/User/o2JpZGNib2I/bio', '/User/…/bio'],
  ['http://a.example/User/STATE/', '/User/…/'],
  ['http://user:secret@a.example/x?token=secret#secret', '/x'],
  ['/a/b/c/d', '/a/…/d'],
  [`http://a.example/User/${'x'.repeat(33)}`, '/User/…'],
  [`http://a.example/space/User/${'x'.repeat(33)}`, '/space/…/…'],
  [`../User/${'x'.repeat(33)}/`, '/User/…/'],
]

test.each(described)('%s is called %s', (url, expected) => {
  expect(describeUrl(url)).toBe(expected)
})
