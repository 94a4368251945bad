// `hyperglyph URL NAME …`: connects, walks, prints. Without a name on a terminal it is the prompt's turn, and that of
// the lines on standard input elsewhere.

import { chainOf } from './chain.js'
import { connectionOf } from './connection.js'
import { UsageError } from './exit-codes.js'
import type { CallingOptions } from './options.js'
import { outputTo } from './output.js'
import { print } from './print.js'
import { fetcher } from './uploads.js'
import { walk } from './walk.js'

/** Throws UsageError, LocalError, OutputClosed, Node's errors, and those of the client. */
export async function call(words: readonly string[], options: CallingOptions): Promise<void> {
  const [address, ...rest] = words
  if (address === undefined) throw new UsageError('a URL is missing: hyperglyph URL [NAME [ARGUMENT…]]')
  const interactive = process.stdin.isTTY && process.stdout.isTTY && !options.json && !options.output
  if (rest.length === 0 && interactive) {
    const { prompt } = await import('./repl/prompt.js')
    return prompt(connectionOf(address, options))
  }
  const steps = chainOf(rest)
  const interrupted = new AbortController()
  const connection = connectionOf(address, options, interrupted.signal)
  const interrupt = () => interrupted.abort(new Interrupted())
  process.once('SIGINT', interrupt)
  const output = await outputTo(options.output)
  try {
    const page = await connection.page()
    const look = { colors: colorsFor(output.terminal), terminal: output.terminal }
    const printed = (value: unknown) => print(value, output, look, options.json === true)
    if (
      rest.length > 0 ||
      !(await piped(connection, page, printed, text => output.write(text), interrupted.signal))
    )
      await printed(await walk(page, steps, fetcher(connection.url, connection.options)))
    await output.end()
  } catch (error) {
    await output.abandon()
    throw interrupted.signal.aborted ? interrupted.signal.reason : error
  } finally {
    process.off('SIGINT', interrupt)
  }
}

/** Runs what is on standard input, if that is no terminal, and tells whether anything was. */
async function piped(...parameters: Parameters<typeof import('./repl/piped.js').runPiped>): Promise<boolean> {
  if (process.stdin.isTTY) return false
  const { runPiped } = await import('./repl/piped.js')
  return runPiped(...parameters)
}

/** Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** https://no-color.org */
const colorsFor = (terminal: boolean): boolean =>
  terminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
