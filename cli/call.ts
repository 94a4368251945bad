// `hyperglyph URL NAME …`: connects, walks, prints. Without a name it starts the prompt on a terminal, and runs the lines
// of standard input elsewhere.

import type { Fetch } from './arguments.js'
import { chainOf } from './chain.js'
import { type Connection, connectionOf } from './connection.js'
import { Interrupted, UsageError } from './exit-codes.js'
import type { CallingOptions } from './options.js'
import { outputTo } from './output.js'
import { print } from './print.js'
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
  const calls = chainOf(rest)
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
      await printed(await walk(page, calls, fetcherOf(connection)))
    await output.end()
  } catch (error) {
    await output.abandon()
    throw interrupted.signal.aborted ? interrupted.signal.reason : error
  } finally {
    process.off('SIGINT', interrupt)
  }
}

/** Loaded with the first argument that is in a file, on standard input, or at a URL. */
function fetcherOf({ url, options }: Connection): Fetch {
  let fetcher: Promise<Fetch> | undefined
  return async source => {
    fetcher ??= import('./uploads.js').then(uploads => uploads.fetcher(url, options))
    return (await fetcher)(source)
  }
}

/** Runs the lines of standard input, if that is no terminal, and tells whether there were any. */
async function piped(...parameters: Parameters<typeof import('./repl/piped.js').runPiped>): Promise<boolean> {
  if (process.stdin.isTTY) return false
  const { runPiped } = await import('./repl/piped.js')
  return runPiped(...parameters)
}

/** https://no-color.org */
const colorsFor = (terminal: boolean): boolean =>
  terminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
