// Dates as HTTP writes them (RFC 9110, 5.6.7): three formats, always in UTC, and nothing else. `Date.parse` takes a
// number for a year, and what names no zone for local time.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${months.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

/** Letters count as they are written; the name of the day need not be that of the date. */
const formats = [
  // IMF-fixdate, the one that is sent.
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT`,
  // Of RFC 850.
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT`,
  // Of C's asctime().
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})`,
].map(format => new RegExp(`^${format}$`))

/** In milliseconds since 1970; undefined for what is no HTTP-date, or names a day or a time that there is not. */
export function parseHttpDate(value: string | null | undefined): number | undefined {
  for (const format of formats) {
    const parts = format.exec(value ?? '')?.groups
    if (parts === undefined) continue
    const { day, year = '', hour, minute, second } = parts
    const at = (full: number) =>
      utcTime(full, months.indexOf(parts.month as string), Number(day), [
        Number(hour),
        Number(minute),
        Number(second),
      ])
    return year.length === 4 ? at(Number(year)) : at(centuryOf(Number(year), at))
  }
  return undefined
}

/** Two digits of a year are of the past where they would be more than 50 years ahead. */
function centuryOf(digits: number, at: (year: number) => number | undefined): number {
  const now = new Date()
  const year = Math.floor(now.getUTCFullYear() / 100) * 100 + digits
  const latest = now.setUTCFullYear(now.getUTCFullYear() + 50)
  for (const candidate of [year + 100, year]) {
    const time = at(candidate)
    if (time !== undefined && time <= latest) return candidate
  }
  return year - 100
}

/** `month` counts from 0. Undefined for what no calendar or clock has; a second of 60 is a leap second. */
export function utcTime(
  year: number,
  month: number,
  day: number,
  [hour, minute, second]: readonly [number, number, number],
): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined
  return date.setUTCHours(hour, minute, second, 0)
}
