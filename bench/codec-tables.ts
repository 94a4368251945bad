// The codecs' measurements, as the runner asks for them and shows them.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { median, ratios } from './statistics.js'
import { number, type Table } from './table.js'

/** Microseconds, one a round. */
export interface CodecTimes {
  readonly content: string
  readonly codec: string
  readonly bytes: number
  readonly encode: number[]
  readonly decode: number[]
}

const titles: Readonly<Record<string, string>> = {
  fields: 'the 20 fields alone',
  page: 'a page of 20 fields and eight forms',
  list: 'a list of 1,000 objects',
}

/** What the others are compared with: `JSON.stringify` and `JSON.parse`. */
export const standard = 'JSON'

export async function measureCodecs(rounds: number, slice: number): Promise<readonly CodecTimes[]> {
  const built = fileURLToPath(new URL('./dist/codecs.js', import.meta.url))
  const child = fork(built, [String(rounds), String(slice)])
  const gone = new AbortController()
  try {
    const end = once(child, 'exit', gone).then(([code]) => {
      throw new Error(`the codecs ended with ${code}`)
    })
    const [times] = await Promise.race([once(child, 'message', gone), end])
    return times as readonly CodecTimes[]
  } finally {
    gone.abort()
    if (child.connected) child.disconnect()
  }
}

/** How many times as fast as the standard, median of the rounds. */
export function speedup(
  all: readonly CodecTimes[],
  content: string,
  codec: string,
  direction: 'encode' | 'decode',
): number {
  const find = (name: string) => all.find(one => one.content === content && one.codec === name)?.[direction]
  return median(ratios(find(standard) ?? [], find(codec) ?? [], time => time))
}

export const codecTables = (all: readonly CodecTimes[]): Table[] =>
  Object.entries(titles).map(([content, title]) => ({
    title: `codecs: ${title} (\`codecs\`)`,
    note: 'With a Date in each object, and bytes among the fields, which JSON turns into text and back. `cbor`, `text` and `json` are ours.',
    columns: ['codec', 'bytes', 'encode µs', '× as fast as JSON', 'decode µs', '× as fast as JSON'],
    rows: all
      .filter(one => one.content === content)
      .map(({ codec, bytes, encode, decode }) => [
        codec,
        number(bytes),
        number(median(encode)),
        number(speedup(all, content, codec, 'encode')),
        number(median(decode)),
        number(speedup(all, content, codec, 'decode')),
      ]),
  }))
