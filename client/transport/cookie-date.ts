// The end of a cookie, by `Expires`: that is older than HTTP's dates, and read by an algorithm of its own (RFC 6265,
// 5.1.1), which takes the parts in any order.

import { utcTime } from '../../lib/http-date.js'

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const delimiters = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/

/** In milliseconds since 1970, in UTC whatever zone is named; undefined for a text that is no date. */
export function parseCookieDate(value: string): number | undefined {
  let time: readonly [number, number, number] | undefined
  let day: number | undefined
  let month: number | undefined
  let year: number | undefined
  for (const token of value.split(delimiters)) {
    const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(token)
    const named = months.indexOf(token.slice(0, 3).toLowerCase())
    if (time === undefined && clock !== null) time = [Number(clock[1]), Number(clock[2]), Number(clock[3])]
    else if (day === undefined && /^\d{1,2}(?!\d)/.test(token)) day = Number.parseInt(token, 10)
    else if (month === undefined && named >= 0) month = named
    else if (year === undefined && /^\d{2,4}(?!\d)/.test(token)) year = Number.parseInt(token, 10)
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) return undefined
  if (year >= 70 && year <= 99) year += 1900
  else if (year < 70) year += 2000
  return year < 1601 || time[2] > 59 ? undefined : utcTime(year, month, day, time)
}
