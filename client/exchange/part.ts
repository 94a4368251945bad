// Answers of a part (RFC 9110, 15.3.7): they are what was asked for, or taken for nothing. Nobody asks for a part but an
// application, by a `Range` among its headers.

/** What is wrong with an answer of 206; undefined where it is the part that was asked for. */
export function wrongPart(
  range: string | undefined,
  header: (name: string) => string | undefined,
): string | undefined {
  const given = header('content-range')
  const told = given === undefined ? 'a part of the answer' : `a part of the answer (${given})`
  if (range === undefined) return `${told}, which nobody has asked for`
  const asked = /^\s*(\w+)=(.*)$/.exec(range)
  const parts = asked?.[2]?.split(',') ?? []
  // Several come in a body that says of each what it is.
  if (parts.length > 1 && /^\s*multipart\/byteranges\b/i.test(header('content-type') ?? '')) return undefined
  const isAsked = given !== undefined && parts.some(part => isPart(part.trim(), asked?.[1] ?? '', given))
  return isAsked ? undefined : `${told}, where ${range} was asked for`
}

/** As long as it was asked to be, as far as there is so much: what is cut short elsewhere would pass for all of it. */
function isPart(asked: string, unit: string, given: string): boolean {
  const said = /^\s*(\w+)\s+(\d+)-(\d+)\/(\d+|\*)\s*$/.exec(given)
  const wanted = /^(\d*)-(\d*)$/.exec(asked)
  if (said === null || said[1]?.toLowerCase() !== unit.toLowerCase()) return false
  // Of another unit nothing is known but its name.
  if (wanted === null) return unit.toLowerCase() !== 'bytes'
  const [start, end, size] = [Number(said[2]), Number(said[3]), said[4] === '*' ? undefined : Number(said[4])]
  const last = size === undefined ? undefined : size - 1
  if (start > end || (last !== undefined && end > last)) return false
  const [, from = '', to = ''] = wanted
  if (from === '') return to !== '' && end === last && start === Math.max(0, last + 1 - Number(to))
  if (start !== Number(from)) return false
  return end === last ? to === '' || Number(to) >= end : to !== '' && end === Number(to)
}
