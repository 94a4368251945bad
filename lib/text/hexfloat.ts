// Floats as text: hexadecimal (C99 6.4.4.2), which is exact; decimal and named ones are read too.

import type { Writer } from '../message/writer.js'

const view = /* @__PURE__ */ new DataView(new ArrayBuffer(8))
const hexDigits = '0123456789abcdef'

/**
 * Writes a finite float as Python's `float.hex` does: `0x1.8000000000000p+3`. Of the old peers, Ruby reads no
 * hex float without the exponent's sign, and neither takes an upper-case `X`.
 */
export function writeHexFloat(writer: Writer, value: number): void {
  if (value === 0) return writer.ascii(Object.is(value, -0) ? '-0x0.0p+0' : '0x0.0p+0')
  view.setFloat64(0, value)
  const high = view.getUint32(0)
  const low = view.getUint32(4)
  const biased = (high >>> 20) & 0x7ff
  writer.ascii(high >>> 31 ? '-0x' : '0x')
  writer.ascii(biased === 0 ? '0.' : '1.')
  for (let shift = 16; shift >= 0; shift -= 4) writer.byte(hexDigits.charCodeAt((high >>> shift) & 15))
  for (let shift = 28; shift >= 0; shift -= 4) writer.byte(hexDigits.charCodeAt((low >>> shift) & 15))
  const exponent = biased === 0 ? -1022 : biased - 1023
  writer.ascii(exponent < 0 ? `p${exponent}` : `p+${exponent}`)
}

/** 2 to an exponent from −1022 to 1023, faster than `**`. */
function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20)
  view.setUint32(4, 0)
  return view.getFloat64(0)
}

/**
 * Reads a float from `bytes[start, end)` where that takes no rounding, as with all that is canonical and normal;
 * undefined elsewhere. Saves the general way, which is twenty times slower.
 */
export function readPlainHexFloat(bytes: Uint8Array, start: number, end: number): number | undefined {
  const negative = bytes[start] === 0x2d
  let position = negative ? start + 3 : start + 2
  if (bytes[position - 2] !== 0x30 || bytes[position - 1] !== 0x78) return undefined // 0x
  const digitsStart = position
  let mantissa = 0
  let point = -1
  for (; position < end; position++) {
    const byte = bytes[position] as number
    if (byte >= 0x30 && byte <= 0x39) mantissa = mantissa * 16 + (byte - 0x30)
    else if (byte >= 0x61 && byte <= 0x66) mantissa = mantissa * 16 + (byte - 0x57)
    else if (byte === 0x2e && point < 0) point = position
    else break
  }
  const digits = position - digitsStart - (point < 0 ? 0 : 1)
  if (digits === 0 || mantissa > Number.MAX_SAFE_INTEGER || bytes[position] !== 0x70) return undefined
  let exponent = 0
  const sign = bytes[++position]
  if (sign === 0x2b || sign === 0x2d) position++
  if (position >= end || end - position > 4) return undefined
  const fraction = point < 0 ? 0 : digits - (point - digitsStart)
  for (; position < end; position++) {
    const byte = bytes[position] as number
    if (byte < 0x30 || byte > 0x39) return undefined
    exponent = exponent * 10 + (byte - 0x30)
  }
  const scale = (sign === 0x2d ? -exponent : exponent) - 4 * fraction
  if (scale < -1022 || scale > 960) return undefined
  const magnitude = mantissa * powerOfTwo(scale)
  return negative ? -magnitude : magnitude
}

const hex = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const named = /^([+-]?)(?:inf(?:inity)?|(nan))$/i

/**
 * Reads a float, rounded to the nearest, ties to even; undefined where it is not one, or a finite one that
 * would become infinite. Its time grows with the length of the text: the caller bounds that.
 */
export function parseFloatText(text: string): number | undefined {
  const match = hex.exec(text)
  if (match !== null) {
    const [, sign, whole = '', fraction = '', exponent = '0'] = match
    const digits = (whole + fraction).replace(/^0+/, '')
    if (whole === '' && fraction === '') return undefined
    const magnitude = digits === '' ? 0 : scaled(digits, Number(exponent) - 4 * fraction.length)
    return finite(sign === '-' ? -magnitude : magnitude)
  }
  if (decimal.test(text)) return finite(Number(text))
  const name = named.exec(text)
  if (name === null) return undefined
  if (name[2] !== undefined) return Number.NaN
  return name[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined)

/** The smallest positive float is 2 to this. */
const smallest = -1074

/** Hex digits (the first not 0) times a power of two. */
function scaled(digits: string, exponent: number): number {
  if (digits.length <= 14 && exponent >= -1022 && exponent <= 960) {
    // Both factors and the product are exact.
    const mantissa = Number.parseInt(digits, 16)
    if (mantissa <= Number.MAX_SAFE_INTEGER) return mantissa * 2 ** exponent
  }
  const bits = digits.length * 4 - Math.clz32(Number.parseInt(digits.charAt(0), 16)) + 28
  const top = exponent + bits
  if (top > 1024) return Number.POSITIVE_INFINITY
  if (top < smallest) return 0
  let mantissa = BigInt(`0x${digits}`)
  const lowest = Math.max(top - 53, smallest)
  const surplus = lowest - exponent
  if (surplus <= 0) return Number(mantissa) * 2 ** exponent
  const cut = BigInt(surplus)
  const remainder = BigInt.asUintN(surplus, mantissa)
  const half = 1n << (cut - 1n)
  mantissa >>= cut
  if (remainder > half || (remainder === half && (mantissa & 1n) === 1n)) mantissa++
  return Number(mantissa) * 2 ** lowest
}
