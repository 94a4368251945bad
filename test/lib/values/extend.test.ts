// A user's own types, and those of others, through every codec.

import { describe, expect, it } from 'vitest'
import { cbor } from '../../../lib/cbor/index.js'
import { DecodeError } from '../../../lib/errors.js'
import { json } from '../../../lib/json/index.js'
import { text } from '../../../lib/text/index.js'
import { extend } from '../../../lib/values/extend.js'
import { Extension, Link } from '../../../lib/values/nodes.js'

class Money {
  constructor(
    readonly amount: bigint,
    readonly currency: string,
  ) {
    if (currency.length !== 3) throw new RangeError(`no currency: ${currency}`)
  }
}

class Day extends Date {}

extend('money', Money, {
  encode: ({ amount, currency }) => [amount, currency],
  decode: content => {
    const [amount, currency] = content as [number | bigint, string]
    return new Money(BigInt(amount), currency)
  },
})

extend('day', Day, {
  encode: day => day.toISOString().slice(0, 10),
  decode: content => new Day(content as string),
})

const codecs = [
  ['text', text],
  ['cbor', cbor],
  ['json', json],
] as const

describe.each(codecs)("a user's own type in %s", (_, codec) => {
  it('round-trips, wherever it stands', () => {
    const price = new Money(10n ** 20n, 'EUR')
    const value = {
      price,
      list: [price],
      map: new Map([[price, new Money(1n, 'USD')]]),
      link: new Link({}, price),
    }
    const decoded = codec.decode(codec.encode(value)) as typeof value
    expect(decoded.price).toBeInstanceOf(Money)
    expect(decoded.price).toEqual(price)
    expect(decoded.list).toEqual([price])
    expect([...decoded.map]).toEqual([[price, new Money(1n, 'USD')]])
    expect(decoded.link.content).toEqual(price)
  })

  it('may extend a class of the format', () => {
    const decoded = codec.decode(codec.encode([new Day('2026-11-21'), new Date(0)])) as Date[]
    expect(decoded.map(date => date.constructor)).toEqual([Day, Date])
    expect(decoded[0]?.getTime()).toBe(Date.UTC(2026, 10, 21))
  })

  it('is a DecodeError with the offset and the cause where the content is refused', () => {
    const bytes = codec.encode([0, new Extension('money', {}, [1, 'gold'])])
    const attempt = () => codec.decode(bytes)
    expect(attempt).toThrow(DecodeError)
    expect(attempt).toThrow(
      /extension "money" refused its content \(RangeError: no currency: gold\) at byte \d+/,
    )
    expect(attempt).toThrow(
      expect.objectContaining({ cause: expect.any(RangeError), offset: expect.any(Number) }),
    )
  })

  it('unknown here survives being sent on', () => {
    const unknown = new Extension('colour', { space: 'rgb' }, [1, { a: new Extension('deep') }])
    const bytes = codec.encode(unknown)
    const decoded = codec.decode(bytes)
    expect(decoded).toEqual(unknown)
    for (const [, other] of codecs) expect(codec.encode(other.decode(other.encode(decoded)))).toEqual(bytes)
  })

  it('that nobody registered is refused with its path', () => {
    class Pool {}
    expect(() => codec.encode({ a: [new Pool()] })).toThrow(/\$\.a\[0\]: an instance of Pool has no form/)
  })
})

describe('extend', () => {
  const conversion = { encode: () => null, decode: () => new Money(0n, 'EUR') }

  it.each(['link', 'form', 'input', 'resource', 'error', 'collection', 'dict', 'blob', 'nil'])(
    'reserves %s',
    name => {
      expect(() => extend(name, class {}, conversion)).toThrow(`the extension name "${name}" is reserved`)
    },
  )

  it('wants a name', () => {
    expect(() => extend('', class {}, conversion)).toThrow(TypeError)
  })

  it('refuses a name or a class that is taken', () => {
    expect(() => extend('money', class Coin {}, conversion)).toThrow('"money" is taken by another class')
    expect(() => extend('cash', Money, conversion)).toThrow('Money is an extension already, "money"')
  })

  it('replaces the conversion of the same name and class', () => {
    class Point {}
    extend('point', Point, { encode: () => 1, decode: () => new Point() })
    extend('point', Point, { encode: () => 2, decode: () => new Point() })
    expect(new TextDecoder().decode(json.encode(new Point()))).toContain('"content":2')
  })
})
