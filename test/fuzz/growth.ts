// Does what an input costs grow with its size alone? An input here is the name of an entry and what is repeated; what
// is checked is the time for so many repetitions, and for twice as many.

import { hostileBigints, hostileFloats, hostileIntegers } from '../hostile-numbers.js'
import { type Entry, entries } from './entries.js'
import { kinds } from './growth-kinds.js'
import { Finding, fromLatin1, latin1, type Target } from './target.js'

export interface Kind {
  readonly entry: string
  readonly prefix?: string
  /** Repeated. In it ¹ is a number that counts; ² ³ ª are integers, floats and bigints that collide. */
  readonly unit: string
  /** After the last of the units, before the first `close`. */
  readonly middle?: string
  /** Repeated as often as the unit. */
  readonly close?: string
  readonly suffix?: string
}

/** One byte that is in none of them. */
const between = '\n\x00\n'

export const writeKind = ({
  entry,
  prefix = '',
  unit,
  middle = '',
  close = '',
  suffix = '',
}: Kind): Uint8Array => latin1([entry, prefix, unit, middle, close, suffix].join(between))

function readKind(input: Uint8Array): Required<Kind> {
  const [entry = '', prefix = '', unit = '', middle = '', close = '', suffix = ''] =
    fromLatin1(input).split(between)
  return { entry, prefix, unit, middle, close, suffix }
}

/** Of these there are so many, found once: to find more takes the square of their number. */
const mostHostile = 4096
let hostile: readonly (readonly unknown[])[] | undefined
function hostileNumber(kind: number, index: number): string {
  hostile ??= [hostileIntegers(mostHostile), hostileFloats(mostHostile), hostileBigints(mostHostile)]
  return String(hostile[kind]?.[index % mostHostile])
}

const counted = (unit: string, index: number) =>
  unit.replace(/[¹²³ª]/g, sign => {
    const kind = '²³ª'.indexOf(sign)
    return kind < 0 ? String(index) : hostileNumber(kind, index)
  })

/** The input of about so many bytes. */
function sized({ prefix, unit, middle, close, suffix }: Required<Kind>, bytes: number): Uint8Array {
  const length = counted(unit, mostHostile - 1).length + close.length
  const count = Math.max(
    1,
    Math.floor((bytes - prefix.length - middle.length - suffix.length) / Math.max(1, length)),
  )
  let units = ''
  const counts = /[¹²³ª]/.test(unit)
  if (counts) for (let index = 0; index < count; index++) units += counted(unit, index)
  else units = unit.repeat(count)
  return latin1(prefix + units + middle + close.repeat(count) + suffix)
}

/** Milliseconds of CPU that are looked at no more closely. */
const negligible = 16
/** Twice as many bytes may take so many times as long: 2 is linear, 4 the square. */
const mostGrowth = 3
/** What more is measured, since a step, as where a limit or a buffer ends, may look like growth once. */
const further = 4
const attempts = 4
/** Nanoseconds of CPU for a byte, on a machine of which this has a part. */
const mostEach = 20_000

async function cost(
  entry: (input: Uint8Array) => unknown,
  input: Uint8Array,
  times: number,
): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time++) {
    const before = process.cpuUsage()
    await entry(input)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

/** The least ratio of times that several tries give, for inputs of so many bytes and of others. */
async function ratioOf(
  kind: Required<Kind>,
  entry: Entry,
  size: number,
  times: number,
  most: number,
): Promise<number> {
  const small = sized(kind, size)
  const large = sized(kind, size * times)
  let ratio = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < attempts && ratio > most; attempt++)
    ratio = Math.min(ratio, (await cost(entry, large, 2)) / (await cost(entry, small, 2)))
  return ratio
}

/** Throws Finding where twice the bytes take more than thrice the time, and four times as many more than nine times. */
async function grows(kind: Required<Kind>, largest: number): Promise<void> {
  const entry = entries[kind.entry]
  if (entry === undefined || kind.unit === '') return
  const name = `${kind.entry}: ${JSON.stringify(kind.unit).slice(0, 60)}`
  for (let size = 2048; size <= largest; size *= 2) {
    const input = sized(kind, size)
    if ((await cost(entry, input, 1)) < negligible) continue
    const least = await cost(entry, input, 3)
    if (least < negligible) continue
    const told = `${name}, ${Math.round(least)} ms for ${input.length} bytes`
    if ((least * 1e6) / input.length > mostEach) throw new Finding('costs', told)
    if ((await ratioOf(kind, entry, size / 2, 2, mostGrowth)) <= mostGrowth) continue
    const most = mostGrowth ** Math.log2(further)
    const ratio = await ratioOf(kind, entry, size, further, most)
    if (ratio > most)
      throw new Finding('grows', `${told}, ${further} times as many ${ratio.toFixed(1)} times that`)
  }
}

/** `largest`: bytes that are tried at most. */
export const growthTarget = (tried: readonly Kind[] = kinds, largest = 131_072): Target => ({
  name: 'growth',
  seeds: tried.map(writeKind),
  words: [...Object.keys(entries), between, '¹', '²', '³', 'ª', ...'"\\=;,. []{}()/%&'].map(latin1),
  fresh: () => [],
  check: input => grows(readKind(input), largest),
  patience: Number.POSITIVE_INFINITY,
  hang: Number.POSITIVE_INFINITY,
})
