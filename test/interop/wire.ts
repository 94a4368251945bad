// The text format of 2012 written by hand, so that what peers send in these tests comes from no codec of ours.

const counted = (type: string, text: string) => {
  const length = Buffer.byteLength(text)
  return length === 0 ? `${type};` : `${type}${length}:${text};`
}

export const u = (text: string): string => counted('u', text)
export const b = (text: string): string => counted('b', text)
export const L = (...items: readonly string[]): string => `L${items.join('')};`
/** Keys and values in turn. */
export const D = (...items: readonly string[]): string => `D${items.join('')};`
export const O = (...items: readonly string[]): string => `O${items.join('')};`
export const X = (name: string, attributes: string, content = 'N;'): string =>
  `X${u(name)}${attributes}${content};`

/** Reads a hex float as C99 spells it: `-0x1.8p+1`. */
export function hexFloat(spelling: string): number {
  const match = /^([+-]?)0x([\da-f]+)\.?([\da-f]*)p([+-]?\d+)$/i.exec(spelling)
  if (match === null) throw new Error(`not a hex float: ${spelling}`)
  const [, sign, whole = '', fraction = '', exponent] = match
  const magnitude = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -magnitude : magnitude
}
