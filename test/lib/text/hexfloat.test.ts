// Every float survives; what is rounded is rounded as IEEE 754 says. Single spellings are in spec/vectors/text.json.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFloatText } from '../../../lib/text/hexfloat.js'
import { text } from '../../../lib/text/index.js'

describe('a float', () => {
  it('comes back as it went, whatever its bits', () => {
    fc.assert(
      fc.property(fc.double(), value => {
        expect(text.decode(text.encode(value))).toBe(value)
      }),
      { numRuns: 2000 },
    )
  })

  it('comes back from its decimal digits', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), value => {
        expect(parseFloatText(String(value))).toBe(Object.is(value, -0) ? 0 : value)
      }),
    )
  })

  it('has the value of its digits, however the point stands', () => {
    const spelling = fc.record({
      digits: fc.stringMatching(/^[0-9a-f]{1,12}$/),
      point: fc.nat(12),
      zeros: fc.nat(20),
      exponent: fc.integer({ min: -900, max: 900 }),
    })
    fc.assert(
      fc.property(spelling, ({ digits, point, zeros, exponent }) => {
        const whole = digits.slice(0, point)
        const fraction = digits.slice(point)
        const written = `0x${'0'.repeat(zeros)}${whole}.${fraction}${'0'.repeat(zeros)}p${exponent}`
        const expected = Number.parseInt(digits, 16) * 2 ** (exponent - 4 * fraction.length)
        expect(parseFloatText(written)).toBe(expected)
      }),
    )
  })

  it.each([
    ['a tie with an odd last bit, up', '0x1.00000000000018p0', 1 + 2 ** -51],
    ['a tie with an even last bit, down', '0x1.00000000000008p0', 1],
    ['a tie among the subnormals', '0x1.8p-1074', 2 ** -1073],
    ['half of the smallest', '0x1p-1075', 0],
    ['up to the next power of two', '0x1.fffffffffffff8p0', 2],
    ['up to the smallest normal', '0x0.fffffffffffff8p-1022', 2 ** -1022],
    ['just below overflow', '0x1.fffffffffffff7p1023', Number.MAX_VALUE],
    ['overflow', '0x1.fffffffffffff8p1023', undefined],
    ['an exponent without end', `0x1p-${'9'.repeat(400)}`, 0],
    ['zero with an exponent without end', `0x0p${'9'.repeat(400)}`, 0],
  ])('rounds %s', (_name, written, expected) => {
    expect(parseFloatText(written)).toBe(expected)
  })
})
