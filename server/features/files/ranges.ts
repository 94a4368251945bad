// Byte ranges (RFC 9110 14): one, of a file whose size is known.

export interface Range {
  readonly start: number
  /** The last byte, inclusive. */
  readonly end: number
}

/**
 * What a Range header asks for of `size` bytes; undefined where all of it is to be sent: another unit,
 * a malformed one, or several ranges, which nobody needs and which would cost more than all. `'none'`: nothing of
 * it is there, which is a 416.
 */
export function rangeOf(header: string, size: number): Range | 'none' | undefined {
  const [match, first = '', last = ''] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header) ?? []
  if (match === undefined || (first === '' && last === '')) return undefined
  if (first === '') {
    // The last bytes: of nothing they are all of it, which no Content-Range can say.
    const count = Math.min(Number(last), size)
    if (count > 0) return { start: size - count, end: size - 1 }
    return Number(last) === 0 ? 'none' : undefined
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Number(last)
  if (last !== '' && end < start) return undefined
  return start >= size ? 'none' : { start, end: Math.min(end, size - 1) }
}
