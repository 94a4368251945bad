// What a decoder is told, and its limits. What the format itself accepts and refuses is in spec/vectors/text.json.

import { describe, expect, it } from 'vitest'
import { DecodeError, LimitError } from '../../../lib/errors.js'
import type { Limits } from '../../../lib/limits.js'
import { text } from '../../../lib/text/index.js'
import { Fault } from '../../../lib/values/fault.js'
import { Extension, Form, Link, Page } from '../../../lib/values/nodes.js'

const decoded = (message: string, options = {}) => text.decode(Buffer.from(message), options)

describe('limits', () => {
  const nested = (depth: number) => 'L'.repeat(depth) + ';'.repeat(depth)
  it.each<[keyof Limits, number, string, string]>([
    ['depth', 3, nested(3), nested(4)],
    ['depth', 2, 'Xu1:x;D;N;;', 'Xu1:x;D;Xu1:x;D;N;;;'],
    ['collection', 2, 'Li1;i1;;', 'Li1;i1;i1;;'],
    ['collection', 2, 'Si1;i2;;', 'Si1;i2;i3;;'],
    ['collection', 1, 'Du1:a;N;;', 'Du1:a;N;u1:b;N;;'],
    ['collection', 1, 'Oi1;N;;', 'Oi1;N;i2;N;;'],
    ['collection', 1, 'Xu1:x;Du1:a;N;;N;;', 'Xu1:x;Du1:a;N;u1:b;N;;N;;'],
    ['integerDigits', 20, `i-${'9'.repeat(20)};`, `i${'9'.repeat(21)};`],
    ['integerDigits', 20, 'f0.12345678901234567;', 'f0.1234567890123456789;'],
    ['keyBytes', 2, 'Du2:ab;N;;', 'Du3:abc;N;;'],
    ['keyBytes', 2, 'Xu1:x;Db2:ab;N;;N;;', 'Xu1:x;Db3:abc;N;;N;;'],
    ['blobs', 1, 'B0:D;;c0;', 'LB0:D;;B1:D;;;c0;c1;'],
    ['blobBytes', 2, 'B0:D;;c0:2:ab;c0;', 'B0:D;;c0:1:a;c0:2:bc;c0;'],
  ])('%s: %i is enough for %s', (limit, count, fits, exceeds) => {
    const limits = { [limit]: count }
    expect(() => decoded(fits, { limits })).not.toThrow()
    expect(() => decoded(exceeds, { limits })).toThrow(LimitError)
    expect(() => decoded(exceeds, { limits })).toThrow(expect.objectContaining({ limit }))
    expect(() => decoded(exceeds)).not.toThrow()
  })

  it('are on by default', () => {
    expect(() => decoded(nested(128))).not.toThrow()
    expect(() => decoded(nested(129))).toThrow(LimitError)
    expect(() => decoded(`i${'9'.repeat(16_385)};`)).toThrow(LimitError)
    expect(() => decoded(`f0x${'f'.repeat(16_385)};`)).toThrow(LimitError)
    expect(() => decoded(`d${'1'.repeat(100_000)};`)).toThrow(DecodeError)
  })
})

describe('a decoded value', () => {
  it('holds no view of the message', () => {
    const message = Buffer.from('b3:abc;')
    const bytes = text.decode(message) as Uint8Array
    message.fill(0)
    expect(bytes).toEqual(new Uint8Array([97, 98, 99]))
    expect(bytes.buffer.byteLength).toBe(3)
  })

  it('is an integer where it is a whole float, which JavaScript cannot tell apart', () => {
    expect(decoded('Li1;f1.0;;')).toEqual([1, 1])
    expect(() => decoded('Di1;N;f0x1p0;N;;')).toThrow('duplicate key at byte 6')
  })

  it('has no prototype reached by its keys', () => {
    const value = decoded('Du9:__proto__;Du5:admin;T;;;') as { admin?: unknown }
    expect(value.admin).toBeUndefined()
    expect(Object.keys(value)).toEqual(['__proto__'])
  })

  it('has nodes of the known names', () => {
    expect(decoded('Xu4:link;D;N;;')).toBeInstanceOf(Link)
    expect(decoded('Xu4:form;D;N;;')).toBeInstanceOf(Form)
    expect(decoded('Xu8:resource;D;D;;')).toBeInstanceOf(Page)
    expect(decoded('Xu10:collection;D;L;;')).toBeInstanceOf(Extension)
    const fault = decoded('Xb5:error;Ob6:logref;b2:12;b7:message;b2:no;;Ou1:a;i1;;;') as Fault
    expect(fault).toBeInstanceOf(Fault)
    expect(fault).toMatchObject({ message: 'no', logref: '12', details: { a: 1 } })
  })

  it('has the byte strings of Python where text is asked for', () => {
    const link = decoded('Xu4:link;Db3:url;b3:/a/;b6:method;b3:GET;;N;;', {
      baseUrl: 'http://a.example/b',
    }) as Link
    expect(link.method).toBe('GET')
    expect(link.url).toBe('http://a.example/a/')
  })

  it('resolves a node without a url against the one around it', () => {
    const page = decoded('Xu8:resource;Du3:url;u2:c/;;Du1:a;Xu4:link;D;N;;;;', {
      baseUrl: 'http://a.example/b/',
    }) as { content: { a: Link } }
    expect(page.content.a.url).toBe('http://a.example/b/c/')
  })

  it('has what the option `node` makes of nodes, the inner ones first', () => {
    const names: string[] = []
    const node = (value: { name: string }) => {
      names.push(value.name)
      return `a ${value.name}`
    }
    expect(decoded('LXu8:resource;D;Du1:a;Xu4:link;D;N;;;;;', { node })).toEqual(['a resource'])
    expect(names).toEqual(['link', 'resource'])
  })
})
