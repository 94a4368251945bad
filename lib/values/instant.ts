// Points in time. A Date has milliseconds; an Instant keeps the digits below them.

import { checkArgument, type Kind, shown } from '../options.js'

const maximum = 8.64e15 // Milliseconds from the epoch that a Date can hold, ECMA-262 21.4.1.1.

const aTime: Kind = {
  is: value => typeof value === 'number' || Object.prototype.toString.call(value) === '[object Date]',
  expected: 'milliseconds or a Date',
}

/** A Date with up to nanoseconds: what a time with more than three fraction digits arrives as. */
export class Instant extends Date {
  /** Nanoseconds past `getTime()`, 0 to 999,999. They do not follow when the date is set to another time. */
  readonly nanoseconds: number

  /**
   * Throws TypeError when `time` is no number or Date, RangeError when it is not a whole number of milliseconds that a
   * Date can hold, or `nanoseconds` is not an integer of 0 to 999,999.
   */
  constructor(time: number | Date, nanoseconds: number) {
    checkArgument('Instant', time, aTime)
    super(time)
    if (Number.isNaN(this.getTime()) || (typeof time === 'number' && !Number.isInteger(time)))
      throw new RangeError(`the time must be whole milliseconds that a Date can hold, not ${shown(time)}`)
    if (!Number.isInteger(nanoseconds) || nanoseconds < 0 || nanoseconds > 999_999) {
      throw new RangeError(`nanoseconds must be an integer from 0 to 999999, not ${shown(nanoseconds)}`)
    }
    this.nanoseconds = nanoseconds
  }
}

/** A Date, or where there are nanoseconds, an Instant. */
export const instant = (time: number, nanoseconds: number): Date =>
  nanoseconds === 0 ? new Date(time) : new Instant(time, nanoseconds)

export const nanosecondsOf = (date: Date): number => (date instanceof Instant ? date.nanoseconds : 0)

/** ISO 8601 in UTC with six fraction digits, nine where nanoseconds need them: `2026-11-21T12:00:00.000000Z`. */
export function formatInstant(date: Date): string {
  const nanoseconds = nanosecondsOf(date)
  const digits = String(nanoseconds).padStart(6, '0')
  return `${date.toISOString().slice(0, -1)}${nanoseconds % 1000 === 0 ? digits.slice(0, 3) : digits}Z`
}

const pattern =
  /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):?(\d\d))$/

/** Reads ISO 8601 with a zone; undefined where it is not one, or no such day or hour exists. */
export function parseInstant(text: string): Date | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] =
    match
  const digits = fraction.padEnd(9, '0')
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(digits.slice(0, 3)))
  const exists =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second)
  if (!exists || Number(zoneHours) > 23 || Number(zoneMinutes) > 59 || year === '-000000') return undefined
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  const time = date.getTime() - offset
  return Math.abs(time) > maximum ? undefined : instant(time, Number(digits.slice(3)))
}
