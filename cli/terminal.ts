// All that the command writes to standard output and standard error, and the one place that no byte passes which a
// terminal would obey: but for colors, which carry a mark that nobody else knows.

import { Console } from 'node:console'
import { randomInt } from 'node:crypto'
import { Writable } from 'node:stream'
import { type InspectOptions, inspect } from 'node:util'
import { visible } from '../lib/terminal-text.js'

/** In groups of four digits, which Node leaves out where it measures how wide a line is. */
const mark = Array.from({ length: 6 }, () => `${randomInt(1000, 9999)};`).join('')
const marked = new RegExp(`\\\\x1b\\[${mark}(\\d{1,3})m`, 'g')

type Style = 'bold' | 'cyan'

export function paint(text: string, style: Style): string {
  const [on, off] = inspect.colors[style] as [number, number]
  return `\x1b[${mark}${on}m${text}\x1b[${mark}${off}m`
}

/** A value as the console shows it, in colors that reach the terminal. */
export function inspected(value: unknown, options: InspectOptions & { colors: boolean }): string {
  if (!options.colors) return inspect(value, options)
  const { colors } = inspect
  const names = new Set(Object.values(inspect.styles).filter(name => typeof name === 'string'))
  const before = [...names].map(name => [name, colors[name]] as const)
  try {
    // The type has numbers, but Node writes any text in their place: hence the cast.
    for (const [name, pair] of before)
      if (pair !== undefined) colors[name] = pair.map(code => `${mark}${code}`) as never
    return inspect(value, options)
  } finally {
    for (const [name, pair] of before) if (pair !== undefined) colors[name] = pair
  }
}

/** Text as a terminal may get it. */
export const forTerminal = (text: string): string => visible(text).replace(marked, '\x1b[$1m')

const filtered = ({ isTTY }: NodeJS.WriteStream, text: string): string => (isTTY ? forTerminal(text) : text)

/** To standard output. `done` hears when it has been written, or that it cannot be. */
export function tell(text: string, done?: (error?: Error | null) => void): void {
  process.stdout.write(filtered(process.stdout, text), done)
}

/** To standard output, as they are. Throws TypeError where a terminal would get them. */
export function tellBytes(bytes: Uint8Array, done: (error?: Error | null) => void): void {
  if (process.stdout.isTTY) throw new TypeError('bytes are for no terminal')
  process.stdout.write(bytes, done)
}

/** To standard error. */
export function say(text: string): void {
  process.stderr.write(filtered(process.stderr, text))
}

/** To standard error, in the place of what the line held before; cut at its width. */
export function sayAgain(text: string, end: string): void {
  const room = (process.stderr.columns || 80) - 1
  process.stderr.write(`\r\x1b[K${filtered(process.stderr, text).slice(0, room)}${end}`)
}

/** A console whose lines go to `write`, and to standard error. `failed` gets the errors of `write`. */
export function consoleOver(
  write: (text: string) => Promise<void>,
  failed: (error: unknown) => void,
): {
  readonly console: Console
  /** Resolves once all is written, or failed. */
  drained(): Promise<void>
} {
  const stdout = new Writable({
    decodeStrings: false,
    write(text, _, done) {
      write(String(text)).catch(failed).finally(done)
    },
  })
  const stderr = new Writable({
    decodeStrings: false,
    write(text, _, done) {
      say(String(text))
      done()
    },
  })
  return {
    console: new Console({ stdout, stderr, colorMode: false }),
    drained: () => new Promise(resolve => stdout.write('', () => resolve())),
  }
}
