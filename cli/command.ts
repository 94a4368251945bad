// The command as a function: from words to an exit code. Errors are printed on standard error, in one place.

import { createRequire } from 'node:module'
import { describeError, exitCodeOf, Interrupted, OutputClosed } from './exit-codes.js'
import { help } from './help.js'
import { parseCalling, parseServing } from './options.js'
import { say, tell } from './terminal.js'

export async function command(given: readonly string[]): Promise<number> {
  const verbose = given.includes('--verbose') || given.includes('-v')
  try {
    await (given[0] === 'serve' ? serving(given.slice(1)) : calling(given))
    return 0
  } catch (error) {
    if (!(error instanceof Interrupted || error instanceof OutputClosed))
      say(`hyperglyph: ${describeError(error, verbose)}\n`)
    return exitCodeOf(error)
  }
}

async function calling(given: readonly string[]): Promise<void> {
  const { values, words } = parseCalling(given)
  if (values.help || given.length === 0) tell(help)
  else if (values.version) tell(`${version()}\n`)
  else {
    const { call } = await import('./call.js')
    await call(words, values)
  }
}

async function serving(given: readonly string[]): Promise<void> {
  const { values, words } = parseServing(given)
  if (values.help) tell(help)
  else {
    const { serveModule } = await import('./serve/serve-module.js')
    await serveModule(words, values)
  }
}

const version = (): string => createRequire(import.meta.url)('hyperglyph/package.json').version
