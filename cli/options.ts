// Options and words of the command line, by node:util's parseArgs. The meaning of words is in chain.ts.

import { parseArgs } from 'node:util'
import { closest } from '../lib/suggest.js'
import { UsageError } from './exit-codes.js'

const calling = {
  output: { type: 'string', short: 'o' },
  json: { type: 'boolean' },
  header: { type: 'string', short: 'H', multiple: true },
  user: { type: 'string', short: 'u' },
  timeout: { type: 'string' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

const serving = {
  port: { type: 'string' },
  host: { type: 'string' },
  'secret-file': { type: 'string' },
  unsealed: { type: 'boolean' },
  watch: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Before words that are no options though they start with a dash: `-5`, and everything behind `--`. */
const word = '\0'

/** Throws UsageError for an option that is not known, lacks its value, or has one too many. */
function parse<Options extends Parameters<typeof parseArgs>[0] & object>(config: Options) {
  try {
    return parseArgs(config)
  } catch (error) {
    const message = (error as Error).message.replace(/\.? To specify a positional.*/s, '')
    const [, given] = /Unknown option '(--?[^']+)'/.exec(message) ?? []
    const near =
      given &&
      closest(
        given,
        Object.keys(config.options ?? {}).map(name => `--${name}`),
      )
    throw new UsageError(
      near ? `${message}; did you mean ${near}?` : `${message.replace(/\.$/, '')}; --help has them all`,
    )
  }
}

function protect(words: readonly string[]): string[] {
  const end = words.indexOf('--')
  const before = end < 0 ? words : words.slice(0, end)
  const behind = end < 0 ? [] : words.slice(end + 1)
  return [
    ...before.map(text => (/^-(?:[\d.]|$)/.test(text) ? word + text : text)),
    ...behind.map(text => word + text),
  ]
}

const bare = (text: string): string => (text.startsWith(word) ? text.slice(word.length) : text)

export function parseCalling(words: readonly string[]) {
  const args = protect(words)
  const { values, positionals } = parse({ args, options: calling, allowPositionals: true, strict: true })
  return { values, words: positionals.map(bare) }
}

export type CallingOptions = ReturnType<typeof parseCalling>['values']

export function parseServing(words: readonly string[]) {
  const args = protect(words)
  const { values, positionals } = parse({ args, options: serving, allowPositionals: true, strict: true })
  return { values, words: positionals.map(bare) }
}

export type ServingOptions = ReturnType<typeof parseServing>['values']

/** A number of a range. Throws UsageError. */
export function numberOf(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most))
    throw new UsageError(`--${option} takes a number from ${least} to ${most}, not "${bare(text)}"`)
  return value
}
