// Lengths of time, ISO 8601. Years and months have no fixed length, so they are kept apart from the rest.

import { text as aText, checkArgument, checkOptions, type Kinds, shown } from '../options.js'

export interface DurationParts {
  readonly years?: number
  readonly months?: number
  readonly weeks?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
  readonly nanoseconds?: number
}

/** Whether each is an integer is another error. */
const partKinds: Kinds = {
  years: true,
  months: true,
  weeks: true,
  days: true,
  hours: true,
  minutes: true,
  seconds: true,
  milliseconds: true,
  nanoseconds: true,
} satisfies Record<keyof DurationParts, true>

/**
 * A duration of whole `months` and exact `seconds` and `nanoseconds`, all of one sign.
 * `new Duration({ days: 3, hours: 2 })`, `Duration.parse('P3DT2H')`.
 */
export class Duration {
  readonly months: number
  /** Whole seconds, a safe integer. */
  readonly seconds: number
  /** −999,999,999 to 999,999,999. */
  readonly nanoseconds: number

  /**
   * Parts are integers, or RangeError is thrown; so it is where months and time have different signs. Throws TypeError
   * for what has no parts, and for parts that there are not.
   */
  constructor(parts: DurationParts) {
    checkOptions('Duration', parts, partKinds)
    for (const [name, value] of Object.entries(parts)) {
      if (value === undefined) continue
      if (!Number.isSafeInteger(value))
        throw new RangeError(`${name} must be a safe integer, not ${shown(value)}`)
    }
    const { years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0 } = parts
    const whole =
      BigInt(seconds) +
      60n * (BigInt(minutes) + 60n * (BigInt(hours) + 24n * (BigInt(days) + 7n * BigInt(weeks))))
    const total =
      whole * billion + BigInt(parts.milliseconds ?? 0) * 1_000_000n + BigInt(parts.nanoseconds ?? 0)
    this.months = years * 12 + months
    this.seconds = Number(total / billion)
    this.nanoseconds = Number(total % billion)
    if (!Number.isSafeInteger(this.months) || !Number.isSafeInteger(this.seconds)) {
      throw new RangeError('a duration is at most 2^53 - 1 months and seconds')
    }
    if ((this.months > 0 && total < 0n) || (this.months < 0 && total > 0n)) {
      throw new RangeError('months and time of a duration must have the same sign')
    }
  }

  /** The exact part in milliseconds, without years and months. */
  get milliseconds(): number {
    return this.seconds * 1000 + this.nanoseconds / 1e6
  }

  /** Reads ISO 8601, short or full, with weeks, fractions and a leading sign. Throws RangeError, TypeError for what is no text. */
  static parse(text: string): Duration {
    checkArgument('Duration.parse', text, aText)
    const duration = parseDuration(text)
    if (duration === undefined) throw new RangeError(`not an ISO 8601 duration: ${JSON.stringify(text)}`)
    return duration
  }

  /** ISO 8601 with every field: `P0Y0M3DT2H0M0S`. */
  toString(): string {
    const negative = this.months < 0 || this.seconds < 0 || this.nanoseconds < 0
    const months = Math.abs(this.months)
    const seconds = Math.abs(this.seconds)
    const fraction = String(Math.abs(this.nanoseconds)).padStart(9, '0').replace(/0+$/, '')
    const date = `P${Math.floor(months / 12)}Y${months % 12}M${Math.floor(seconds / 86_400)}D`
    const hours = Math.floor(seconds / 3600) % 24
    const minutes = Math.floor(seconds / 60) % 60
    return `${negative ? '-' : ''}${date}T${hours}H${minutes}M${seconds % 60}${fraction && `.${fraction}`}S`
  }

  toJSON(): string {
    return this.toString()
  }
}

const billion = 1_000_000_000n
const number = '(\\d+(?:[.,]\\d+)?)'
const pattern = new RegExp(
  `^([+-]?)P(?:${number}Y)?(?:${number}M)?(?:${number}W)?(?:${number}D)?(?:T(?:${number}H)?(?:${number}M)?(?:${number}S)?)?$`,
)
/** Nanoseconds in a week, day, hour, minute and second. */
const lengths = [604_800n, 86_400n, 3600n, 60n, 1n].map(seconds => seconds * billion)

/** Reads ISO 8601; undefined where it is not one, has more digits than nanoseconds, or is too long to hold. */
export function parseDuration(text: string): Duration | undefined {
  const match = text.length <= 200 ? pattern.exec(text) : null
  if (match === null || /[PT]$/.test(text)) return undefined
  const [, sign, years = '0', months = '0', ...times] = match
  const direction = sign === '-' ? -1n : 1n
  const wholeMonths = addScaled(scaled(years, 12n), scaled(months, 1n))
  let time: bigint | undefined = 0n
  times.forEach((digits: string | undefined, index) => {
    if (digits !== undefined) time = addScaled(time, scaled(digits, lengths[index] ?? 0n))
  })
  if (wholeMonths === undefined || time === undefined) return undefined
  const seconds = time / billion
  const limit = BigInt(Number.MAX_SAFE_INTEGER)
  if (wholeMonths > limit || seconds > limit) return undefined
  return new Duration({
    months: Number(direction * wholeMonths),
    seconds: Number(direction * seconds),
    nanoseconds: Number(direction * (time % billion)),
  })
}

const addScaled = (a: bigint | undefined, b: bigint | undefined) =>
  a === undefined || b === undefined ? undefined : a + b

/** A decimal number times a unit, if that is whole. */
function scaled(digits: string, unit: bigint): bigint | undefined {
  if (/^\d+$/.test(digits)) return BigInt(digits) * unit
  const [whole = '0', fraction = ''] = digits.split(/[.,]/)
  const power = 10n ** BigInt(fraction.length)
  const product = BigInt(whole + fraction) * unit
  return product % power === 0n ? product / power : undefined
}
