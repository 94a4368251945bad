// Partial answers (206; RFC 9110, 15.3.7). Only an application asks for them, by a `Range` among its headers: another
// part than that would pass for the whole.

/** The problem of an answer of 206; undefined where it is the part that was asked for. */
export function wrongPart(
  range: string | undefined,
  header: (name: string) => string | undefined,
): string | undefined {
  const contentRange = header('content-range')
  const part = contentRange === undefined ? 'a part of the answer' : `a part of the answer (${contentRange})`
  if (range === undefined) return `${part}, which nobody has asked for`
  const [, unit = '', list] = /^\s*(\w+)=(.*)$/.exec(range) ?? []
  const ranges = list?.split(',') ?? []
  // Several parts come in a body that describes each of them.
  if (ranges.length > 1 && /^\s*multipart\/byteranges\b/i.test(header('content-type') ?? '')) return undefined
  const isOneOf =
    contentRange !== undefined && ranges.some(wanted => isPart(wanted.trim(), unit, contentRange))
  return isOneOf ? undefined : `${part}, where ${range} was asked for`
}

/** Is a part as long as it was asked to be, as far as there are so many bytes? */
function isPart(wanted: string, unit: string, contentRange: string): boolean {
  const given = /^\s*(\w+)\s+(\d+)-(\d+)\/(\d+|\*)\s*$/.exec(contentRange)
  const bounds = /^(\d*)-(\d*)$/.exec(wanted)
  if (given === null || given[1]?.toLowerCase() !== unit.toLowerCase()) return false
  // The syntax of other units is unknown: their name is enough.
  if (bounds === null) return unit.toLowerCase() !== 'bytes'
  const [start, end] = [Number(given[2]), Number(given[3])]
  const last = given[4] === '*' ? undefined : Number(given[4]) - 1
  if (start > end || (last !== undefined && end > last)) return false
  const [, from = '', to = ''] = bounds
  if (from === '') return to !== '' && end === last && start === Math.max(0, last + 1 - Number(to))
  if (start !== Number(from)) return false
  return end === last ? to === '' || Number(to) >= end : to !== '' && end === Number(to)
}
